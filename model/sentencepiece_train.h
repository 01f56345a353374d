#pragma once

#include <span>
#include <string>
#include <vector>

namespace lingua {

struct SentencePieceTrainOptions {
  int vocab_size = 512;  // at most; the 256 byte pieces and the special ones are among them
  std::string model_type = "unigram";                                 // or "bpe"
  std::vector<std::string> special = {"<|im_start|>", "<|im_end|>"};  // user-defined
};

// Trains a SentencePiece model on `texts` and returns its serialized ModelProto, for
// load_tokenizer("tokenizer.model", ...). Text is not normalised, no space is added, and what has
// no piece falls back to bytes, so any text can be encoded and comes back unchanged. <unk>, <s> and
// </s> are 0, 1 and 2. Deterministic, silent, on one thread; of very long input only the first
// MiB is used. Throws Error(kData) when there is no text to learn from, Error(kUsage) for a
// vocabulary too small for the pieces that must be in it.
std::string train_sentencepiece(std::span<const std::string> texts,
                                const SentencePieceTrainOptions& options = {});

}  // namespace lingua

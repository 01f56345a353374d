#include "export/gguf_vocabulary.h"

#include "export/gguf_pre_tokenizer.h"
#include "model/sentencepiece_check.h"
#include "model/tokenizer_document.h"
#include "model/tokenizer_json.h"
#include "support/error.h"

namespace lingua {
namespace {

// Values of tokenizer.ggml.token_type, which are SentencePiece's.
int32_t type_number(PieceKind kind) { return static_cast<int32_t>(kind); }

struct Vocabulary {
  std::vector<std::string> tokens;
  std::vector<int32_t> types;
};

void set_token(Vocabulary& vocabulary, std::size_t id, const std::string& text, PieceKind kind) {
  vocabulary.tokens[id] = text;
  vocabulary.types[id] = type_number(kind);
}

// A token for each row of the embedding: llama.cpp wants as many. Its converter names free ones so.
Vocabulary free_vocabulary(int64_t rows) {
  Vocabulary vocabulary;
  for (int64_t id = 0; id < rows; ++id) {
    vocabulary.tokens.push_back("[PAD" + std::to_string(id) + "]");
    vocabulary.types.push_back(type_number(PieceKind::kUnused));
  }
  return vocabulary;
}

void add_bpe(const Model& model, GgufMetadataDraft& metadata) {
  const TokenizerFields fields(model.source + ": " + model.tokenizer->file_name());
  const std::string& bytes = model.tokenizer->serialized();
  const SortedJson root = read_tokenizer_document(bytes, fields).root;
  const auto definition = parse_tokenizer_json(bytes, fields.where());
  Vocabulary vocabulary = free_vocabulary(model.config.vocab_size);
  for (std::size_t id = 0; id < definition.pieces.size(); ++id) {
    if (definition.pieces[id].empty()) continue;
    set_token(vocabulary, id, definition.pieces[id], PieceKind::kNormal);
  }
  for (const AddedToken& token : definition.added) {
    set_token(vocabulary, static_cast<std::size_t>(token.id), token.content,
              token.special ? PieceKind::kControl : PieceKind::kUserDefined);
  }
  std::vector<std::string> merges;
  for (const Merge& merge : definition.merges) {
    merges.push_back(definition.pieces[static_cast<std::size_t>(merge.left)] + " " +
                     definition.pieces[static_cast<std::size_t>(merge.right)]);
  }
  metadata.add_text("tokenizer.ggml.model", "gpt2");
  metadata.add_text("tokenizer.ggml.pre", gguf_pre_tokenizer(root, fields));
  metadata.add_texts("tokenizer.ggml.tokens", vocabulary.tokens);
  metadata.add_integers("tokenizer.ggml.token_type", vocabulary.types);
  metadata.add_texts("tokenizer.ggml.merges", merges);
  metadata.add_flag("tokenizer.ggml.add_space_prefix", false);
  if (definition.unknown >= 0) {
    metadata.add_count("tokenizer.ggml.unknown_token_id", definition.unknown);
  }
}

// llama.cpp knows SentencePiece's BPE as Llama has it: spaces as U+2581, nothing else changed. Its
// unigram search has no byte pieces, and its BPE neither normalises nor takes spaces away.
void check_llama_cpp_reads(const SentencePieceModel& source, const std::string& where) {
  const auto refuse = [&](const std::string& what) {
    throw Error(ErrorKind::kModel, where + ": llama.cpp has no SentencePiece tokenizer " + what,
                "export as --format hf");
  };
  if (!source.is_bpe) refuse("of unigrams with byte pieces");
  if (!source.charsmap.empty()) refuse("of BPE that normalises text");
  if (source.remove_extra_whitespaces) refuse("of BPE that removes extra spaces");
  if (!source.escape_whitespaces) refuse("of BPE that spells a space as a space");
}

void add_sentencepiece(const Model& model, GgufMetadataDraft& metadata) {
  const auto source = check_sentencepiece(model.tokenizer->serialized(), model.source);
  check_llama_cpp_reads(source, model.source);
  Vocabulary vocabulary = free_vocabulary(model.config.vocab_size);
  std::vector<float> scores(vocabulary.tokens.size());
  int64_t unknown = -1;
  for (std::size_t id = 0; id < source.pieces.size(); ++id) {
    const SentencePiece& piece = source.pieces[id];
    set_token(vocabulary, id, piece.text, is_special(piece) ? PieceKind::kControl : piece.kind);
    scores[id] = piece.score;
    if (piece.kind == PieceKind::kUnknown) unknown = static_cast<int64_t>(id);
  }
  metadata.add_text("tokenizer.ggml.model", "llama");
  metadata.add_text("tokenizer.ggml.pre", "default");
  metadata.add_texts("tokenizer.ggml.tokens", vocabulary.tokens);
  metadata.add_integers("tokenizer.ggml.token_type", vocabulary.types);
  metadata.add_numbers("tokenizer.ggml.scores", scores);
  metadata.add_flag("tokenizer.ggml.add_space_prefix", source.add_dummy_prefix);
  metadata.add_flag("tokenizer.ggml.remove_extra_whitespaces", false);
  if (unknown >= 0) metadata.add_count("tokenizer.ggml.unknown_token_id", unknown);
}

}  // namespace

void add_gguf_vocabulary(const Model& model, GgufMetadataDraft& metadata) {
  if (model.tokenizer->vocab_size() > model.config.vocab_size) {
    throw Error(ErrorKind::kModel, model.source + ": the tokenizer has more tokens than rows");
  }
  if (model.tokenizer->file_name() == "tokenizer.json") {
    add_bpe(model, metadata);
  } else {
    add_sentencepiece(model, metadata);
  }
  const auto add_id = [&](const std::string& key, int64_t id) {
    if (id >= 0) metadata.add_count(key, id);
  };
  add_id("tokenizer.ggml.bos_token_id", model.config.bos_token_id);
  add_id("tokenizer.ggml.eos_token_id", model.config.eos_token_id);
  add_id("tokenizer.ggml.padding_token_id", model.config.pad_token_id);
  // Nothing is added around a text, as everywhere in lingua.
  metadata.add_flag("tokenizer.ggml.add_bos_token", false);
  metadata.add_flag("tokenizer.ggml.add_eos_token", false);
}

}  // namespace lingua

#include "export/gguf_vocabulary.h"

#include "model/pre_tokenizer.h"
#include "model/sentencepiece_check.h"
#include "model/tokenizer_fields.h"
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

// What a pre-tokenizer does, as one line, and llama.cpp's name for it.
struct PreTokenizerName {
  const char* steps;
  bool ignore_merges;
  const char* name;
};

constexpr PreTokenizerName kPreTokenizerNames[] = {
    {"ByteLevel", false, "gpt-2"},
    {"Digits, ByteLevel", false, "smollm"},
    {"Split of Qwen2, ByteLevel alone", false, "qwen2"},
    {"Split of Llama 3, ByteLevel alone", true, "llama-bpe"},
};

// Patterns as the models' own files spell them: digits one by one, or up to three.
constexpr std::string_view kQwen2Pattern =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*)"
    R"(|\s*[\r\n]+|\s+(?!\S)|\s+)";
constexpr std::string_view kLlama3Pattern =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*)"
    R"(|\s*[\r\n]+|\s+(?!\S)|\s+)";

std::string split_step(const SortedJson& split, const TokenizerFields& fields) {
  const SortedJson& regex = fields.member(fields.member(split, "pattern"), "Regex");
  if (regex == kQwen2Pattern) return "Split of Qwen2";
  return regex == kLlama3Pattern ? "Split of Llama 3" : "Split " + regex.dump();
}

std::string steps_of(const SortedJson& pre_tokenizer, const TokenizerFields& fields) {
  const std::string type = fields.text(pre_tokenizer, "type");
  if (type == "Digits") {
    return fields.flag(pre_tokenizer, "individual_digits", false) ? "Digits" : "Digits in runs";
  }
  if (type == "ByteLevel") {
    return fields.flag(pre_tokenizer, "use_regex", true) ? "ByteLevel" : "ByteLevel alone";
  }
  if (type == "Split") return split_step(pre_tokenizer, fields);
  std::string steps;  // of a Sequence, the only type left
  for (const auto& step : fields.member(pre_tokenizer, "pretokenizers")) {
    steps += (steps.empty() ? "" : ", ") + steps_of(step, fields);
  }
  return steps;
}

std::string pre_tokenizer_name(const SortedJson& root, const TokenizerFields& fields) {
  const auto steps = steps_of(fields.member(root, "pre_tokenizer"), fields);
  const bool ignore = fields.flag(fields.member(root, "model"), "ignore_merges", false);
  for (const auto& known : kPreTokenizerNames) {
    if (steps == known.steps && ignore == known.ignore_merges) return known.name;
  }
  throw Error(ErrorKind::kModel,
              fields.where() + ": llama.cpp has no name for the pre-tokenizer " + steps +
                  (ignore ? " with ignore_merges" : ""),
              "export as --format hf");
}

void add_bpe(const Model& model, GgufMetadataDraft& metadata) {
  const TokenizerFields fields(model.source + ": " + model.tokenizer->file_name());
  const std::string& bytes = model.tokenizer->serialized();
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
  metadata.add_text("tokenizer.ggml.pre", pre_tokenizer_name(fields.parse(bytes), fields));
  metadata.add_texts("tokenizer.ggml.tokens", vocabulary.tokens);
  metadata.add_integers("tokenizer.ggml.token_type", vocabulary.types);
  metadata.add_texts("tokenizer.ggml.merges", merges);
  metadata.add_flag("tokenizer.ggml.add_space_prefix", false);
  if (definition.unknown >= 0) {
    metadata.add_count("tokenizer.ggml.unknown_token_id", definition.unknown);
  }
}

void add_sentencepiece(const Model& model, GgufMetadataDraft& metadata) {
  const auto source = check_sentencepiece(model.tokenizer->serialized(), model.source);
  Vocabulary vocabulary = free_vocabulary(model.config.vocab_size);
  std::vector<float> scores(vocabulary.tokens.size());
  int64_t unknown = -1;
  for (std::size_t id = 0; id < source.pieces.size(); ++id) {
    const SentencePiece& piece = source.pieces[id];
    set_token(vocabulary, id, piece.text, is_special(piece) ? PieceKind::kControl : piece.kind);
    scores[id] = piece.score;
    if (piece.kind == PieceKind::kUnknown) unknown = static_cast<int64_t>(id);
  }
  metadata.add_text("tokenizer.ggml.model", source.is_bpe ? "llama" : "t5");
  metadata.add_text("tokenizer.ggml.pre", "default");
  metadata.add_texts("tokenizer.ggml.tokens", vocabulary.tokens);
  metadata.add_integers("tokenizer.ggml.token_type", vocabulary.types);
  metadata.add_numbers("tokenizer.ggml.scores", scores);
  metadata.add_flag("tokenizer.ggml.add_space_prefix", source.add_dummy_prefix);
  metadata.add_flag("tokenizer.ggml.remove_extra_whitespaces", source.remove_extra_whitespaces);
  if (!source.charsmap.empty()) {
    metadata.add_bytes("tokenizer.ggml.precompiled_charsmap", source.charsmap);
  }
  if (unknown >= 0) metadata.add_count("tokenizer.ggml.unknown_token_id", unknown);
}

}  // namespace

void add_gguf_vocabulary(const Model& model, GgufMetadataDraft& metadata) {
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

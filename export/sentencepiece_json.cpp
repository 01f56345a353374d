#include "export/sentencepiece_json.h"

#include <algorithm>
#include <unordered_map>
#include <vector>

#include "model/sentencepiece_check.h"
#include "support/json.h"
#include "support/utf8.h"

namespace lingua {
namespace {

constexpr char kSpaceMark[] = "\u2581";

std::string base64(std::string_view bytes) {
  constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    uint32_t triple = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      const auto byte = at + i < bytes.size() ? static_cast<unsigned char>(bytes[at + i]) : 0;
      triple = triple << 8 | static_cast<uint32_t>(byte);
    }
    for (std::size_t i = 0; i < 4; ++i) {
      const bool padding = at + i > bytes.size();
      text += padding ? '=' : kDigits[triple >> (18 - 6 * i) & 63];
    }
  }
  return text;
}

Json replace(const Json& pattern, const std::string& content) {
  return {{"type", "Replace"}, {"pattern", pattern}, {"content", content}};
}

Json metaspace(const std::string& replacement, const std::string& scheme) {
  return {{"type", "Metaspace"},
          {"replacement", replacement},
          {"prepend_scheme", scheme},
          {"split", false}};
}

Json sequence(const std::string& name, const Json& steps) {
  return steps.empty() ? Json(nullptr) : Json{{"type", "Sequence"}, {name, steps}};
}

Json normalizer(const SentencePieceModel& model) {
  Json steps = Json::array();
  if (!model.charsmap.empty()) {
    // Python's library puts what the table has for a cluster's first character in the place of the
    // whole cluster, and CR LF is one. The tables "nmt_..." make a space of each.
    if (model.normalisation.starts_with("nmt_")) {
      steps.push_back(replace({{"String", "\r\n"}}, "\n\n"));
    }
    steps.push_back({{"type", "Precompiled"}, {"precompiled_charsmap", base64(model.charsmap)}});
  }
  if (model.remove_extra_whitespaces) {
    // What begins a text becomes the dummy space where there is one.
    const char* ends = model.add_dummy_prefix ? R"(\A +\z| +\z)" : R"(\A +| +\z)";
    steps.push_back(replace({{"Regex", ends}}, ""));
    steps.push_back(replace({{"Regex", " {2,}"}}, " "));
  }
  if (model.escape_whitespaces) steps.push_back(replace({{"String", " "}}, kSpaceMark));
  return sequence("normalizers", steps);
}

// The dummy space goes before the text and nowhere else, also where the text begins with a space:
// the first step, which sees no space any more, puts one there; the second makes it a mark. Where
// extra spaces are removed, a space that begins the text is the dummy one already.
Json pre_tokenizer(const SentencePieceModel& model) {
  if (!model.add_dummy_prefix) return nullptr;
  const std::string mark = model.escape_whitespaces ? kSpaceMark : " ";
  if (model.remove_extra_whitespaces) return metaspace(mark, "first");
  Json steps = Json::array({metaspace(" ", "first")});
  if (model.escape_whitespaces) steps.push_back(metaspace(kSpaceMark, "never"));
  return sequence("pretokenizers", steps);
}

Json decoder(const SentencePieceModel& model) {
  Json steps = Json::array();
  if (model.escape_whitespaces) steps.push_back(replace({{"String", kSpaceMark}}, " "));
  steps.push_back({{"type", "ByteFallback"}});
  steps.push_back({{"type", "Fuse"}});
  if (model.add_dummy_prefix) {
    steps.push_back({{"type", "Strip"}, {"content", " "}, {"start", 1}, {"stop", 0}});
  }
  return sequence("decoders", steps);
}

Json added_tokens(const SentencePieceModel& model) {
  Json added = Json::array();
  for (std::size_t id = 0; id < model.pieces.size(); ++id) {
    const SentencePiece& piece = model.pieces[id];
    const bool special = is_special(piece);
    if (!special && piece.kind != PieceKind::kUserDefined) continue;
    // Pieces that are not special are looked for where spaces are marks already.
    added.push_back({{"id", id},
                     {"content", piece.text},
                     {"single_word", false},
                     {"lstrip", false},
                     {"rstrip", false},
                     {"normalized", !special},
                     {"special", special}});
  }
  return added;
}

// Whether the library finds the piece by merging or searching.
bool can_be_found(const SentencePiece& piece) {
  return piece.kind == PieceKind::kNormal || piece.kind == PieceKind::kUserDefined ||
         piece.kind == PieceKind::kUnused;
}

std::string unknown_id(const SentencePieceModel& model, bool as_text) {
  for (std::size_t id = 0; id < model.pieces.size(); ++id) {
    if (model.pieces[id].kind != PieceKind::kUnknown) continue;
    return as_text ? dump_json(model.pieces[id].text) : std::to_string(id);
  }
  return "null";
}

// Lists are written by hand: an ordered Json object takes quadratic time for so many keys.

// Pieces that the library never finds in text get a score with which a search that knows no kinds
// does not find them either: below that of any other way to spell them.
std::string unigram(const SentencePieceModel& model) {
  double least = 0;
  for (const auto& piece : model.pieces) {
    if (piece.kind == PieceKind::kNormal) least = std::min<double>(least, piece.score);
  }
  std::string text = R"({"type":"Unigram","byte_fallback":true,"unk_id":)" +
                     unknown_id(model, false) + ",\"vocab\":[";
  for (const auto& piece : model.pieces) {
    const bool hidden = piece.kind == PieceKind::kByte || piece.kind == PieceKind::kUnknown ||
                        piece.kind == PieceKind::kUnused;
    const double score =
        hidden ? least * static_cast<double>(piece.text.size() + 1) - 1 : piece.score;
    if (text.back() == ']') text += ',';
    text += dump_json(Json::array({piece.text, score}));
  }
  return text + "]}";
}

struct Pair {
  float score = 0;
  std::size_t left = 0, right = 0;
};

// All ways to make a piece of two, the best score first.
std::vector<Pair> pairs_of(const SentencePieceModel& model) {
  std::unordered_map<std::string_view, std::size_t> ids;
  for (std::size_t id = 0; id < model.pieces.size(); ++id) {
    if (can_be_found(model.pieces[id])) ids.emplace(model.pieces[id].text, id);
  }
  std::vector<Pair> pairs;
  for (const auto& piece : model.pieces) {
    if (!can_be_found(piece)) continue;
    const std::string_view text = piece.text;
    for (std::size_t cut = utf8_sequence_length(text); cut < text.size();
         cut += utf8_sequence_length(text.substr(cut))) {
      const auto left = ids.find(text.substr(0, cut)), right = ids.find(text.substr(cut));
      if (left == ids.end() || right == ids.end()) continue;
      pairs.push_back({piece.score, left->second, right->second});
    }
  }
  std::stable_sort(pairs.begin(), pairs.end(),
                   [](const Pair& a, const Pair& b) { return a.score > b.score; });
  return pairs;
}

std::string bpe(const SentencePieceModel& model) {
  std::string text =
      R"({"type":"BPE","dropout":null,"unk_token":)" + unknown_id(model, true) +
      R"(,"continuing_subword_prefix":null,"end_of_word_suffix":null,"fuse_unk":true,)"
      R"("byte_fallback":true,"ignore_merges":false,"vocab":{)";
  for (std::size_t id = 0; id < model.pieces.size(); ++id) {
    if (id > 0) text += ',';
    text += dump_json(model.pieces[id].text) + ':' + std::to_string(id);
  }
  text += "},\"merges\":[";
  for (const Pair& pair : pairs_of(model)) {
    if (text.back() == ']') text += ',';
    text += dump_json(Json::array({model.pieces[pair.left].text, model.pieces[pair.right].text}));
  }
  return text + "]}";
}

}  // namespace

std::string sentencepiece_json(std::string_view proto, const std::string& where) {
  const auto model = check_sentencepiece(proto, where);
  const Json outer = {{"version", "1.0"},
                      {"truncation", nullptr},
                      {"padding", nullptr},
                      {"added_tokens", added_tokens(model)},
                      {"normalizer", normalizer(model)},
                      {"pre_tokenizer", pre_tokenizer(model)},
                      {"post_processor", nullptr},
                      {"decoder", decoder(model)}};
  std::string text = dump_json(outer);
  text.pop_back();  // the closing brace: the model follows
  return text + ",\"model\":" + (model.is_bpe ? bpe(model) : unigram(model)) + "}\n";
}

}  // namespace lingua

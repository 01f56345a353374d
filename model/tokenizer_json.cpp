#include "model/tokenizer_json.h"

#include <set>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "model/pre_tokenizer_json.h"
#include "model/tokenizer_fields.h"

namespace lingua {
namespace {

using Vocabulary = std::unordered_map<std::string, TokenId>;

void put_piece(BpeDefinition& definition, TokenId id, const std::string& piece,
               const TokenizerFields& fields) {
  const auto place = static_cast<std::size_t>(id);
  if (place >= definition.pieces.size()) definition.pieces.resize(place + 1);
  std::string& slot = definition.pieces[place];
  if (!slot.empty()) {
    fields.fail("\"" + slot + "\" and \"" + piece + "\" have the same id " + std::to_string(id));
  }
  slot = piece;
}

Vocabulary read_vocabulary(const SortedJson& model, BpeDefinition& definition,
                           const TokenizerFields& fields) {
  const SortedJson& vocab = fields.member(model, "vocab");
  if (!vocab.is_object() || vocab.empty()) fields.fail("model.vocab must be an object with pieces");
  Vocabulary ids;
  ids.reserve(vocab.size());
  for (const auto& [piece, value] : vocab.items()) {
    if (piece.empty()) fields.fail("model.vocab has an empty piece");
    const TokenId id = fields.id(value, piece);
    put_piece(definition, id, piece, fields);
    ids.emplace(piece, id);
  }
  return ids;
}

// A merge is "left right" or ["left", "right"].
std::pair<std::string, std::string> merge_halves(const SortedJson& merge,
                                                 const TokenizerFields& fields) {
  if (merge.is_array() && merge.size() == 2 && merge[0].is_string() && merge[1].is_string()) {
    return {merge[0].get<std::string>(), merge[1].get<std::string>()};
  }
  if (!merge.is_string()) fields.fail("merge " + merge.dump() + " must be a string or a pair");
  const auto& text = merge.get_ref<const std::string&>();
  const std::size_t space = text.find(' ');
  if (space == std::string::npos || text.find(' ', space + 1) != std::string::npos) {
    fields.fail("merge \"" + text + "\" must be two pieces with one space between");
  }
  return {text.substr(0, space), text.substr(space + 1)};
}

void read_merges(const SortedJson& model, const Vocabulary& vocabulary, BpeDefinition& definition,
                 const TokenizerFields& fields) {
  const SortedJson& merges = fields.member(model, "merges");
  if (!merges.is_array()) fields.fail("model.merges must be an array");
  const auto id_of = [&](const std::string& piece, const SortedJson& merge) {
    const auto found = vocabulary.find(piece);
    if (found == vocabulary.end()) {
      fields.fail("merge " + merge.dump() + " needs the piece \"" + piece +
                  "\", which model.vocab lacks");
    }
    return found->second;
  };
  std::set<std::pair<TokenId, TokenId>> seen;
  for (const SortedJson& merge : merges) {
    const auto [left, right] = merge_halves(merge, fields);
    const Merge ids = {id_of(left, merge), id_of(right, merge), id_of(left + right, merge)};
    if (!seen.emplace(ids.left, ids.right).second) {
      fields.fail("merge " + merge.dump() + " is there twice");
    }
    definition.merges.push_back(ids);
  }
}

void read_added_tokens(const SortedJson& root, Vocabulary& vocabulary, BpeDefinition& definition,
                       const TokenizerFields& fields) {
  const SortedJson& list = fields.member(root, "added_tokens");
  if (list.is_null()) return;
  if (!list.is_array()) fields.fail("added_tokens must be an array");
  std::unordered_set<std::string> seen;
  for (const SortedJson& token : list) {
    const std::string content = fields.text(token, "content");
    const TokenId id = fields.id(fields.member(token, "id"), content);
    if (content.empty()) fields.fail("added token " + std::to_string(id) + " is empty");
    for (const char* key : {"single_word", "lstrip", "rstrip"}) {
      fields.refuse_flag(token, key, "added token \"" + content + "\"");
    }
    if (!seen.insert(content).second) fields.fail("added token \"" + content + "\" is there twice");
    const auto known = vocabulary.find(content);
    if (known == vocabulary.end()) {
      put_piece(definition, id, content, fields);
      vocabulary.emplace(content, id);
    } else if (known->second != id) {
      fields.fail("added token \"" + content + "\" has id " + std::to_string(id) + ", but " +
                  std::to_string(known->second) + " in model.vocab");
    }
    definition.added.push_back({id, content, fields.flag(token, "special", false)});
  }
}

void check_model(const SortedJson& model, const TokenizerFields& fields) {
  if (!model.is_object()) fields.fail("\"model\" is missing");
  // The files of GPT-2's time do not name the type.
  const SortedJson& type = fields.member(model, "type");
  if (!type.is_null() && type != "BPE")
    fields.fail("model.type " + type.dump() + " is not supported");
  const SortedJson& dropout = fields.member(model, "dropout");
  if (!dropout.is_null() && dropout != 0) {
    fields.fail("model.dropout " + dropout.dump() + " is not supported");
  }
  for (const char* key : {"continuing_subword_prefix", "end_of_word_suffix"}) {
    const SortedJson& affix = fields.member(model, key);
    if (!affix.is_null() && affix != "") {
      fields.fail("model." + std::string(key) + " " + affix.dump() + " is not supported");
    }
  }
  fields.refuse_flag(model, "fuse_unk", "a model");
  fields.refuse_flag(model, "byte_fallback", "a model");
}

void check_frame(const SortedJson& root, const TokenizerFields& fields) {
  if (!root.is_object()) fields.fail("a tokenizer.json must hold an object");
  const SortedJson& normalizer = fields.member(root, "normalizer");
  if (!normalizer.is_null() && fields.text(normalizer, "type") != "NFC") {
    fields.fail("normalizer \"" + fields.text(normalizer, "type") + "\" is not supported");
  }
  const SortedJson& decoder = fields.member(root, "decoder");
  if (!decoder.is_null() && fields.text(decoder, "type") != "ByteLevel") {
    fields.fail("decoder \"" + fields.text(decoder, "type") + "\" is not supported");
  }
}

TokenId read_unknown(const SortedJson& model, const Vocabulary& vocabulary,
                     const TokenizerFields& fields) {
  const SortedJson& value = fields.member(model, "unk_token");
  if (value.is_null() || value == "") return -1;
  const std::string piece = fields.text(model, "unk_token");
  const auto found = vocabulary.find(piece);
  if (found == vocabulary.end()) {
    fields.fail("model.unk_token \"" + piece + "\" is not in the vocabulary");
  }
  return found->second;
}

}  // namespace

BpeDefinition parse_tokenizer_json(std::string_view bytes, const std::string& where) {
  const TokenizerFields fields(where);
  const SortedJson root = fields.parse(bytes);
  check_frame(root, fields);
  const SortedJson& model = fields.member(root, "model");
  check_model(model, fields);
  BpeDefinition definition;
  Vocabulary vocabulary = read_vocabulary(model, definition, fields);
  read_merges(model, vocabulary, definition, fields);
  read_added_tokens(root, vocabulary, definition, fields);
  definition.pre_tokenizer_steps = read_pre_tokenizer(root, fields);
  definition.unknown = read_unknown(model, vocabulary, fields);
  definition.normal_form_c = !fields.member(root, "normalizer").is_null();
  definition.ignore_merges = fields.flag(model, "ignore_merges", false);
  return definition;
}

}  // namespace lingua

#include "model/tokenizer_json.h"

#include <unordered_set>
#include <utility>

#include "model/pre_tokenizer_json.h"
#include "model/tokenizer_document.h"

namespace lingua {
namespace {

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

void read_vocabulary(const TokenizerDocument& document, BpeDefinition& definition,
                     const TokenizerFields& fields) {
  if (document.vocabulary.empty()) fields.fail("model.vocab must be an object with pieces");
  definition.ids.reserve(document.vocabulary.size());
  for (const auto& [piece, id] : document.vocabulary) {
    if (piece.empty()) fields.fail("model.vocab has an empty piece");
    if (!definition.ids.emplace(piece, id).second) {
      fields.fail("the key " + SortedJson(piece).dump() + " is there twice");
    }
    put_piece(definition, id, piece, fields);
  }
}

// How many of the merge's bytes are its left half.
std::size_t left_bytes(const MergeEntry& merge, const TokenizerFields& fields) {
  if (merge.left_bytes > 0) return merge.left_bytes;
  const std::size_t space = merge.text.find(' ');
  if (space == std::string::npos || merge.text.find(' ', space + 1) != std::string::npos) {
    fields.fail("merge \"" + merge.text + "\" must be two pieces with one space between");
  }
  return space;
}

void read_merges(const TokenizerDocument& document, BpeDefinition& definition,
                 const TokenizerFields& fields) {
  const auto id_of = [&](std::string_view piece, const MergeEntry& merge) {
    const auto found = definition.ids.find(piece);
    if (found == definition.ids.end()) {
      fields.fail("merge " + merge.as_json() + " needs the piece \"" + std::string(piece) +
                  "\", which model.vocab lacks");
    }
    return found->second;
  };
  std::unordered_set<uint64_t> seen;  // left in the upper half, right in the lower
  seen.reserve(document.merges.size());
  definition.merges.reserve(document.merges.size());
  std::string joined;
  for (const MergeEntry& merge : document.merges) {
    const std::size_t split = left_bytes(merge, fields);
    const auto left = std::string_view(merge.text).substr(0, split);
    const auto right = std::string_view(merge.text).substr(split + 1);
    joined.assign(left).append(right);
    const Merge ids = {id_of(left, merge), id_of(right, merge), id_of(joined, merge)};
    if (!seen.insert(static_cast<uint64_t>(ids.left) << 32 | static_cast<uint32_t>(ids.right))
             .second) {
      fields.fail("merge " + merge.as_json() + " is there twice");
    }
    definition.merges.push_back(ids);
  }
}

void read_added_tokens(const SortedJson& root, BpeDefinition& definition,
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
    const auto known = definition.ids.find(content);
    if (known == definition.ids.end()) {
      put_piece(definition, id, content, fields);
      definition.ids.emplace(content, id);
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

TokenId read_unknown(const SortedJson& model, const PieceIds& ids, const TokenizerFields& fields) {
  const SortedJson& value = fields.member(model, "unk_token");
  if (value.is_null() || value == "") return -1;
  const std::string piece = fields.text(model, "unk_token");
  const auto found = ids.find(piece);
  if (found == ids.end()) {
    fields.fail("model.unk_token \"" + piece + "\" is not in the vocabulary");
  }
  return found->second;
}

}  // namespace

BpeDefinition parse_tokenizer_json(std::string_view bytes, const std::string& where) {
  const TokenizerFields fields(where);
  const TokenizerDocument document = read_tokenizer_document(bytes, fields);
  const SortedJson& root = document.root;
  check_frame(root, fields);
  const SortedJson& model = fields.member(root, "model");
  check_model(model, fields);
  BpeDefinition definition;
  read_vocabulary(document, definition, fields);
  if (!fields.member(model, "merges").is_array()) fields.fail("model.merges must be an array");
  read_merges(document, definition, fields);
  read_added_tokens(root, definition, fields);
  definition.pre_tokenizer_steps = read_pre_tokenizer(root, fields);
  definition.unknown = read_unknown(model, definition.ids, fields);
  definition.normal_form_c = !fields.member(root, "normalizer").is_null();
  definition.ignore_merges = fields.flag(model, "ignore_merges", false);
  return definition;
}

}  // namespace lingua

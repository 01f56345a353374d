#include "model/pre_tokenizer_json.h"

#include "model/pre_tokenizer.h"

namespace lingua {
namespace {

Regex read_split(const SortedJson& step, const TokenizerFields& fields) {
  const std::string behavior = fields.text(step, "behavior");
  if (behavior != "Isolated") {
    fields.fail("pre_tokenizer Split with behavior \"" + behavior + "\" is not supported");
  }
  // With "Isolated", `invert` swaps matches and gaps, which leaves the cuts where they are.
  const SortedJson& pattern = fields.member(step, "pattern");
  if (!fields.member(pattern, "String").is_null()) {
    return {fields.text(pattern, "String"), Regex::Kind::kLiteral, fields.where()};
  }
  return {fields.text(pattern, "Regex"), Regex::Kind::kPattern, fields.where()};
}

// Appends one pre-tokenizer's steps. Returns whether it was the ByteLevel that must come last.
bool append_step(const SortedJson& step, std::vector<Regex>& steps, const TokenizerFields& fields) {
  const std::string type = fields.text(step, "type");
  if (type == "Digits") {
    const bool single = fields.flag(step, "individual_digits", false);
    steps.emplace_back(single ? kDigitPattern : kDigitsPattern, Regex::Kind::kPattern,
                       fields.where());
  } else if (type == "Split") {
    steps.push_back(read_split(step, fields));
  } else if (type == "ByteLevel") {
    fields.refuse_flag(step, "add_prefix_space", "pre_tokenizer ByteLevel");
    if (fields.flag(step, "use_regex", true)) {
      steps.emplace_back(kGpt2Pattern, Regex::Kind::kPattern, fields.where());
    }
    return true;
  } else {
    fields.fail("pre_tokenizer \"" + type + "\" is not supported");
  }
  return false;
}

}  // namespace

std::vector<Regex> read_pre_tokenizer(const SortedJson& root, const TokenizerFields& fields) {
  const SortedJson& outer = fields.member(root, "pre_tokenizer");
  if (outer.is_null()) fields.fail("pre_tokenizer is missing; only byte-level BPE is supported");
  std::vector<SortedJson> list = {outer};
  if (fields.text(outer, "type") == "Sequence") {
    const SortedJson& members = fields.member(outer, "pretokenizers");
    if (!members.is_array()) fields.fail("pre_tokenizer.pretokenizers must be an array");
    list = members.get_ref<const SortedJson::array_t&>();
  }
  std::vector<Regex> steps;
  bool is_byte_level = false;
  for (const SortedJson& step : list) {
    if (is_byte_level) fields.fail("pre_tokenizer ByteLevel must be the last of its Sequence");
    is_byte_level = append_step(step, steps, fields);
  }
  if (!is_byte_level) fields.fail("pre_tokenizer has no ByteLevel, which must end it");
  return steps;
}

}  // namespace lingua

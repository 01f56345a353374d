#include "train/method_options.h"

#include <algorithm>
#include <charconv>
#include <sstream>
#include <string_view>

#include "support/error.h"
#include "support/text.h"

namespace lingua {
namespace {

constexpr int64_t kMostLayer = 9999;  // keeps a mistyped range short

std::vector<std::string> split_at_commas(const std::string& text) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, ',');) parts.push_back(part);
  if (text.ends_with(',')) parts.emplace_back();
  return parts;
}

void require(bool holds, const std::string& message, const std::string& hint) {
  if (!holds) throw Error(ErrorKind::kUsage, message, hint);
}

std::string number_text(double value) {
  std::ostringstream text;
  text << value;
  return text.str();
}

// A layer's number, or -1.
int64_t layer_number(std::string_view text) {
  int64_t value = -1;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = failure == std::errc{} && end == text.data() + text.size();
  return whole && value >= 0 && value <= kMostLayer ? value : -1;
}

void require_word(const char* option, const std::string& value,
                  std::initializer_list<const char*> words, const std::string& hint) {
  require(std::find(words.begin(), words.end(), value) != words.end(),
          std::string(option) + " " + in_quotes(value) + " is not known", hint);
}

// An option of another method would change nothing without a word.
void require_fitting(const MethodOptions& o) {
  const MethodOptions unset;
  const auto belongs = [&](const char* method, bool is_set, const char* option) {
    require(!is_set || o.method == method,
            std::string(option) + " does not go with --method " + o.method,
            std::string("it is for --method ") + method);
  };
  belongs("lora", o.rank != unset.rank, "--lora-rank");
  belongs("lora", o.alpha != unset.alpha, "--lora-alpha");
  belongs("lora", o.dropout != unset.dropout, "--lora-dropout");
  belongs("lora", o.targets != unset.targets, "--lora-targets");
  belongs("lora", o.layers != unset.layers, "--lora-layers");
  belongs("lora", o.adapter != unset.adapter, "--adapter");
  belongs("last-k", o.last_layers != unset.last_layers, "--last-layers");
  belongs("last-k", o.train_embeddings, "--train-embeddings");
}

}  // namespace

std::vector<std::string> listed_targets(const std::string& text) {
  const auto targets = split_at_commas(text);
  for (const std::string& target : targets) {
    require_word("--lora-targets", target, {"q", "k", "v", "qkv", "o", "gate", "up", "down"},
                 "a list such as q,k,v,o,gate,up,down");
  }
  return targets;
}

std::vector<int64_t> listed_layers(const std::string& text) {
  std::vector<int64_t> layers;
  for (const std::string& part : split_at_commas(text)) {
    const auto dash = std::min(part.find('-'), part.size());
    const int64_t first = layer_number(std::string_view(part).substr(0, dash));
    const int64_t last =
        dash == part.size() ? first : layer_number(std::string_view(part).substr(dash + 1));
    require(first >= 0 && last >= first,
            "--lora-layers: " + in_quotes(part) + " is neither a layer nor a range of layers",
            "a list such as 0-9,20; layers count from 0");
    for (int64_t layer = first; layer <= last; ++layer) layers.push_back(layer);
  }
  return layers;
}

void validate(const MethodOptions& o) {
  require_word("--method", o.method, {"full", "lora", "last-k"}, "full, lora or last-k");
  require_word("--adapter", o.adapter, {"merged", "apart"}, "merged or apart");
  require(o.rank >= 1, "--lora-rank " + std::to_string(o.rank) + " is out of range",
          "it must be 1 or more");
  require(o.alpha > 0, "--lora-alpha " + number_text(o.alpha) + " is out of range",
          "it must be over 0");
  require(o.dropout >= 0 && o.dropout < 1,
          "--lora-dropout " + number_text(o.dropout) + " is out of range", "it must be in [0, 1)");
  require(o.last_layers >= 1, "--last-layers " + std::to_string(o.last_layers) + " is out of range",
          "it must be 1 or more");
  listed_targets(o.targets);
  listed_layers(o.layers);
  require_fitting(o);
}

}  // namespace lingua

#include "train/method_options.h"

#include <algorithm>
#include <sstream>

#include "support/error.h"
#include "support/text.h"
#include "train/layer_list.h"

namespace lingua {
namespace {

void require(bool holds, const std::string& message, const std::string& hint) {
  if (!holds) throw Error(ErrorKind::kUsage, message, hint);
}

std::string number_text(double value) {
  std::ostringstream text;
  text << value;
  return text.str();
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
  return layer_list(text, "--lora-layers");
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

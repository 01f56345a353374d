#include "eval/fidelity_methods.h"

#include <algorithm>

#include "compress/compressor.h"
#include "compress/drafted_model.h"
#include "compress/option_names.h"
#include "compress/scoring_window.h"
#include "lingua_version.h"
#include "support/error.h"
#include "support/text.h"

namespace lingua {
namespace {

constexpr const char* kBase = "base-";

CompressOptions options_for(const CompressingModel& model, CompressMode mode) {
  CompressOptions options;
  options.mode = mode;
  options.effort = model.effort;
  return options;
}

// The model's answers as the mode asks for them, remembered: one prompt is scored once for all
// rates.
LanguageModel answers_for(const CompressingModel& model, CompressMode mode) {
  const TokenWindow window = scoring_window(options_for(model, mode));
  const auto draft = model.draft ? std::optional(model.draft->with_window(window)) : std::nullopt;
  return remembering_model(cached_drafted(model.scorer.with_window(window), draft));
}

struct Compressing {
  explicit Compressing(const CompressingModel& from)
      : model(from),
        lingua(answers_for(from, CompressMode::kLingua)),
        paper(answers_for(from, CompressMode::kPaper)) {}

  const LanguageModel& answers(CompressMode mode) const {
    return mode == CompressMode::kLingua ? lingua : paper;
  }

  const CompressingModel& model;
  LanguageModel lingua, paper;
};

CompressMode mode_of(const std::string& name) {
  return name.ends_with("paper") ? CompressMode::kPaper : CompressMode::kLingua;
}

bool is_of_base(const std::string& name) { return name.starts_with(kBase); }

class Methods {
 public:
  Methods(std::span<const FidelityPrompt> prompts, const CompressingModel& model,
          const CompressingModel* base, uint64_t seed, ResultCache& cache)
      : prompts_(prompts),
        seed_(seed),
        cache_(cache),
        model_(std::make_shared<Compressing>(model)),
        base_(base == nullptr ? model_ : std::make_shared<Compressing>(*base)) {}

  FidelityMethod named(const std::string& name) const {
    if (name.ends_with("lingua") || name.ends_with("paper")) {
      const auto by = is_of_base(name) ? base_ : model_;
      return {name, [*this, by, mode = mode_of(name)](std::size_t prompt, double, int64_t target) {
                return compressed(*by, mode, prompt, target);
              }};
    }
    return {name, [*this, name](std::size_t prompt, double, int64_t target) {
              return std::optional(by_rule(name, prompt, target));
            }};
  }

  // What the peer made of the prompts.
  FidelityMethod of_peer(const PeerOutputs& peers, const std::string& name) const {
    return {name, [*this, &peers, name](std::size_t prompt, double rate, int64_t) {
              const std::string* text = peers.find(name, prompts_[prompt].id, rate);
              return text == nullptr ? std::optional<Shortened>() : std::optional(counted(*text));
            }};
  }

  // Lingua mode with as many tokens as the peer's output has.
  FidelityMethod as_long_as(const PeerOutputs& peers, const std::string& name) const {
    return {"lingua as long as " + name,
            [*this, &peers, name](std::size_t prompt, double rate, int64_t) {
              const std::string* text = peers.find(name, prompts_[prompt].id, rate);
              if (text == nullptr) return std::optional<Shortened>();
              return compressed(*model_, CompressMode::kLingua, prompt, counted(*text).tokens);
            }};
  }

 private:
  Shortened counted(const std::string& text) const {
    return {text, static_cast<int64_t>(model_->model.tokenizer->encode_ids(text).size())};
  }

  // None where the budget is below instruction and question, or above the prompt.
  std::optional<Shortened> compressed(const Compressing& by, CompressMode mode, std::size_t prompt,
                                      int64_t target) const {
    const Prompt& one = prompts_[prompt].prompt;
    const PromptTokens tokens = prompt_tokens(one, *by.model.tokenizer);
    if (target < tokens.fixed || target > tokens.whole) return std::nullopt;
    const Json found = cache_.get(
        {"compressed", LINGUA_REVISION, by.model.identity, mode_name(mode), std::to_string(target),
         dump_json({one.instruction, one.context, one.question})},
        [&] {
          CompressOptions options = options_for(by.model, mode);
          options.target_tokens = target;
          const auto result = compress(one, options, *by.model.tokenizer, by.answers(mode));
          return Json{result.compressed_prompt, result.compressed_tokens};
        });
    return Shortened{found.at(0).get<std::string>(), found.at(1).get<int64_t>()};
  }

  Shortened by_rule(const std::string& name, std::size_t prompt, int64_t target) const {
    const Prompt& one = prompts_[prompt].prompt;
    const Tokenizer& tokenizer = *base_->model.tokenizer;
    const auto shorten = [&](UnitKind units, const Ranker& ranker) {
      return shorten_by(one, target, units, tokenizer, ranker);
    };
    if (name == "random") return shorten(UnitKind::kToken, random_units(seed_ + prompt));
    if (name == "truncation") return shorten(UnitKind::kToken, first_units());
    if (name == "demonstrations") return shorten(UnitKind::kToken, whole_contexts(base_->paper));
    return shorten(UnitKind::kWord, selective_context(base_->paper));
  }

  std::span<const FidelityPrompt> prompts_;
  uint64_t seed_;
  ResultCache& cache_;
  std::shared_ptr<Compressing> model_;
  std::shared_ptr<Compressing> base_;  // the model where there is no base
};

}  // namespace

const std::vector<std::string>& method_names() {
  static const std::vector<std::string> names = {
      "lingua",         "paper",      "base-lingua", "base-paper", "selective-context",
      "demonstrations", "truncation", "random"};
  return names;
}

void validate(const MethodOptions& options, bool has_base) {
  const auto& known = method_names();
  for (const std::string& name : options.names) {
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      throw Error(ErrorKind::kUsage, "--methods " + in_quotes(name) + " is unknown",
                  "known are " + join(known, ", "));
    }
    if (is_of_base(name) && !has_base) {
      throw Error(ErrorKind::kUsage, "--methods " + name + " needs a base",
                  "give the model before alignment with --base");
    }
  }
}

std::vector<FidelityMethod> make_methods(std::span<const FidelityPrompt> prompts,
                                         const CompressingModel& model,
                                         const CompressingModel* base, const PeerOutputs& peers,
                                         const MethodOptions& options, ResultCache& cache) {
  const Methods methods(prompts, model, base, options.seed, cache);
  std::vector<FidelityMethod> made;
  for (const std::string& name : options.names.empty() ? method_names() : options.names) {
    if (is_of_base(name) && base == nullptr) continue;
    made.push_back(methods.named(name));
  }
  for (const std::string& name : peers.methods()) {
    made.push_back(methods.of_peer(peers, name));
    if (!options.peers_alone) made.push_back(methods.as_long_as(peers, name));
  }
  return made;
}

}  // namespace lingua

#include "eval/fidelity.h"

#include "support/error.h"
#include "support/interrupt.h"
#include "support/progress.h"

namespace lingua {
namespace {

class Measuring {
 public:
  Measuring(const NamedReader& reader, const Tokenizer& tokenizer, const FidelityOptions& options,
            ResultCache& cache)
      : reader_(reader), tokenizer_(tokenizer), options_(options), cache_(cache) {}

  FidelityReading ends(const FidelityPrompt& prompt) {
    const std::string none = text_without_context(prompt.prompt);
    const std::string full = whole_text(prompt.prompt).text;
    FidelityReading reading{prompt.id, prompt.task};
    reading.none = loss(none, prompt.answer, &reading.answer_tokens);
    reading.full = loss(full, prompt.answer);
    reading.tokens = prompt_tokens(prompt.prompt, tokenizer_);
    reading.none_correct = correct(none, prompt);
    reading.full_correct = correct(full, prompt);
    return reading;
  }

  CompressedReading compressed(const FidelityPrompt& prompt, const Shortened& shortened,
                               int64_t target) {
    return {loss(shortened.text, prompt.answer), shortened.tokens, target,
            recall_of(prompt.prompt, prompt.answer, shortened.text),
            correct(shortened.text, prompt)};
  }

 private:
  double loss(const std::string& text, const std::string& answer, std::size_t* tokens = nullptr) {
    const Json found = cache_.get({"loss", reader_.identity, text, answer}, [&] {
      const TargetLoss loss = reader_.reader.loss(text, answer);
      return Json{loss.nats, loss.tokens};
    });
    if (tokens != nullptr) *tokens = found.at(1).get<std::size_t>();
    return found.at(0).get<double>();
  }

  std::optional<bool> correct(const std::string& text, const FidelityPrompt& prompt) {
    if (!options_.accuracy || prompt.expected.empty()) return std::nullopt;
    const Json answer = cache_.get(
        {"answer", reader_.identity, std::to_string(options_.answer_tokens), text, prompt.answer},
        [&] { return Json(reader_.reader.answer(text, prompt.answer, options_.answer_tokens)); });
    return same_answer(answer.get<std::string>(), prompt.expected);
  }

  const NamedReader& reader_;
  const Tokenizer& tokenizer_;
  const FidelityOptions& options_;
  ResultCache& cache_;
};

}  // namespace

void validate(const FidelityOptions& options) {
  if (options.rates.empty()) {
    throw Error(ErrorKind::kUsage, "--rates is empty", "for example --rates 0.5,0.33,0.2");
  }
  for (const double rate : options.rates) {
    if (rate > 0 && rate <= 1) continue;
    throw Error(ErrorKind::kUsage, "--rates " + std::to_string(rate) + " is out of range",
                "a rate is the share of the contexts that stays, above 0 and at most 1");
  }
  if (options.answer_tokens < 1) {
    throw Error(ErrorKind::kUsage,
                "--answer-tokens " + std::to_string(options.answer_tokens) + " is out of range",
                "it must be 1 or more");
  }
}

FidelityMeasurement measure_fidelity(std::span<const FidelityPrompt> prompts,
                                     std::span<const FidelityMethod> methods,
                                     const NamedReader& reader, const Tokenizer& tokenizer,
                                     const FidelityOptions& options, ResultCache& cache) {
  FidelityMeasurement measured{reader.name, {}, options.rates, {}};
  for (const FidelityMethod& method : methods) measured.methods.push_back(method.name);
  Measuring measuring(reader, tokenizer, options, cache);
  Progress progress(static_cast<double>(prompts.size()), "prompts", "fidelity");
  for (std::size_t i = 0; i < prompts.size(); ++i) {
    FidelityReading reading = measuring.ends(prompts[i]);
    for (const FidelityMethod& method : methods) {
      for (const double rate : options.rates) {
        throw_if_interrupted();
        const int64_t target = reading.tokens.target(rate);
        const auto shortened = method.shorten(i, rate, target);
        reading.compressed.emplace_back();
        if (shortened) {
          reading.compressed.back() = measuring.compressed(prompts[i], *shortened, target);
        }
      }
    }
    measured.readings.push_back(std::move(reading));
    progress.update(static_cast<double>(i + 1));
  }
  return measured;
}

}  // namespace lingua

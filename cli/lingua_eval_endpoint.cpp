#include "cli/lingua_eval_endpoint.h"

#include <cstdio>

#include "cli/command.h"
#include "cli/results.h"
#include "compress/compressor.h"
#include "compress/scoring_window.h"
#include "eval/end_task.h"
#include "eval/figures.h"
#include "model/device.h"
#include "model/runnable_model.h"
#include "support/error.h"
#include "support/log.h"

namespace lingua {
namespace {

std::vector<double> rates_of(const std::string& list) {
  std::vector<double> rates;
  for (std::size_t begin = 0; begin <= list.size();) {
    const auto end = std::min(list.find(',', begin), list.size());
    rates.push_back(
        parse_option_value<double>(list.substr(begin, end - begin), "--endpoint-rates"));
    if (!(rates.back() > 0 && rates.back() <= 1)) {
      throw Error(ErrorKind::kUsage, "--endpoint-rates " + list + ": a rate is out of range",
                  "each is a share of the prompt's tokens, above 0 and at most 1");
    }
    begin = end + 1;
  }
  return rates;
}

std::vector<SentForm> forms_of(const std::vector<double>& rates, const Tokenizer& tokenizer,
                               const LanguageModel& model) {
  const auto counted = [&tokenizer](const std::string& text) {
    return SentPrompt{text, static_cast<int64_t>(tokenizer.encode(text).ids.size())};
  };
  std::vector<SentForm> forms = {
      {"whole prompt", [counted](const Prompt& p) { return counted(whole_text(p).text); }},
      {"question alone", [counted](Prompt p) {
         p.context.clear();
         return counted(whole_text(p).text);
       }}};
  for (const double rate : rates) {
    forms.push_back({"at " + percent_text(rate), [rate, &tokenizer, &model](Prompt p) {
                       CompressOptions options;
                       options.rate = rate;
                       p.rate.reset();
                       p.target_tokens.reset();
                       const auto result = compress(p, options, tokenizer, model);
                       return SentPrompt{result.compressed_prompt, result.compressed_tokens};
                     }});
  }
  return forms;
}

void tell_use(const EndpointUse& use) {
  char text[200];
  std::snprintf(text, sizeof text,
                "%lld requests, %lld from the cache, %lld repeated; %lld tokens asked, %lld "
                "answered, cost %.4f",
                static_cast<long long>(use.requests), static_cast<long long>(use.cached),
                static_cast<long long>(use.retries), static_cast<long long>(use.prompt_tokens),
                static_cast<long long>(use.answer_tokens), use.cost);
  log_info(text);
}

}  // namespace

void declare_end_task_options(OptionTable& table, EndTaskOptions& options) {
  EndpointOptions& o = options.endpoint;
  table.section("Answers of a server (OpenAI's chat completions)");
  table.add("endpoint", "URL",
            "ask this server whole and compressed prompts and compare its answers; up to the "
            "version, as in https://host/v1",
            &o.url);
  table.add("endpoint-model", "NAME", "the model that is to answer", &o.model);
  table.add("questions", "FILE", "prompts, JSON Lines {instruction, context, question, answer}",
            &options.questions);
  table.add("endpoint-rates", "LIST",
            "shares of the prompt's tokens that --model leaves, separated by commas",
            &options.rates);
  table.add("endpoint-key", "VARIABLE", "environment variable with the key; none if it is not set",
            &o.key_variable);
  table.add("endpoint-fields", "JSON", "object merged into each request; null removes a field",
            &o.fields);
  table.add("endpoint-cache", "DIR", "keeps the answers: nothing is paid for twice", &o.cache);
  table.add("endpoint-answer-tokens", "TOKENS", "longest answer", &o.answer_tokens);
  table.add("endpoint-timeout", "SECONDS", "what an answer may take", &o.timeout);
  table.add("endpoint-retries", "N", "how often a request that failed is sent again", &o.retries);
  table.add("endpoint-wait", "SECONDS", "before the first repetition, doubled each time",
            &o.first_wait);
  table.add("prompt-price", "PRICE", "of a million tokens of prompts", &o.prompt_price);
  table.add("answer-price", "PRICE", "of a million tokens of answers", &o.answer_price);
  table.add("max-cost", "PRICE", "what all answers may cost; asking ends before it is reached",
            &o.max_cost);
}

void validate(const EndTaskOptions& options, const std::string& model) {
  if (!options.asked()) {
    if (options.questions.empty()) return;
    throw Error(ErrorKind::kUsage, "--questions is for --endpoint");
  }
  validate(options.endpoint);
  require_option(options.questions, "questions", "prompts with answers, JSON Lines");
  require_option(model, "model", "what compresses the prompts, for example --model aligned.pt");
  rates_of(options.rates);
}

void run_end_task(const EndTaskOptions& options, const EvalComputing& run, bool json) {
  choose_device(run.device);  // before anything is read
  const auto tasks = read_fidelity_prompts({options.questions});
  ChatEndpoint endpoint(options.endpoint);
  const RunnableModel compressor = load_runnable(run.model, run.dtype, run.device);
  const Scorer scorer = compressor.scorer();
  const LanguageModel losses =
      cached_language_model(scorer.with_window(scoring_window(CompressOptions())));
  const auto forms = forms_of(rates_of(options.rates), *compressor.tokenizer, losses);
  const EndTaskTable table = measure_end_tasks(
      tasks, forms, options.endpoint.model,
      [&endpoint](const std::string& prompt) { return endpoint.ask(prompt); }, run.intervals);
  tell_use(endpoint.use());
  write_result(json ? dump_json(to_json(table)) + "\n" : to_text(table));
  flush_results();
  if (table.answered < table.prompts) {
    throw Error(ErrorKind::kData,
                "--max-cost ended the asking after " + std::to_string(table.answered) + " of " +
                    std::to_string(table.prompts) + " prompts",
                "with --endpoint-cache a run with a higher --max-cost goes on from here");
  }
}

}  // namespace lingua

#include "eval/end_task.h"

#include <cstdio>
#include <numeric>

#include "data/table.h"
#include "eval/figures.h"
#include "support/error.h"
#include "support/interrupt.h"
#include "support/progress.h"
#include "support/text.h"

namespace lingua {
namespace {

// A prompt's answer to one form.
struct Answered {
  int64_t tokens = 0;
  AnswerMatch match;
};

// Nothing when asking ended.
std::optional<std::vector<Answered>> answers_to(const FidelityPrompt& task,
                                                std::span<const SentForm> forms, const Ask& ask) {
  std::vector<Answered> answers;
  for (const SentForm& form : forms) {
    throw_if_interrupted();
    const SentPrompt sent = form.make(task.prompt);
    const auto answer = ask(sent.text);
    if (!answer) return std::nullopt;
    const std::string& expected = task.expected.empty() ? task.answer : task.expected;
    answers.push_back({sent.tokens, match_answer(*answer, expected)});
  }
  return answers;
}

EndTaskRow make_row(std::span<const std::vector<Answered>> answered, std::size_t form,
                    const GainOptions& options) {
  EndTaskRow row;
  for (const auto& answers : answered) {
    row.tokens += static_cast<double>(answers[form].tokens) / static_cast<double>(answered.size());
    row.exact += answers[form].match.exact ? 1 : 0;
    row.contains += answers[form].match.contains ? 1 : 0;
  }
  std::vector<std::size_t> all(answered.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  const auto less_than_first = [&](std::span<const std::size_t> draw) {
    double sum = 0;
    for (const std::size_t i : draw) {
      sum += (answered[i][form].match.contains ? 1 : 0) - (answered[i][0].match.contains ? 1 : 0);
    }
    return sum / static_cast<double>(draw.size());
  };
  row.difference = less_than_first(all);
  row.interval = bootstrap_interval(all, options.resamples, options.seed, less_than_first);
  return row;
}

std::string share_text(std::size_t count, std::size_t all) {
  return percent_text(static_cast<double>(count) / static_cast<double>(all));
}

}  // namespace

EndTaskTable measure_end_tasks(std::span<const FidelityPrompt> tasks,
                               std::span<const SentForm> forms, const std::string& model,
                               const Ask& ask, const GainOptions& options) {
  std::vector<std::vector<Answered>> answered;
  Progress progress(static_cast<double>(tasks.size()), "prompts", model);
  for (const FidelityPrompt& task : tasks) {
    auto answers = answers_to(task, forms, ask);
    if (!answers) break;
    answered.push_back(std::move(*answers));
    progress.update(static_cast<double>(answered.size()));
  }
  if (answered.empty()) {
    throw Error(ErrorKind::kData, "no prompt could be asked in all forms within --max-cost",
                "raise --max-cost, or ask fewer --endpoint-rates");
  }
  EndTaskTable table{model, tasks.size(), answered.size(), {}};
  for (std::size_t form = 0; form < forms.size(); ++form) {
    table.rows.push_back(make_row(answered, form, options));
    table.rows.back().form = forms[form].name;
  }
  return table;
}

std::string to_text(const EndTaskTable& table) {
  std::vector<TableRow> rows;
  for (const EndTaskRow& row : table.rows) {
    char tokens[40];
    std::snprintf(tokens, sizeof tokens, "%.0f", row.tokens);
    rows.push_back(
        {row.form,
         {tokens, share_text(row.exact, table.answered), share_text(row.contains, table.answered),
          gain_text(row.difference), interval_text(row.interval)}});
  }
  return "answers of " + table.model + " to " + std::to_string(table.answered) + " of " +
         format_counted(table.prompts, "prompt") + "\n" +
         to_text({"tokens", "exact", "contains", "less the whole's", "95 % interval"}, rows);
}

Json to_json(const EndTaskTable& table) {
  Json rows = Json::array();
  for (const EndTaskRow& row : table.rows) {
    rows.push_back({{"form", row.form},
                    {"tokens", row.tokens},
                    {"exact", row.exact},
                    {"contains", row.contains},
                    {"difference", row.difference},
                    {"difference_interval", {row.interval.low, row.interval.high}}});
  }
  return {{"model", table.model},
          {"prompts", table.prompts},
          {"answered", table.answered},
          {"rows", std::move(rows)}};
}

}  // namespace lingua

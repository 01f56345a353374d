#include "train/data_table.h"

#include <algorithm>

#include "data/packing.h"
#include "data/summary.h"
#include "data/table.h"
#include "support/text.h"

namespace lingua {
namespace {

constexpr std::size_t kMostBadLines = 5;

std::string cell(std::size_t count) { return format_count(static_cast<std::int64_t>(count)); }

// Rows of counts of both sides. What happens seldom is left out where it did not.
class Rows {
 public:
  void always(std::string label, std::vector<std::size_t> counts) {
    TableRow row{std::move(label), {}};
    for (const std::size_t count : counts) row.cells.push_back(cell(count));
    rows_.push_back(std::move(row));
  }
  void seldom(std::string label, std::vector<std::size_t> counts) {
    const bool is_nothing =
        std::all_of(counts.begin(), counts.end(), [](std::size_t count) { return count == 0; });
    if (!is_nothing) always(std::move(label), std::move(counts));
  }
  const std::vector<TableRow>& rows() const { return rows_; }

 private:
  std::vector<TableRow> rows_;
};

void add_reading(Rows& rows, const AlignOptions& options, const AlignExamples& examples) {
  std::vector<const ReadResult*> reads = {&examples.read};
  if (!options.eval_data.empty()) reads.push_back(&examples.held_out_read);
  const auto counts = [&reads](auto count) {
    std::vector<std::size_t> result;
    for (const ReadResult* read : reads) result.push_back(count(*read));
    return result;
  };
  const std::string few = " under " + format_counted(options.read.near_empty, "character");
  rows.always("lines with text", counts([](const ReadResult& r) { return r.lines; }));
  rows.always("bad lines passed over", counts([](const ReadResult& r) { return r.bad.size(); }));
  rows.seldom("blank lines", counts([](const ReadResult& r) { return r.blank_lines; }));
  rows.always(options.read.keep_duplicates ? "duplicates, kept" : "duplicates left out",
              counts([](const ReadResult& r) { return r.duplicates; }));
  rows.always((options.read.drop_near_empty ? "answers left out" : "answers, kept,") + few,
              counts([](const ReadResult& r) { return r.near_empty; }));
  rows.seldom("answers with log-probabilities",
              counts([](const ReadResult& r) { return r.logs.recorded; }));
  rows.seldom("  log-probabilities not usable",
              counts([](const ReadResult& r) { return r.logs.unusable; }));
  rows.seldom("  choices marked impossible (-9999)",
              counts([](const ReadResult& r) { return r.logs.impossible; }));
  rows.seldom("answers cut off by a limit or filter",
              counts([](const ReadResult& r) { return r.logs.unfinished; }));
  rows.seldom("answers after their request's first, left out",
              counts([](const ReadResult& r) { return r.logs.further_choices; }));
}

void add_samples(Rows& rows, const AlignOptions& options, const DataSummary& train,
                 const DataSummary& held_out) {
  const std::string limit = format_counted(options.samples.max_length, "token");
  rows.always("examples", {train.examples, held_out.examples});
  rows.seldom("left out, nothing to learn", {train.unmarked, held_out.unmarked});
  rows.seldom("left out, over " + limit, {train.dropped, held_out.dropped});
  rows.seldom("left out, no answer within " + limit,
              {train.without_target, held_out.without_target});
  rows.always("cut to " + limit, {train.cut, held_out.cut});
  rows.always("samples", {train.samples, held_out.samples});
  rows.always("tokens", {train.tokens, held_out.tokens});
  rows.always("target tokens", {train.target_tokens, held_out.target_tokens});
  rows.always("target bytes", {train.target_bytes, held_out.target_bytes});
}

std::string template_text(const AlignOptions& options, const ChatTemplate& chat) {
  constexpr const char* kTurns[] = {"all answers", "the last answer", "marked answers"};
  constexpr const char* kEnds[] = {"all of them", "the last of a conversation", "none"};
  const Masking& masking = options.samples.masking;
  const std::string end = chat.end_token.empty()
                              ? "there is no end token: nothing teaches the model to stop"
                              : "end token " + printable(chat.end_token) + " of " +
                                    kEnds[static_cast<std::size_t>(masking.end_tokens)];
  return "template " + chat.name + ", loss on " + kTurns[static_cast<std::size_t>(masking.turns)] +
         "; " + end + '\n';
}

// Elsewhere a run has warned of them.
std::string bad_lines_text(const AlignExamples& examples) {
  std::string text;
  for (const ReadResult* read : {&examples.read, &examples.held_out_read}) {
    for (std::size_t i = 0; i < std::min(read->bad.size(), kMostBadLines); ++i) {
      text += "  " + read->bad[i] + '\n';
    }
  }
  return text.empty() ? "" : "the first bad lines:\n" + text;
}

}  // namespace

std::string data_table(const AlignOptions& options, const AlignExamples& examples,
                       const AlignSamples& samples, const ChatTemplate& chat) {
  const DataSummary train = summarize(examples.train, samples.train);
  const DataSummary held_out = summarize(examples.held_out, samples.held_out);
  Rows rows;
  add_reading(rows, options, examples);
  add_samples(rows, options, train, held_out);
  const std::size_t steps = steps_per_epoch(samples.train.samples, options.train.packing);
  return to_text({"train", "held out"}, rows.rows()) + lengths_text(train) +
         format_counted(steps, "step") + " an epoch of about " +
         format_counted(options.train.packing.batch_tokens, "token") + " each\n" +
         template_text(options, chat) + (options.dry_run ? bad_lines_text(examples) : "");
}

}  // namespace lingua

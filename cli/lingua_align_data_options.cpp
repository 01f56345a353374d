#include "cli/lingua_align_data_options.h"

#include <unistd.h>

#include <cstdlib>

#include "data/dialects.h"

namespace lingua {
namespace {

std::vector<std::string> with_auto(std::vector<std::string> names) {
  names.insert(names.begin(), "auto");
  return names;
}

void declare_files(OptionTable& table, AlignOptions& o, AlignDataChoices& choices) {
  table.add("data", "FILE",
            "target outputs, JSON Lines: {prompt, completion}, {instruction, input, output}, "
            "{messages}, {conversations} or OpenAI's logs; may be repeated",
            &o.data);
  table.take_positional("data");
  table.add("data-weight", "WEIGHT",
            "how often an epoch takes the samples of a file, on average: one a --data, in their "
            "order",
            &choices.weights);
  table.add_choice("format", with_auto(dialect_names()), "how the lines of all files are written",
                   &o.read.format);
  table.add("eval-data", "FILE", "files to measure the gain on, instead of a held-out share",
            &o.eval_data);
  table.add("held-out", "SHARE", "share of --data held out by hash of the prompt, 0 to 0.5",
            &o.split.held_out_share);
  table.add("max-bad-lines", "N", "unreadable lines that are passed over, with a warning",
            &o.read.max_bad_lines);
  table.add_switch("keep-duplicates", "keep examples whose messages stood before",
                   &o.read.keep_duplicates);
  table.add("near-empty", "CHARACTERS", "answers shorter than this are counted as near-empty",
            &o.read.near_empty);
  table.add_switch("drop-near-empty", "leave near-empty answers out", &o.read.drop_near_empty);
}

void declare_conversations(OptionTable& table, AlignOptions& o, AlignDataChoices& choices) {
  table.add_choice("template", with_auto(template_names()),
                   "how a conversation becomes text; auto: as the model was trained",
                   &o.chat_template);
  table.add("system", "TEXT", "stands first where a conversation has no system turn", &o.system);
  table.add_choice("turns", {"all", "last", "marked"},
                   "answers with loss; marked: by \"train\" or \"weight\" in the data",
                   &choices.turns);
  table.add_choice("end-tokens", {"all", "last", "none"},
                   "of which of these answers the end token is learned", &choices.end_tokens);
  table.add("max-length", "TOKENS", "longest sample", &o.samples.max_length);
  table.add_choice("overlong", {"cut", "drop", "refuse"}, "what happens to longer samples",
                   &choices.overlong);
}

void declare_checks(OptionTable& table, AlignOptions& o) {
  table.add("show-samples", "N", "print the first samples, the tokens with loss marked",
            &o.show_samples);
  table.add_switch("dry-run",
                   "read and check everything, say what training would see, take and hold, and "
                   "stop",
                   &o.dry_run);
  table.add_switch("overfit-one-batch",
                   "train on the first step's samples again and again; their loss must fall to 0",
                   &o.overfit_one_batch);
}

}  // namespace

void declare_align_data_options(OptionTable& table, AlignOptions& o, AlignDataChoices& choices) {
  table.section("Data");
  declare_files(table, o, choices);
  table.section("Conversations");
  declare_conversations(table, o, choices);
  table.section("Checks");
  declare_checks(table, o);
}

void finish_align_data_options(const AlignDataChoices& choices, AlignOptions& o) {
  o.read.weights.clear();
  for (const std::string& weight : choices.weights) {
    o.read.weights.push_back(parse_option_value<double>(weight, "--data-weight"));
  }
  o.samples.overlong = choices.overlong == "drop"     ? Overlong::kDrop
                       : choices.overlong == "refuse" ? Overlong::kRefuse
                                                      : Overlong::kCut;
  Masking& masking = o.samples.masking;
  masking.turns = choices.turns == "last"     ? Turns::kLast
                  : choices.turns == "marked" ? Turns::kMarked
                                              : Turns::kAll;
  masking.end_tokens = choices.end_tokens == "last"   ? EndTokens::kLast
                       : choices.end_tokens == "none" ? EndTokens::kNone
                                                      : EndTokens::kAll;
  o.colour = ::isatty(STDOUT_FILENO) != 0 && std::getenv("NO_COLOR") == nullptr;
}

}  // namespace lingua

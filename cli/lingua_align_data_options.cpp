#include "cli/lingua_align_data_options.h"

namespace lingua {

void declare_align_data_options(OptionTable& table, AlignOptions& o, AlignDataChoices& choices) {
  table.section("Data");
  table.add("data", "FILE",
            "target outputs, JSON Lines: {prompt, completion}, {instruction, input, output} or "
            "{messages}; may be repeated",
            &o.data);
  table.take_positional("data");
  table.add("eval-data", "FILE", "files to measure the gain on, instead of a held-out share",
            &o.eval_data);
  table.add("held-out", "SHARE", "share of --data held out by hash of the prompt, 0 to 0.5",
            &o.split.held_out_share);
  table.add("max-length", "TOKENS", "longest sample", &o.samples.max_length);
  table.add_choice("overlong", {"cut", "drop"}, "what happens to longer samples",
                   &choices.overlong);
  table.add("max-bad-lines", "N", "unreadable lines that are passed over, with a warning",
            &o.read.max_bad_lines);
  table.add("show-samples", "N", "print the first samples, the tokens with loss marked",
            &o.show_samples);
  table.add_switch("dry-run", "read and check everything, say what training would see, and stop",
                   &o.dry_run);
}

void finish_align_data_options(const AlignDataChoices& choices, AlignOptions& o) {
  o.samples.overlong = choices.overlong == "drop" ? Overlong::kDrop : Overlong::kCut;
}

}  // namespace lingua

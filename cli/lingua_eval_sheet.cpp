#include "cli/lingua_eval_sheet.h"

#include <filesystem>

#include "cli/command.h"
#include "cli/results.h"
#include "data/reader.h"
#include "eval/human_sheet.h"
#include "eval/sheet_score.h"
#include "support/atomic_file.h"
#include "support/error.h"
#include "support/log.h"
#include "support/mapped_file.h"
#include "support/text.h"

namespace lingua {
namespace {

std::string form_path(const std::string& page) {
  return std::filesystem::path(page).replace_extension(".tsv").string();
}

void make_sheet(const SheetOptions& options, uint64_t seed) {
  const std::string form = form_path(options.page);
  for (const std::string& path : {options.page, form, options.key}) {
    require_writable(path, ErrorKind::kData);
  }
  const auto pairs = pair_answers(read_examples({options.first}).examples,
                                  read_examples({options.second}).examples);
  const HumanSheet sheet = make_human_sheet(pairs, options.first, options.second, seed);
  write_file_atomically(options.key, dump_json(sheet.key) + "\n", ErrorKind::kData);
  write_file_atomically(form, sheet.form, ErrorKind::kData);
  write_file_atomically(options.page, sheet.page, ErrorKind::kData);
  log_info(format_counted(pairs.size(), "pair") + ": judges read " + options.page +
           " and fill in " + form + "; keep " + options.key + " from them");
}

SheetScore score(const SheetOptions& options, const GainOptions& gain) {
  const MappedFile key(options.key, ErrorKind::kData);
  std::vector<FilledSheet> sheets;
  for (const std::string& path : options.filled) {
    sheets.push_back({path, std::string(MappedFile(path, ErrorKind::kData).bytes())});
  }
  return score_sheets(parse_json(key.bytes(), options.key, ErrorKind::kData), options.key, sheets,
                      gain);
}

}  // namespace

void declare_sheet_options(OptionTable& table, SheetOptions& options) {
  table.section("Blind sheet for human judges");
  table.add("human-sheet", "FILE",
            "write pairs of answers, in random order, to this page (HTML) and a form beside it "
            "(.tsv)",
            &options.page);
  table.add("first", "FILE", "answers of one side, JSON Lines as --data", &options.first);
  table.add("second", "FILE", "answers of the other side to the same instructions",
            &options.second);
  table.add("score-sheet", "FILE", "a form that a judge filled in; may be repeated",
            &options.filled);
  table.add("key", "FILE", "which answer was whose: written by --human-sheet, read to score",
            &options.key);
}

void validate(const SheetOptions& options) {
  if (!options.asked()) {
    if (options.first.empty() && options.second.empty() && options.key.empty()) return;
    throw Error(ErrorKind::kUsage,
                "--first, --second and --key are for --human-sheet or "
                "--score-sheet");
  }
  if (!options.page.empty() && !options.filled.empty()) {
    throw Error(ErrorKind::kUsage, "--human-sheet and --score-sheet exclude each other",
                "a sheet is filled in before it is scored");
  }
  require_option(options.key, "key", "a file that tells later which answer was whose");
  if (options.page.empty()) return;
  require_option(options.first, "first", "answers of one side, for example --first full.jsonl");
  require_option(options.second, "second",
                 "answers of the other side, for example --second compressed.jsonl");
  const std::string form = form_path(options.page);
  if (form == options.page || options.key == form || options.key == options.page) {
    throw Error(ErrorKind::kUsage,
                "--human-sheet, its form " + form + " and --key must be three different files");
  }
}

void run_sheet(const SheetOptions& options, const GainOptions& gain, bool json) {
  if (!options.page.empty()) {
    make_sheet(options, gain.seed);
    return;
  }
  const SheetScore result = score(options, gain);
  write_result(json ? dump_json(to_json(result)) + "\n" : to_text(result));
}

}  // namespace lingua

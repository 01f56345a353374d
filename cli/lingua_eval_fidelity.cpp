#include "cli/lingua_eval_fidelity.h"

#include <optional>
#include <string_view>

#include "cli/command.h"
#include "compress/drafted_model.h"
#include "compress/option_names.h"
#include "eval/identity.h"
#include "eval/peer_outputs.h"
#include "model/dtype.h"
#include "support/atomic_file.h"
#include "support/log.h"

namespace lingua {
namespace {

std::vector<std::string> split_list(const std::string& text) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin < text.size();) {
    const auto end = std::min(text.find(',', begin), text.size());
    parts.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

FidelityOptions measuring_options(const FidelityCommandOptions& options) {
  FidelityOptions result;
  result.rates.clear();
  for (const std::string& rate : split_list(options.rates)) {
    result.rates.push_back(parse_option_value<double>(rate, "--rates"));
  }
  result.accuracy = options.accuracy;
  result.answer_tokens = options.answer_tokens;
  return result;
}

std::vector<FidelityPrompt> read_prompts(const FidelityCommandOptions& options) {
  auto prompts = read_fidelity_prompts(options.prompts);
  if (options.retention) {
    for (FidelityPrompt& prompt : prompts) prompt = retention_of(prompt);
  }
  return prompts;
}

std::string identity_of(const RunnableModel& model) {
  return model_sha256(*model.decoder, *model.tokenizer) + dtype_name(model.decoder->dtype());
}

CompressingModel load_compressing(const std::string& spec, const EvalComputing& run,
                                  const std::string& draft = "",
                                  const std::string& effort_name = "auto") {
  const Effort effort = parse_effort(effort_name);
  const DraftedModel loaded = load_drafted(spec, draft, run.dtype, run.device);
  const RunnableModel& model = loaded.model;
  std::string identity = identity_of(model);
  if (effort != Effort::kHigh) identity += " effort low";
  if (loaded.draft) identity += " draft " + identity_of(*loaded.draft);
  return {identity, model.tokenizer, model.scorer(), loaded.draft_scorer(), effort};
}

std::string reference_of(const FidelityCommandOptions& options,
                         const std::vector<FidelityMethod>& methods) {
  if (!options.against.empty()) return options.against;
  for (const FidelityMethod& method : methods) {
    if (method.name == "base-lingua") return method.name;
  }
  return methods.front().name;
}

}  // namespace

void declare_fidelity_options(OptionTable& table, FidelityCommandOptions& options) {
  table.section("Fidelity of compression");
  table.add("prompts", "FILE",
            "prompts with known answers, JSON Lines {instruction, context, question, answer}; may "
            "be repeated",
            &options.prompts);
  table.add("reader", "MODEL", "reads the compressed prompts; takes no part in compressing",
            &options.reader);
  table.add("draft", "MODEL", "chooses contexts for --model: as lingua-compress takes it",
            &options.draft);
  table.add_choice("effort", {"auto", "low", "high"},
                   "of --model when it compresses: as lingua-compress takes it", &options.effort);
  table.add("rates", "LIST", "shares of the contexts' tokens that stay, separated by commas",
            &options.rates);
  table.add("methods", "LIST",
            "what is compared, separated by commas: lingua, paper, base-lingua, base-paper, "
            "selective-context, demonstrations, truncation, random; all if not given",
            &options.methods);
  table.add("against", "METHOD",
            "the method from which the others' difference is taken; base-lingua, else the first",
            &options.against);
  table.add("peer-outputs", "FILE",
            "another compressor's outputs, JSON Lines {id, rate, compressed_prompt, method}; may "
            "be repeated",
            &options.peer_outputs);
  table.add_switch("peers-alone", "do not put lingua mode with as many tokens beside each of them",
                   &options.peers_alone);
  table.add_switch("retention", "ask for the whole context again instead of the answer",
                   &options.retention);
  table.add_switch("accuracy", "let the reader answer where an exact answer is expected",
                   &options.accuracy);
  table.add("answer-tokens", "TOKENS", "longest such answer", &options.answer_tokens);
  table.add("cache", "FILE", "keeps what was computed for later runs", &options.cache);
  table.add("details", "FILE", "writes a line of JSON a prompt", &options.details);
}

void validate(const FidelityCommandOptions& options, bool has_base) {
  if (options.prompts.empty()) {
    if (!options.reader.empty()) {
      throw Error(ErrorKind::kUsage, "--reader without --prompts has nothing to read");
    }
    if (!options.draft.empty() || parse_effort(options.effort) != Effort::kAuto) {
      throw Error(ErrorKind::kUsage, "--draft and --effort without --prompts change nothing",
                  "they are of compression: add --prompts, or leave them out");
    }
    return;
  }
  require_option(options.reader, "reader", "a model that took no part in compressing");
  validate(measuring_options(options));
  validate(MethodOptions{split_list(options.methods)}, has_base);
}

FidelityTable run_fidelity(const FidelityCommandOptions& options, const EvalComputing& run) {
  const auto prompts = read_prompts(options);
  const auto peers = PeerOutputs::read(options.peer_outputs);
  if (!options.details.empty()) require_writable(options.details, ErrorKind::kData);
  ResultCache cache(options.cache);
  const CompressingModel model = load_compressing(run.model, run, options.draft, options.effort);
  std::optional<CompressingModel> base;
  if (!run.base.empty()) base = load_compressing(run.base, run);
  const RunnableModel reading = load_runnable(options.reader, run.dtype, run.device);
  const Reader reader(reading);
  const auto methods =
      make_methods(prompts, model, base ? &*base : nullptr, peers,
                   {split_list(options.methods), run.intervals.seed, options.peers_alone}, cache);
  const std::string against = reference_of(options, methods);
  const auto measured =
      measure_fidelity(prompts, methods, {options.reader, identity_of(reading), reader},
                       *model.tokenizer, measuring_options(options), cache);
  if (!options.details.empty()) {
    write_file_atomically(options.details, details_text(measured), ErrorKind::kData);
    log_info("wrote " + options.details);
  }
  return fidelity_table(measured, against, run.intervals);
}

}  // namespace lingua

#include "train/align_data.h"

#include <algorithm>
#include <set>
#include <unordered_set>
#include <utility>

#include "data/packing.h"
#include "data/template_choice.h"
#include "model/fewer_layers.h"
#include "model/lora.h"
#include "support/log.h"
#include "support/mapped_file.h"
#include "support/sha256.h"
#include "support/text.h"
#include "train/data_table.h"
#include "train/distill.h"
#include "train/new_model.h"

namespace lingua {
namespace {

Json describe_files(const std::vector<std::string>& paths) {
  Json files = Json::array();
  for (const std::string& path : paths) {
    files.push_back(
        {{"path", path}, {"sha256", sha256_hex(MappedFile(path, ErrorKind::kData).bytes())}});
  }
  return files;
}

std::size_t count_known_prompts(const AlignExamples& examples) {
  std::unordered_set<std::string> known;
  for (const Example& example : examples.train) known.insert(prompt_text(example));
  return static_cast<std::size_t>(
      std::count_if(examples.held_out.begin(), examples.held_out.end(),
                    [&known](const Example& e) { return known.contains(prompt_text(e)); }));
}

// Weights instead of copies repeat the samples, so that the training loop need not know.
void keep_first_step(std::vector<Sample>& samples, const PackingOptions& packing) {
  const auto plan = epoch_plan(samples, packing, 0);
  if (plan.empty()) return;
  std::set<std::size_t> chosen;
  for (const MicroBatch& batch : plan.front().micro_batches) {
    chosen.insert(batch.samples.begin(), batch.samples.end());
  }
  std::vector<Sample> kept;
  for (const std::size_t index : chosen) {
    kept.push_back(std::move(samples[index]));
    kept.back().weight = static_cast<double>(plan.size());
  }
  samples = std::move(kept);
}

}  // namespace

ChatTemplate choose_align_template(const AlignOptions& options, const Model& base) {
  ChatTemplate chat = choose_template(options.chat_template,
                                      {.report = base.report,
                                       .jinja = base.config.chat_template,
                                       .begin = static_cast<TokenId>(base.config.bos_token_id),
                                       .end = static_cast<TokenId>(base.config.eos_token_id),
                                       .tokenizer = *base.tokenizer,
                                       .where = base.source});
  if (options.system) chat.default_system = *options.system;
  return chat;
}

AlignExamples read_align_examples(const AlignOptions& options) {
  AlignExamples result;
  result.read = read_examples(options.data, options.read);
  auto examples = std::exchange(result.read.examples, {});
  if (options.eval_data.empty()) {
    auto split = split_by_hash(std::move(examples), options.split);
    result.train = std::move(split.train);
    result.held_out = std::move(split.held_out);
    if (result.held_out.empty()) {
      throw Error(ErrorKind::kData, "nothing is left to measure the gain on",
                  "give --eval-data, or two different prompts or more and --held-out over 0");
    }
  } else {
    result.train = std::move(examples);
    ReadOptions unweighted = options.read;
    unweighted.weights.clear();
    result.held_out_read = read_examples(options.eval_data, unweighted);
    result.held_out = std::exchange(result.held_out_read.examples, {});
    result.known_prompts = count_known_prompts(result);
    if (result.known_prompts > 0) {
      log_warning(format_counted(result.known_prompts, "held-out example") +
                  " with a prompt that is in the training data too");
    }
  }
  return result;
}

AlignSamples make_align_samples(const AlignExamples& examples, const Tokenizer& tokenizer,
                                const ChatTemplate& chat, const AlignOptions& options) {
  AlignSamples result{make_samples(examples.train, tokenizer, chat, options.samples),
                      make_samples(examples.held_out, tokenizer, chat, options.samples)};
  if (options.overfit_one_batch) keep_first_step(result.train.samples, options.train.packing);
  return result;
}

void present(const AlignOptions& options, const AlignExamples& examples,
             const AlignSamples& samples, const ChatTemplate& chat, const Tokenizer& tokenizer,
             const std::function<void(const std::string&)>& show) {
  const auto& train = samples.train.samples;
  const auto shown = std::min(train.size(), static_cast<std::size_t>(options.show_samples));
  for (std::size_t i = 0; i < shown; ++i) {
    const Example& example = examples.train[train[i].example];
    show(example.source + ':' + std::to_string(example.line) + ": " +
         format_counted(train[i].ids.size(), "token") + ", " +
         format_counted(train[i].target_tokens, "target") + '\n' +
         show_sample(train[i], tokenizer, options.colour) + "\n\n");
  }
  const std::string table = data_table(options, examples, samples, chat);
  if (options.dry_run) {
    show(table);
  } else if (!quiet()) {
    write_to_stderr(table, false);
  }
}

Json describe_data(const AlignOptions& options, const AlignExamples& examples,
                   const AlignSamples& samples) {
  Json data;
  data["files"] = describe_files(options.data);
  if (!options.eval_data.empty()) data["eval_files"] = describe_files(options.eval_data);
  data["bad_lines"] = examples.read.bad.size();
  data["blank_lines"] = examples.read.blank_lines;
  data["duplicates"] = examples.read.duplicates;
  data["near_empty"] = examples.read.near_empty;
  if (!options.read.weights.empty()) data["weights"] = options.read.weights;
  if (examples.read.logs.recorded + examples.read.logs.unusable > 0) {
    data["recorded"] = examples.read.logs.recorded;
    data["recorded_unusable"] = examples.read.logs.unusable;
  }
  if (!options.eval_data.empty()) data["known_prompts"] = examples.known_prompts;
  data["train"] = to_json(summarize(examples.train, samples.train));
  data["held_out"] = to_json(summarize(examples.held_out, samples.held_out));
  return data;
}

Model make_base(const AlignOptions& options, std::span<const Example> train) {
  if (is_new_model(options.base)) return make_new_model(options.base, train, options.seed);
  Model base = merged(load_model(options.base));
  if (options.distill_layers.empty()) return base;
  const auto layers = distilled_layers(options.distill_layers, base.config.num_hidden_layers);
  return with_layers(std::move(base), layers);
}

}  // namespace lingua

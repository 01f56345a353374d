#include "train/align_data.h"

#include <utility>

#include "support/mapped_file.h"
#include "support/sha256.h"
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

}  // namespace

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
    result.held_out = read_examples(options.eval_data, options.read).examples;
  }
  return result;
}

AlignSamples make_align_samples(const AlignExamples& examples, const Tokenizer& tokenizer,
                                const ChatTemplate& chat, const AlignOptions& options) {
  return {make_samples(examples.train, tokenizer, chat, options.samples),
          make_samples(examples.held_out, tokenizer, chat, options.samples)};
}

Json describe_data(const AlignOptions& options, const AlignExamples& examples,
                   const AlignSamples& samples) {
  Json data;
  data["files"] = describe_files(options.data);
  if (!options.eval_data.empty()) data["eval_files"] = describe_files(options.eval_data);
  data["bad_lines"] = examples.read.bad.size();
  data["blank_lines"] = examples.read.blank_lines;
  data["duplicates"] = examples.read.duplicates;
  data["train"] = to_json(summarize(examples.train, samples.train));
  data["held_out"] = to_json(summarize(examples.held_out, samples.held_out));
  return data;
}

Model make_base(const AlignOptions& options, std::span<const Example> train) {
  if (is_new_model(options.base)) return make_new_model(options.base, train, options.seed);
  return load_model(options.base);
}

}  // namespace lingua

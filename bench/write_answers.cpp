// Lets a model answer prompts as a plain language model, many at a time: a local target LLM for
// bench/closed_loop. Output that is there already is kept and only what is missing is written.
#include <cstdio>
#include <filesystem>
#include <map>

#include "cli/command.h"
#include "cli/model_options.h"
#include "data/line_reader.h"
#include "model/generate.h"
#include "model/runnable_model.h"
#include "support/json.h"
#include "support/progress.h"

namespace lingua {
namespace {

constexpr std::size_t kLongestLine = std::size_t{1} << 20;  // bytes

struct AnswerOptions {
  std::string model;
  std::string dtype = "auto";
  std::string input;
  std::string output;
  std::string before = "Instruction: ";
  std::string behind = "\n\nResponse:";
  int64_t batch = 16;
  GenerateOptions generate;
};

void declare_options(OptionTable& table, AnswerOptions& options) {
  add_model_option(table, &options.model);
  add_dtype_option(table, &options.dtype);
  table.add("input", "FILE", "JSON Lines {prompt}", &options.input);
  table.add("output", "FILE", "JSON Lines {prompt, completion}, appended to", &options.output);
  table.add("before", "TEXT", "stands before each prompt; an answer ends before the next",
            &options.before);
  table.add("behind", "TEXT", "stands between a prompt and its answer", &options.behind);
  table.add("batch", "N", "prompts at a time", &options.batch);
  table.add("max-tokens", "TOKENS", "longest answer", &options.generate.max_tokens);
  table.add("temperature", "T", "0: the likeliest token each time", &options.generate.temperature);
  table.add("seed", "N", "seed of the draws", &options.generate.seed);
}

std::vector<Json> read_lines(const std::string& path) {
  std::vector<Json> lines;
  LineReader reader(path, kLongestLine);
  Line line;
  while (reader.next(line)) lines.push_back(parse_json(line.text, path, ErrorKind::kData));
  return lines;
}

std::string trimmed(const std::string& text) {
  const auto begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string::npos) return "";
  return text.substr(begin, text.find_last_not_of(" \t\r\n") + 1 - begin);
}

class Writer {
 public:
  explicit Writer(const AnswerOptions& options)
      : options_(options), model_(load_runnable(options.model, options.dtype)) {}

  std::vector<std::string> answers(const std::vector<std::string>& prompts) const {
    std::vector<std::vector<TokenId>> ids;
    for (const std::string& prompt : prompts) {
      ids.emplace_back();
      const auto first = static_cast<TokenId>(model_.config.bos_token_id);
      if (first >= 0) ids.back().push_back(first);
      const auto text =
          model_.tokenizer->encode_ids(options_.before + prompt + options_.behind, false);
      ids.back().insert(ids.back().end(), text.begin(), text.end());
    }
    const auto ends = [this](std::span<const TokenId> answer) {
      return answer.back() == model_.config.eos_token_id || stop(answer) != std::string::npos;
    };
    std::vector<std::string> texts;
    for (auto& answer : generate(model_.decoder, ids, options_.generate, ends)) {
      if (answer.back() == model_.config.eos_token_id) answer.pop_back();
      texts.push_back(trimmed(model_.tokenizer->decode(answer).substr(0, stop(answer))));
    }
    return texts;
  }

 private:
  // Where the next prompt would begin.
  std::size_t stop(std::span<const TokenId> answer) const {
    std::string next(1, '\n');
    next += trimmed(options_.before);
    return model_.tokenizer->decode(answer).find(next);
  }

  const AnswerOptions& options_;
  RunnableModel model_;
};

int run(const AnswerOptions& options) {
  std::map<std::string, bool> known;
  if (std::filesystem::exists(options.output)) {
    for (const Json& line : read_lines(options.output)) known[line.at("prompt")] = true;
  }
  std::vector<std::string> prompts;
  for (const Json& line : read_lines(options.input)) {
    if (!known[line.at("prompt")]) prompts.push_back(line.at("prompt"));
  }
  const Writer writer(options);
  std::FILE* output = std::fopen(options.output.c_str(), "ab");
  if (output == nullptr) throw Error(ErrorKind::kData, "cannot write " + options.output);
  Progress progress(static_cast<double>(prompts.size()), "answers", "answer");
  const auto batch = static_cast<std::size_t>(options.batch);
  for (std::size_t begin = 0; begin < prompts.size(); begin += batch) {
    const std::vector<std::string> some(
        prompts.begin() + static_cast<std::ptrdiff_t>(begin),
        prompts.begin() + static_cast<std::ptrdiff_t>(std::min(begin + batch, prompts.size())));
    const auto answers = writer.answers(some);
    for (std::size_t i = 0; i < some.size(); ++i) {
      const std::string line = dump_json({{"prompt", some[i]}, {"completion", answers[i]}}) + "\n";
      std::fwrite(line.data(), 1, line.size(), output);
    }
    std::fflush(output);
    progress.update(static_cast<double>(begin + some.size()));
  }
  std::fclose(output);
  return 0;
}

}  // namespace
}  // namespace lingua

int main(int argc, char** argv) {
  lingua::AnswerOptions options;
  return lingua::run_command(
      argc, argv,
      {.name = "write_answers",
       .summary = "lets a model answer prompts",
       .usage = "write_answers --model MODEL --input FILE --output FILE",
       .example = "write_answers --model gemma3-270m --input prompts.jsonl --output answers.jsonl",
       .declare = [&](lingua::OptionTable& table) { declare_options(table, options); },
       .validate =
           [&] {
             lingua::require_option(options.model, "model", "for example --model gemma3-270m");
             lingua::require_option(options.input, "input", "a file of prompts");
             lingua::require_option(options.output, "output", "a file to write to");
           },
       .run = [&](const lingua::CommonOptions&) { return lingua::run(options); }});
}

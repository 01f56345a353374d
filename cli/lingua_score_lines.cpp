#include "cli/lingua_score_lines.h"

#include <cmath>

#include "cli/results.h"
#include "support/text.h"

namespace lingua {
namespace {

std::string text_of(const std::string& line, const std::string& where) {
  const Json value = parse_json(line, where, ErrorKind::kData);
  if (!value.is_object() || !value.contains("text") || !value["text"].is_string()) {
    throw Error(ErrorKind::kData, where + ": no string \"text\" in " + in_quotes(line),
                "write {\"text\": \"...\"}, or use --text for plain text");
  }
  return value["text"].get<std::string>();
}

// Five decimals: finer than the arithmetic of the model is.
double rounded(float nats) { return std::round(static_cast<double>(nats) * 1e5) / 1e5; }

Json score_one(const std::string& text, const Scorer& scorer, const Tokenizer& tokenizer) {
  const auto ids = tokenizer.encode_ids(text);
  KvCache cache = scorer.new_cache();
  const auto losses = scorer.score(ids, cache);
  Json nll = Json::array();
  for (std::size_t i = 1; i < losses.size(); ++i) nll.push_back(rounded(losses[i]));
  return Json{{"ids", ids}, {"nll", std::move(nll)}};
}

}  // namespace

std::size_t score_lines(Input& input, const RunnableModel& model) {
  const Scorer scorer = model.scorer();
  std::size_t count = 0;
  std::string line;
  while (input.next_line(line)) {
    if (line.find_first_not_of(" \t") == std::string::npos) continue;
    const auto text = text_of(line, input.where());
    try {
      write_result(dump_json(score_one(text, scorer, *model.tokenizer)) + "\n");
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::kData) throw;
      throw Error(error.kind(), input.where() + ": " + error.what(), error.hint());
    }
    flush_results();
    ++count;
  }
  return count;
}

}  // namespace lingua

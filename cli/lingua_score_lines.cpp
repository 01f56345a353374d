#include "cli/lingua_score_lines.h"

#include <algorithm>
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

void print_scores(const std::vector<TokenId>& ids, const std::vector<float>& losses) {
  Json nll = Json::array();
  for (std::size_t i = 1; i < losses.size(); ++i) nll.push_back(rounded(losses[i]));
  write_result(dump_json(Json{{"ids", ids}, {"nll", std::move(nll)}}) + "\n");
}

// Texts that wait to be scored in one pass: a pass of a few tokens costs as much as one of many,
// since the weights are read once in either.
class Batch {
 public:
  explicit Batch(const Scorer& scorer)
      : scorer_(scorer),
        most_(std::min<std::size_t>(
            kPassTokens, static_cast<std::size_t>(scorer.config().max_position_embeddings))) {}

  // Scores what waits where there is no room, and takes `ids`, the line at `where`.
  void add(std::vector<TokenId> ids, const std::string& where) {
    if (tokens_ + ids.size() > most_) flush();
    if (ids.size() > most_) {
      print_scores(ids, score_long(ids, where));
      return;
    }
    tokens_ += ids.size();
    waiting_.push_back(std::move(ids));
  }

  void flush() {
    const auto losses = scorer_.score_all(waiting_);
    for (std::size_t i = 0; i < losses.size(); ++i) print_scores(waiting_[i], losses[i]);
    flush_results();
    waiting_.clear();
    tokens_ = 0;
  }

 private:
  static constexpr std::size_t kPassTokens = 512;

  std::vector<float> score_long(const std::vector<TokenId>& ids, const std::string& where) const {
    KvCache cache = scorer_.new_cache();
    try {
      return scorer_.score(ids, cache);
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::kData) throw;
      throw Error(error.kind(), where + ": " + error.what(), error.hint());
    }
  }

  const Scorer& scorer_;
  std::size_t most_;
  std::size_t tokens_ = 0;
  std::vector<std::vector<TokenId>> waiting_;
};

}  // namespace

std::size_t score_lines(Input& input, const RunnableModel& model) {
  const Scorer scorer = model.scorer();
  Batch batch(scorer);
  std::size_t count = 0;
  std::string line;
  while (input.next_line(line)) {
    if (line.find_first_not_of(" \t") != std::string::npos) {
      try {
        batch.add(model.tokenizer->encode_ids(text_of(line, input.where())), input.where());
      } catch (const Error&) {
        batch.flush();  // what came before a bad line is answered all the same
        throw;
      }
      ++count;
    }
    // A pipe gets its answers as soon as it has nothing more to say.
    if (!input.line_ready()) batch.flush();
  }
  batch.flush();
  return count;
}

}  // namespace lingua

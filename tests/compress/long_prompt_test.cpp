// A million tokens: what compression reads grows with the prompt and no faster, and what stands
// before a token at any time fits the model's context. Counted, not timed.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>

#include "compress/compressor.h"
#include "model/scorer.h"
#include "tests/compress/promises.h"
#include "tests/tiny_model.h"

namespace lingua {
namespace {

constexpr std::size_t kMillion = 1000000;
constexpr int64_t kContext = 2048;

// Counts the bytes that it is given.
class CountingTokenizer : public ChunkTokenizer {
 public:
  Encoding encode(std::string_view text, bool parse_special = true) const override {
    bytes_ += text.size();
    return ChunkTokenizer::encode(text, parse_special);
  }

  std::size_t bytes() const { return bytes_; }

 private:
  mutable std::size_t bytes_ = 0;
};

// Counts the tokens that a model with a cache of the last text would have to run, those of a new
// text from where it differs. `model.losses` are of hash_model(), which fails beyond its context.
struct CountingModel {
  std::shared_ptr<std::size_t> run = std::make_shared<std::size_t>(0);
  LanguageModel model = hash_model(kContext);

  CountingModel() {
    const auto last = std::make_shared<std::vector<TokenId>>();
    const auto losses = model.losses;
    model.losses = [run = run, last, losses](auto history, auto next) {
      const auto differs =
          std::mismatch(last->begin(), last->end(), history.begin(), history.end());
      *run += static_cast<std::size_t>(history.end() - differs.second) + next.size();
      last->assign(history.begin(), history.end());
      last->insert(last->end(), next.begin(), next.end());
      return losses(history, next);
    };
  }
};

// Words of one to four letters, a token each.
std::string words(Random& random, std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    text += ' ';
    for (int letters = random.number(1, 4); letters > 0; --letters) {
      text += static_cast<char>('a' + random.number(0, 25));
    }
    if (random.chance(15)) text += '.';
  }
  return text;
}

Prompt long_prompt(std::size_t tokens, std::size_t contexts) {
  Random random(5);
  Prompt prompt = make_prompt("Read this", {}, "What is said");
  for (std::size_t i = 0; i < contexts; ++i) {
    prompt.context.push_back(words(random, tokens / contexts));
  }
  return prompt;
}

// Compresses a million tokens and expects `most_runs` runs of a token at most.
void expect_linear(CompressMode mode, double rate, std::size_t contexts, std::size_t most_runs) {
  const Prompt prompt = long_prompt(kMillion, contexts);
  CompressOptions options;
  options.mode = mode;
  options.rate = rate;
  const CountingTokenizer tokenizer;
  const CountingModel counting;
  const auto result = compress(prompt, options, tokenizer, counting.model);
  EXPECT_GE(result.origin_tokens, static_cast<int64_t>(kMillion));
  EXPECT_TRUE(result.budget_met());
  EXPECT_LE(*counting.run, most_runs * static_cast<std::size_t>(result.origin_tokens));
  // A halving for each binary digit of the number of units, and a few tries beyond.
  EXPECT_LE(tokenizer.bytes(), 64 * result.original.size());
  // What was not scored or failed has no loss: the first token, instruction and question.
  const auto unscored =
      std::count_if(result.tokens.begin(), result.tokens.end(), [](const TokenFate& token) {
        return token.fate != Fate::kForced && token.fate != Fate::kDroppedWhole &&
               std::isnan(token.loss);
      });
  EXPECT_LE(unscored, static_cast<std::ptrdiff_t>(2 * contexts));
  expect_sound(result, tokenizer);
}

TEST(LongPrompt, OnePassReadsATokenOnceAndAHistoryNowAndThen) {
  expect_linear(CompressMode::kLingua, 0.5, 1, 2);
}

// The segments, what was kept of them, and what is read again when the oldest is forgotten.
TEST(LongPrompt, IterativeCompressionReadsATokenAFewTimes) {
  expect_linear(CompressMode::kPaper, 0.5, 1, 3);
}

TEST(LongPrompt, ManyContextsAreRankedFirst) { expect_linear(CompressMode::kPaper, 0.2, 10000, 3); }

// The real cache refuses a token beyond the model's context.
TEST(LongPrompt, ARealModelReadsFarBeyondItsContext) {
  ModelConfig config = testing::tiny_config();
  config.vocab_size = 50000;
  config.max_position_embeddings = 256;
  const Scorer scorer(std::make_shared<const Decoder>(
      make_decoder(config, testing::tiny_weights(config), at::kFloat, "tiny")));
  for (const CompressMode mode : {CompressMode::kLingua, CompressMode::kPaper}) {
    CompressOptions options;
    options.mode = mode;
    const auto result = compress(long_prompt(20000, 2), options, ChunkTokenizer(), scorer);
    EXPECT_TRUE(result.budget_met());
    expect_sound(result, ChunkTokenizer());
  }
}

}  // namespace
}  // namespace lingua

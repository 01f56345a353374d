// What compression promises for prompts with tags and for JSON contexts, on random ones.
#include <gtest/gtest.h>

#include "compress/compressor.h"
#include "compress/json_text.h"
#include "compress/tags.h"
#include "tests/compress/promises.h"

namespace lingua {
namespace {

std::string tagged_text(Random& random, int most) {
  const std::vector<std::string> tags = {"<llmlingua, rate=0.3>", "<llmlingua rate=0.8>",
                                         "<llmlingua compress=False>", "<llmlingua rate=0>",
                                         "<llmlingua>"};
  std::string text;
  for (int pieces = random.number(1, 5); pieces > 0; --pieces) {
    const std::string piece = random_text(random, 0, most);
    text += random.chance(2) ? random.one_of(tags) + piece + "</llmlingua>" : piece;
  }
  return text;
}

Prompt tagged_prompt(Random& random) {
  Prompt prompt;
  if (random.chance(3)) prompt.instruction = tagged_text(random, 4);
  for (int contexts = random.number(1, 4); contexts > 0; --contexts) {
    prompt.context.push_back(tagged_text(random, 15) + "x");
  }
  if (random.chance(3)) prompt.question = tagged_text(random, 4);
  return prompt;
}

TEST(FormPromises, TagsGiveSharesUnderAnExactBudget) {
  const ChunkTokenizer tokenizer;
  const auto model = hash_model(4096);
  const Counts counts = run_cases(1, 10000, [&](uint32_t seed) {
    Random random(seed);
    const Prompt prompt = tagged_prompt(random);
    CompressOptions options = random_options(random);
    options.form = PromptForm::kTagged;
    const PromptText text = text_of_tagged(prompt);
    if (random.chance(2)) {
      const auto origin = static_cast<int>(tokenizer.encode_ids(text.text).size());
      options.rate = std::nullopt;
      options.target_tokens = random.number(1, origin);
    }
    const auto result = compress(prompt, options, tokenizer, model);
    EXPECT_EQ(result.original, text.text);
    expect_sound(result, tokenizer);
    expect_met_or_excused(result);
    EXPECT_TRUE(covers(result.kept, text.fixed));
    EXPECT_EQ(compress(prompt, options, tokenizer, model).kept, result.kept);
    return result.budget_met();
  });
  EXPECT_GT(counts.met, 4800);
  EXPECT_GT(counts.excused, 200);
}

// Tokens of the span that are kept, and all of them.
std::pair<double, double> share_of(const CompressResult& result, const RatedSpan& span) {
  double kept = 0, all = 0;
  for (const auto& token : result.tokens) {
    const bool inside = token.bytes.begin >= span.bytes.begin && token.bytes.end <= span.bytes.end;
    if (!inside || token.bytes.begin == token.bytes.end) continue;
    all += 1;
    kept += is_kept(token.fate) ? 1 : 0;
  }
  return {kept, all};
}

TEST(FormPromises, EachSpanKeepsItsShare) {
  for (uint32_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Random random(seed);
    std::string tagged = "<llmlingua rate=0.3>";
    for (int i = 0; i < 60; ++i) tagged += random.one_of<std::string>({" aa", " b", " cde", "."});
    tagged += "</llmlingua> mid <llmlingua rate=0.7>";
    for (int i = 0; i < 60; ++i) tagged += random.one_of<std::string>({" aa", " b", " cde", "."});
    Prompt prompt;
    prompt.context = {tagged + "</llmlingua>"};
    CompressOptions options;
    options.form = PromptForm::kTagged;
    const auto result = compress(prompt, options, ChunkTokenizer(), hash_model(4096));
    EXPECT_TRUE(result.budget_met());
    const PromptText text = text_of_tagged(prompt);
    for (const auto& span : text.spans) {
      const auto [kept, all] = share_of(result, span);
      EXPECT_NEAR(kept, span.rate * all, 3);
    }
  }
}

Json random_json(Random& random, int depth) {
  switch (random.number(0, depth > 0 ? 6 : 4)) {
    case 0:
      return random.number(-1000, 1000);
    case 1:
      return random.number(0, 1000) / 7.0;
    case 2:
      return random.one_of<Json>({true, false, nullptr});
    case 3:
    case 4:
      return random_text(random, 0, 12) + random.one_of<std::string>({"", "\\", "\"", "\t\u0001"});
    default:
      break;
  }
  Json json = random.chance(2) ? Json::array() : Json::object();
  for (int left = random.number(0, 5); left > 0; --left) {
    Json value = random_json(random, depth - 1);
    if (json.is_array()) {
      json.push_back(std::move(value));
    } else {
      json[random.one_of<std::string>({"name", "note", "a b", "id\"", "\u6f22"})] =
          std::move(value);
    }
  }
  return json;
}

// Whether `part` is `whole` with characters left out.
bool is_subsequence(const std::string& part, const std::string& whole) {
  std::size_t at = 0;
  for (const char c : whole) at += at < part.size() && part[at] == c ? 1 : 0;
  return at == part.size();
}

// The same structure, keys, numbers and literals; strings may have lost characters.
void expect_shortened(const Json& after, const Json& before) {
  ASSERT_EQ(after.type(), before.type());
  if (before.is_string()) {
    EXPECT_TRUE(is_subsequence(after.get<std::string>(), before.get<std::string>()));
    return;
  }
  if (!before.is_structured()) {
    EXPECT_EQ(after, before);
    return;
  }
  ASSERT_EQ(after.size(), before.size());
  auto of_before = before.items().begin();
  for (const auto& [key, value] : after.items()) {
    EXPECT_EQ(key, of_before.key());
    expect_shortened(value, of_before.value());
    ++of_before;
  }
}

TEST(FormPromises, JsonStaysJsonUnderAnExactBudget) {
  const ChunkTokenizer tokenizer;
  const auto model = hash_model(4096);
  const Counts counts = run_cases(1, 10000, [&](uint32_t seed) {
    Random random(seed);
    const Json before = parse_json(dump_json(random_json(random, 4)), "", ErrorKind::kInternal);
    Prompt prompt;
    const bool ascii = random.chance(2);  // with escapes instead of characters beyond ASCII
    prompt.context = {before.dump(random.chance(2) ? 2 : -1, ' ', ascii)};
    if (random.chance(4)) prompt.question = "Which?";
    CompressOptions options = random_options(random);
    options.question_rate = 1;
    options.form = PromptForm::kJson;
    if (random.chance(3)) options.json_rules["name"].compress = false;
    if (random.chance(3)) options.json_rules["note"].rate = 0.3;
    const auto result = compress(prompt, options, tokenizer, model);
    expect_sound(result, tokenizer);
    // An escape stays or goes as one, and two of them have twelve tokens.
    const bool escapes = prompt.context[0].find("\\u") != std::string::npos;
    const int64_t gap = *result.target_tokens - result.compressed_tokens;
    if (!escapes || gap <= 0 || gap >= 12) expect_met_or_excused(result);
    const PromptText text = text_of_json(prompt, options.json_rules);
    EXPECT_TRUE(covers(result.kept, text.fixed));
    std::string document = result.compressed_prompt;
    if (!prompt.question.empty()) document.resize(document.rfind("\n\nWhich?"));
    expect_shortened(parse_json(document, "output", ErrorKind::kInternal), before);
    EXPECT_TRUE(*options.rate < 1 || !text.spans.empty() || document == prompt.context[0]);
    return result.budget_met();
  });
  EXPECT_GT(counts.met, 4800);
  EXPECT_GT(counts.excused, 800);
}

}  // namespace
}  // namespace lingua

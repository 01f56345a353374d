#include "eval/human_sheet.h"

#include <gtest/gtest.h>

#include <cmath>

#include "eval/sheet_score.h"
#include "tests/cli/run_binary.h"
#include "tests/contains.h"
#include "tests/error_of.h"
#include "tests/temporary_folder.h"

namespace lingua {
namespace {

Example example(const std::string& prompt, const std::string& answer) {
  Example result;
  result.messages = {{"user", prompt}, {"assistant", answer}};
  return result;
}

std::vector<AnswerPair> pairs_of(std::size_t count) {
  std::vector<AnswerPair> pairs;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string number = std::to_string(i);
    pairs.push_back({"question " + number, "first " + number, "second " + number});
  }
  return pairs;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

// The form with `verdict`(side of A) in each line.
template <class Verdict>
std::string filled(const HumanSheet& sheet, const Verdict& verdict) {
  const auto lines = lines_of(sheet.form);
  std::string text = lines[0] + "\n";
  for (std::size_t i = 1; i < lines.size(); ++i) {
    text += lines[i] + verdict(sheet.key["pairs"][i - 1]["a"].get<std::string>()) + "\n";
  }
  return text;
}

SheetScore scored(const HumanSheet& sheet, const std::vector<FilledSheet>& sheets) {
  return score_sheets(sheet.key, "key.json", sheets, {});
}

TEST(HumanSheet, PairsAnswersToOneInstructionThatDiffer) {
  const std::vector<Example> first = {example("q", "1"), example("only here", "2"),
                                      example("same", "3")};
  const std::vector<Example> second = {example("same", "3"), example("q", "4"),
                                       example("only there", "5")};
  const auto pairs = pair_answers(first, second);
  ASSERT_EQ(pairs.size(), 1u);
  EXPECT_EQ(pairs[0].instruction, "q");
  EXPECT_EQ(pairs[0].first, "1");
  EXPECT_EQ(pairs[0].second, "4");
  EXPECT_EQ(error_of([&] { pair_answers({&first[1], 1}, second); })->kind(), ErrorKind::kData);
}

TEST(HumanSheet, IsBlindAndTheSeedDecides) {
  const auto pairs = pairs_of(20);
  const HumanSheet sheet = make_human_sheet(pairs, "full.jsonl", "short.jsonl", 7);
  for (const std::string* text : {&sheet.page, &sheet.form}) {
    EXPECT_EQ(text->find("full.jsonl"), std::string::npos);
    EXPECT_EQ(text->find("short.jsonl"), std::string::npos);
  }
  std::size_t first_is_a = 0;
  for (const Json& pair : sheet.key["pairs"]) first_is_a += pair["a"] == "first" ? 1 : 0;
  EXPECT_GT(first_is_a, 3u);
  EXPECT_LT(first_is_a, 17u);
  EXPECT_EQ(sheet.form, make_human_sheet(pairs, "a", "b", 7).form);
  EXPECT_NE(sheet.form, make_human_sheet(pairs, "a", "b", 8).form);
  EXPECT_EQ(lines_of(sheet.form).size(), 21u);
}

TEST(HumanSheet, ScoresWhoeverStoodOnEitherSide) {
  const HumanSheet sheet = make_human_sheet(pairs_of(10), "full", "short", 1);
  const auto first_is_better = filled(sheet, [](auto a) { return a == "first" ? "A" : "b"; });
  const SheetScore score = scored(sheet, {{"judge.tsv", first_is_better}});
  EXPECT_EQ(score.first_wins, 10u);
  EXPECT_EQ(score.preference, 1.0);
  EXPECT_NEAR(score.sign_test, 2.0 / 1024, 1e-12);
  EXPECT_TRUE(contains(to_text(score), "full against short: 10 won, 0 lost, 0 ties of 10 judged"));

  const auto ties = filled(sheet, [](auto) { return "="; });
  EXPECT_EQ(scored(sheet, {{"judge.tsv", ties}}).ties, 10u);
  EXPECT_EQ(scored(sheet, {{"judge.tsv", ties}}).preference, 0.5);
  // Two judges against each other are a tie; a third one decides.
  const auto second_is_better = filled(sheet, [](auto a) { return a == "first" ? "B" : "A"; });
  const std::vector<FilledSheet> judges = {
      {"1", first_is_better}, {"2", second_is_better}, {"3", second_is_better}};
  EXPECT_EQ(scored(sheet, {judges[0], judges[1]}).ties, 10u);
  EXPECT_EQ(scored(sheet, judges).second_wins, 10u);
}

TEST(HumanSheet, ReadsWhatSpreadsheetsMakeOfIt) {
  const HumanSheet sheet = make_human_sheet(pairs_of(2), "full", "short", 1);
  const std::string id = sheet.key["pairs"][0]["id"];
  const std::string text =
      "\"pair\"\t\"id\"\t\"better\"\tnotes\r\n1\t\"" + id + "\"\t\" = \"\t?\r\n";
  const SheetScore score = scored(sheet, {{"judge.tsv", text}});
  EXPECT_EQ(score.judged, 1u);
  EXPECT_EQ(score.pairs, 2u);
}

TEST(HumanSheet, BrokenFormsAreNamedWithTheirLine) {
  const HumanSheet sheet = make_human_sheet(pairs_of(2), "full", "short", 1);
  const std::string id = sheet.key["pairs"][0]["id"], head = "pair\tid\tbetter\n";
  const std::pair<std::string, std::string> cases[] = {
      {"1\t" + id + "\tA\n", "judge.tsv:1: the headings"},
      {head + "1\t" + id + "\tC\n", "judge.tsv:2: the verdict \"C\""},
      {head + "1\t0123\tA\n", "judge.tsv:2: the key has no pair \"0123\""},
      {head + "1\n", "judge.tsv:2: a line of fewer than two cells"},
      {sheet.form, "no pair was judged"},
      {"", "no pair was judged"}};
  for (const auto& [text, message] : cases) {
    const auto error = error_of([&] { scored(sheet, {{"judge.tsv", text}}); });
    ASSERT_TRUE(error) << message;
    EXPECT_EQ(error->kind(), ErrorKind::kData);
    EXPECT_TRUE(contains(error->what(), message));
  }
  for (const char* key : {"[]", "{}", R"({"format": "lingua human sheet key", "version": 2})"}) {
    const auto error =
        error_of([&] { score_sheets(Json::parse(key), "key.json", {}, GainOptions{}); });
    ASSERT_TRUE(error) << key;
    EXPECT_TRUE(contains(error->what(), "key.json: is no key of a sheet"));
  }
}

TEST(HumanSheet, SignTest) {
  EXPECT_EQ(sign_test(0, 0), 1.0);
  EXPECT_EQ(sign_test(5, 5), 1.0);
  EXPECT_NEAR(sign_test(1, 0), 1.0, 1e-12);
  EXPECT_NEAR(sign_test(8, 2), 2 * (1 + 10 + 45) / 1024.0, 1e-12);
  EXPECT_NEAR(sign_test(600, 400), sign_test(400, 600), 1e-15);
  EXPECT_LT(sign_test(600, 400), 1e-8);
}

TEST(HumanSheet, ThroughTheProgram) {
  const TemporaryFolder folder;
  folder.write("a.jsonl", "{\"prompt\": \"q\", \"completion\": \"long answer\"}\n");
  folder.write("b.jsonl", "{\"prompt\": \"q\", \"completion\": \"short answer\"}\n");
  const std::vector<std::string> key = {"--key", folder.file("key.json"), "--quiet"};
  std::vector<std::string> make = {"--human-sheet", folder.file("sheet.html"),
                                   "--first",       folder.file("a.jsonl"),
                                   "--second",      folder.file("b.jsonl")};
  make.insert(make.end(), key.begin(), key.end());
  const auto made = run_binary("lingua-eval", make);
  ASSERT_EQ(made.exit_code, 0) << made.err;
  EXPECT_TRUE(contains(folder.read("sheet.html"), "long answer"));
  std::string form = folder.read("sheet.tsv");
  form.pop_back();
  form += "A\n";
  std::vector<std::string> score = {"--score-sheet", folder.write("judge.tsv", form), "--json"};
  score.insert(score.end(), key.begin(), key.end());
  const auto scored = run_binary("lingua-eval", score);
  ASSERT_EQ(scored.exit_code, 0) << scored.err;
  const Json json = parse_json(scored.out, "output", ErrorKind::kData);
  EXPECT_EQ(json["judged"], 1);
  EXPECT_EQ(json["first"], folder.file("a.jsonl"));
  // What cannot go together.
  make.push_back("--score-sheet=x");
  EXPECT_EQ(run_binary("lingua-eval", make).exit_code, 2);
  EXPECT_EQ(run_binary("lingua-eval", {"--human-sheet", folder.file("s.html")}).exit_code, 2);
  EXPECT_EQ(run_binary("lingua-eval", {"--key", "k", "--model", "m", "--data", "d"}).exit_code, 2);
}

}  // namespace
}  // namespace lingua

#include "eval/human_sheet.h"

#include <map>
#include <numeric>
#include <random>

#include "data/example_text.h"
#include "eval/random_below.h"
#include "support/error.h"
#include "support/html.h"
#include "support/log.h"
#include "support/sha256.h"
#include "support/text.h"

namespace lingua {
namespace {

constexpr std::size_t kIdDigits = 12;
constexpr const char* kHowTo =
    "Which answer is better? Write A, B or = (equally good) into the column \"better\" of the file "
    "that came with this page, in the line of the same number. Leave a line empty where you cannot "
    "tell.";

// A pair as the judge sees it.
struct Shown {
  std::string instruction;
  std::string a;
  std::string b;
};

// Binds a line of the form to what was judged, and says nothing about which side is whose.
std::string id_of(const Shown& shown) {
  return sha256_hex(dump_json(Json{shown.instruction, shown.a, shown.b})).substr(0, kIdDigits);
}

std::string pair_html(std::size_t number, const Shown& shown) {
  const std::vector<std::string> answers = {
      html_figure(html_quote(shown.a), std::to_string(number) + " A"),
      html_figure(html_quote(shown.b), std::to_string(number) + " B")};
  return html_section("Pair " + std::to_string(number),
                      html_quote(shown.instruction) + html_figures(answers));
}

std::vector<std::size_t> shuffled(std::size_t count, std::mt19937_64& random) {
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  for (std::size_t i = count; i > 1; --i) std::swap(order[i - 1], order[random_below(i, random)]);
  return order;
}

}  // namespace

std::vector<AnswerPair> pair_answers(std::span<const Example> first,
                                     std::span<const Example> second) {
  std::map<std::string, const Example*> known;
  for (const Example& example : second) known.emplace(instruction_text(example), &example);
  std::vector<AnswerPair> pairs;
  std::size_t alone = 0, alike = 0;
  for (const Example& example : first) {
    const auto found = known.find(instruction_text(example));
    if (found == known.end()) {
      ++alone;
      continue;
    }
    AnswerPair pair{instruction_text(example), answers_text(example), answers_text(*found->second)};
    known.erase(found);
    if (pair.first == pair.second) {
      ++alike;
    } else {
      pairs.push_back(std::move(pair));
    }
  }
  if (pairs.empty()) {
    throw Error(ErrorKind::kData,
                "there is no instruction that --first and --second answer "
                "differently",
                "both take target outputs with the same prompts");
  }
  if (alone + known.size() + alike > 0) {
    log_warning(format_counted(alone + known.size(), "instruction") +
                " with an answer on one side only and " + format_counted(alike, "pair") +
                " of equal answers are left out");
  }
  return pairs;
}

HumanSheet make_human_sheet(std::span<const AnswerPair> pairs, const std::string& first_name,
                            const std::string& second_name, uint64_t seed) {
  HumanSheet sheet{"", "pair\tid\tbetter\n", {}};
  Json sides = Json::array();
  std::string html = html_paragraph(kHowTo);
  std::mt19937_64 random(seed);
  std::size_t number = 0;
  for (const std::size_t index : shuffled(pairs.size(), random)) {
    const AnswerPair& pair = pairs[index];
    const bool first_is_a = random_below(2, random) == 0;
    const Shown shown{pair.instruction, first_is_a ? pair.first : pair.second,
                      first_is_a ? pair.second : pair.first};
    const std::string id = id_of(shown);
    html += pair_html(++number, shown);
    sheet.form += std::to_string(number) + '\t' + id + "\t\n";
    sides.push_back({{"id", id}, {"a", first_is_a ? "first" : "second"}});
  }
  sheet.page = html_page("Which answer is better?", html);
  sheet.key = {{"format", kSheetKeyFormat},
               {"version", kSheetKeyVersion},
               {"first", first_name},
               {"second", second_name},
               {"seed", seed},
               {"pairs", std::move(sides)}};
  return sheet;
}

}  // namespace lingua

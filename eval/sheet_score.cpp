#include "eval/sheet_score.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <numeric>

#include "eval/human_sheet.h"
#include "support/error.h"
#include "support/text.h"

namespace lingua {
namespace {

// Votes on a pair of the sheet.
struct Votes {
  bool first_is_a = false;
  int balance = 0;  // for the first less for the second
  std::size_t count = 0;
};

// The cells of a line; spreadsheets may have put quotes around them, and CR behind.
std::vector<std::string> cells_of(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  std::vector<std::string> cells;
  for (std::size_t begin = 0;;) {
    const auto tab = line.find('\t', begin);
    std::string_view cell = line.substr(begin, tab - begin);
    const auto is_space = [](char c) { return c == ' ' || c == '"'; };
    while (!cell.empty() && is_space(cell.front())) cell.remove_prefix(1);
    while (!cell.empty() && is_space(cell.back())) cell.remove_suffix(1);
    cells.emplace_back(cell);
    if (tab == std::string_view::npos) return cells;
    begin = tab + 1;
  }
}

std::map<std::string, Votes> pairs_of(const Json& key, const std::string& path) {
  const auto refuse = [&path](const std::string& reason) {
    throw Error(ErrorKind::kData, path + ": " + reason,
                "--key takes the file that --human-sheet wrote");
  };
  const auto text = [](const Json& json, const char* name) -> std::string {
    return json.is_object() && json.contains(name) && json[name].is_string()
               ? json[name].get<std::string>()
               : "";
  };
  if (text(key, "format") != kSheetKeyFormat || key.value("version", Json()) != kSheetKeyVersion ||
      text(key, "first").empty() || text(key, "second").empty() ||
      !key.value("pairs", Json()).is_array() || key["pairs"].empty()) {
    refuse("is no key of a sheet");
  }
  std::map<std::string, Votes> pairs;
  for (const Json& pair : key["pairs"]) {
    const std::string id = text(pair, "id"), side = text(pair, "a");
    if (id.empty() || (side != "first" && side != "second")) refuse("has a pair without its sides");
    pairs[id].first_is_a = side == "first";
  }
  return pairs;
}

void take_vote(const std::vector<std::string>& cells, const std::string& where,
               std::map<std::string, Votes>& pairs) {
  if (cells.size() < 2) throw Error(ErrorKind::kData, where + ": a line of fewer than two cells");
  const auto found = pairs.find(cells[1]);
  if (found == pairs.end()) {
    throw Error(ErrorKind::kData, where + ": the key has no pair " + in_quotes(cells[1]),
                "give the --key that was written together with this sheet");
  }
  const std::string verdict = cells.size() > 2 ? cells[2] : "";
  if (verdict.empty()) return;
  Votes& votes = found->second;
  if (verdict == "=") {
    ++votes.count;
  } else if (verdict == "A" || verdict == "a" || verdict == "B" || verdict == "b") {
    const bool says_a = verdict == "A" || verdict == "a";
    votes.balance += says_a == votes.first_is_a ? 1 : -1;
    ++votes.count;
  } else {
    throw Error(ErrorKind::kData, where + ": the verdict " + in_quotes(verdict),
                "it must be A, B, = or nothing");
  }
}

void take_votes(const FilledSheet& sheet, std::map<std::string, Votes>& pairs) {
  std::size_t number = 0;
  for (std::size_t begin = 0; begin < sheet.text.size();) {
    const auto end = std::min(sheet.text.find('\n', begin), sheet.text.size());
    const auto cells = cells_of(std::string_view(sheet.text).substr(begin, end - begin));
    const std::string where = sheet.path + ":" + std::to_string(++number);
    begin = end + 1;
    if (number == 1) {
      if (cells.size() >= 3 && cells[0] == "pair" && cells[1] == "id" && cells[2] == "better") {
        continue;
      }
      throw Error(ErrorKind::kData, where + ": the headings are not pair, id and better",
                  "save the sheet as tab-separated text, with its headings");
    }
    if (cells.size() > 1 || !cells[0].empty()) take_vote(cells, where, pairs);
  }
}

}  // namespace

double sign_test(std::size_t wins, std::size_t losses) {
  const std::size_t n = wins + losses, least = std::min(wins, losses);
  double tail = 0;
  for (std::size_t k = 0; k <= least; ++k) {
    const auto d = [](std::size_t value) { return static_cast<double>(value) + 1; };
    tail += std::exp(std::lgamma(d(n)) - std::lgamma(d(k)) - std::lgamma(d(n - k)) -
                     static_cast<double>(n) * std::log(2.0));
  }
  return std::min(1.0, 2 * tail);
}

SheetScore score_sheets(const Json& key, const std::string& key_path,
                        std::span<const FilledSheet> sheets, const GainOptions& options) {
  auto pairs = pairs_of(key, key_path);
  for (const FilledSheet& sheet : sheets) take_votes(sheet, pairs);
  SheetScore score;
  score.first = key["first"].get<std::string>();
  score.second = key["second"].get<std::string>();
  score.pairs = pairs.size();
  std::vector<double> shares;  // 1: the first won, 0.5: a tie
  for (const auto& [id, votes] : pairs) {
    if (votes.count == 0) continue;
    shares.push_back(votes.balance > 0 ? 1.0 : votes.balance < 0 ? 0.0 : 0.5);
    ++(votes.balance > 0 ? score.first_wins : votes.balance < 0 ? score.second_wins : score.ties);
  }
  if (shares.empty()) throw Error(ErrorKind::kData, "no pair was judged");
  score.judged = shares.size();
  std::vector<std::size_t> all(shares.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  const auto mean = [&shares](std::span<const std::size_t> draw) {
    double sum = 0;
    for (const std::size_t index : draw) sum += shares[index];
    return sum / static_cast<double>(draw.size());
  };
  score.preference = mean(all);
  score.interval = bootstrap_interval(all, options.resamples, options.seed, mean);
  score.sign_test = sign_test(score.first_wins, score.second_wins);
  return score;
}

std::string to_text(const SheetScore& score) {
  char figures[160];
  std::snprintf(figures, sizeof figures,
                "%zu won, %zu lost, %zu ties of %zu judged pairs (%zu in the sheet)\n"
                "preferred in %.1f %% [%.1f, %.1f]; sign test p = %.3g\n",
                score.first_wins, score.second_wins, score.ties, score.judged, score.pairs,
                100 * score.preference, 100 * score.interval.low, 100 * score.interval.high,
                score.sign_test);
  return score.first + " against " + score.second + ": " + figures;
}

Json to_json(const SheetScore& score) {
  return {{"first", score.first},
          {"second", score.second},
          {"pairs", score.pairs},
          {"judged", score.judged},
          {"first_wins", score.first_wins},
          {"second_wins", score.second_wins},
          {"ties", score.ties},
          {"preference", score.preference},
          {"interval", {score.interval.low, score.interval.high}},
          {"sign_test", score.sign_test}};
}

}  // namespace lingua

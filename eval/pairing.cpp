#include "eval/pairing.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>

#include "support/error.h"
#include "support/log.h"
#include "support/text.h"

namespace lingua {
namespace {

// Losses of one model on two machines differ by a thousandth of this.
constexpr double kSameBase = 1e-3;  // of its bits per byte
constexpr const char* kNewBaseline = ", or write a new baseline with --update-baseline";

[[noreturn]] void refuse(const std::string& reason, const std::string& hint) {
  throw Error(ErrorKind::kData, reason, hint + kNewBaseline);
}

std::vector<std::string> hashes_of(const std::vector<OtherAnswers>& others) {
  std::vector<std::string> hashes;
  for (const OtherAnswers& other : others) hashes.push_back(other.data_sha256);
  std::sort(hashes.begin(), hashes.end());
  return hashes;
}

std::string names_of(const std::vector<OtherAnswers>& others) {
  std::vector<std::string> names;
  for (const OtherAnswers& other : others) names.push_back(other.name);
  return join(names, ", ");
}

void require_same_others(const Measurement& now, const Measurement& baseline,
                         const std::string& path) {
  if (now.others.empty() != baseline.others.empty()) {
    log_warning(
        "specificity is not compared: " +
        (now.others.empty() ? "--others is not given, " + path + " has it" : path + " has none"));
    return;
  }
  if (hashes_of(now.others) != hashes_of(baseline.others)) {
    refuse(
        path + " was measured with other answers of other LLMs (" + names_of(baseline.others) + ")",
        "give the --others of that baseline");
  }
}

void require_enough(const PairedTexts& pairs, const Measurement& now, const std::string& path) {
  if (pairs.now.size() < kFewestTexts) {
    throw Error(ErrorKind::kData,
                format_counted(pairs.now.size(), "text") + " in common with " + path +
                    ": too few to tell a fall from luck",
                "measure " + std::to_string(kFewestTexts) + " texts or more");
  }
  if (pairs.now.size() < now.texts.size()) {
    log_warning(format_counted(now.texts.size() - pairs.now.size(), "text") +
                " measured now were left out by " + path);
  }
}

double base_bits(const std::vector<TextLosses>& texts) {
  TargetLoss total;
  for (const TextLosses& text : texts) {
    total.nats += text.base.nats;
    total.bytes += text.base.bytes;
  }
  return bits_per_byte(total);
}

void require_same_base(const PairedTexts& pairs, const std::string& path) {
  const double now = base_bits(pairs.now), then = base_bits(pairs.then);
  if (std::abs(now - then) <= kSameBase * then) return;
  char figures[100];
  std::snprintf(figures, sizeof figures, "%.4f bits per byte, in the baseline it gave %.4f", now,
                then);
  refuse(path + " was measured with another base model: --base gives " + figures,
         "give the base of that baseline");
}

}  // namespace

void require_comparable(const Measurement& now, const Measurement& baseline,
                        const std::string& path) {
  if (now.data_sha256 != baseline.data_sha256) {
    refuse(path + " was measured on other data (SHA-256 " +
               shortened(printable(baseline.data_sha256), 12) + ", now " +
               shortened(now.data_sha256, 12) + ")",
           "give the --data of that baseline");
  }
  if (now.max_length != baseline.max_length) {
    const std::string then = std::to_string(baseline.max_length);
    refuse(path + " was measured with --max-length " + then + ", not " +
               std::to_string(now.max_length),
           "give --max-length " + then);
  }
  require_same_others(now, baseline, path);
}

PairedTexts pair_texts(const Measurement& now, const Measurement& baseline,
                       const std::string& path) {
  if (now.dtype != baseline.dtype) {
    refuse(path + " was measured in " + in_quotes(baseline.dtype) + ", not in " + now.dtype,
           "give the --dtype of that baseline");
  }
  std::map<std::string, const TextLosses*> known;
  for (const TextLosses& text : baseline.texts) known[text.id] = &text;
  PairedTexts pairs;
  for (const TextLosses& text : now.texts) {
    const auto found = known.find(text.id);
    if (found == known.end()) continue;
    pairs.now.push_back(text);
    pairs.then.push_back(*found->second);
  }
  require_enough(pairs, now, path);
  require_same_base(pairs, path);
  return pairs;
}

PairedInstructions pair_instructions(const Measurement& now, const Measurement& baseline) {
  if (now.others.empty() || baseline.others.empty()) return {};
  std::vector<OtherAnswers> others_then;  // in the order of now
  for (const OtherAnswers& other : now.others) {
    others_then.push_back(*std::find_if(
        baseline.others.begin(), baseline.others.end(),
        [&other](const OtherAnswers& then) { return then.data_sha256 == other.data_sha256; }));
  }
  const auto then = by_instruction(baseline.texts, others_then);
  PairedInstructions pairs;
  for (const auto& [id, losses] : by_instruction(now.texts, now.others)) {
    const auto found = then.find(id);
    if (found == then.end()) continue;
    pairs.now.push_back(losses);
    pairs.then.push_back(found->second);
  }
  return pairs;
}

}  // namespace lingua

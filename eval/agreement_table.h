#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "eval/agreement.h"
#include "eval/bootstrap.h"
#include "eval/gain.h"
#include "support/json.h"

namespace lingua {

// One model's means over the target tokens that were compared.
struct AgreementFigures {
  double kl = 0;    // KL(known || model), nats a token
  double top1 = 0;  // share of tokens with the same most likely token
};

// What alignment did to them.
struct AgreementChange {
  AgreementFigures base;
  double kl = 0;                // base - aligned, nats a token: how much nearer
  Interval kl_interval = {};    // 95 %, paired bootstrap over texts
  double top1 = 0;              // aligned - base
  Interval top1_interval = {};  // 95 %, paired bootstrap over texts
};

// Agreement with one kind of knowledge, over all texts of which there is any.
struct AgreementRow {
  std::string with;  // "recorded", "teacher NAME"
  std::size_t texts = 0;
  int64_t tokens = 0;  // compared
  double mass = 0;     // mean probability that the comparison covers token by token
  AgreementFigures aligned;
  std::optional<AgreementChange> change = {};  // none without a base
};

// Rows of recorded probabilities and of the teacher of that name, where anything of them was
// compared. `base`, of the same texts as `aligned`, may be empty.
std::vector<AgreementRow> agreement_table(std::span<const TextAgreement> base,
                                          std::span<const TextAgreement> aligned,
                                          const std::string& teacher, const GainOptions& options);

std::string to_text(const std::vector<AgreementRow>& rows);
Json to_json(const std::vector<AgreementRow>& rows);

}  // namespace lingua

#include "compress/reference_quirks.h"

#include <algorithm>

#include "support/error.h"

namespace lingua {
namespace {

std::string switchable() {
  std::string names;
  for (const auto& quirk : kReferenceQuirks) {
    if (quirk.field == nullptr) continue;
    if (!names.empty()) names += ", ";
    names += quirk.name;
  }
  return names;
}

}  // namespace

ReferenceQuirks quirks_without(const std::vector<std::string>& names) {
  ReferenceQuirks quirks;
  for (const auto& name : names) {
    const auto found = std::find_if(kReferenceQuirks.begin(), kReferenceQuirks.end(),
                                    [&](const ReferenceQuirk& one) { return one.name == name; });
    if (found == kReferenceQuirks.end() || found->field == nullptr) {
      throw Error(ErrorKind::kUsage,
                  "--fix-quirk " + name +
                      (found == kReferenceQuirks.end() ? " is not known" : " cannot be switched"),
                  "choose of " + switchable());
    }
    quirks.*(found->field) = false;
  }
  return quirks;
}

}  // namespace lingua

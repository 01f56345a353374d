#include "model/normal_form.h"

#include <unicode/bytestream.h>
#include <unicode/edits.h>
#include <unicode/normalizer2.h>

#include <algorithm>
#include <limits>

#include "support/error.h"
#include "support/utf8.h"

namespace lingua {
namespace {

void check(UErrorCode status) {
  if (U_SUCCESS(status)) return;
  throw Error(ErrorKind::kInternal, std::string("ICU cannot normalise: ") + u_errorName(status));
}

}  // namespace

void NormalForm::append_as_is(std::string_view part) {
  text_ += part;
  original_size_ += part.size();
}

void NormalForm::append_normalized(std::string_view part) {
  if (part.size() > static_cast<std::size_t>(std::numeric_limits<int32_t>::max()) / 4) {
    throw Error(ErrorKind::kData,
                "a text of " + std::to_string(part.size()) + " bytes is too long to encode",
                "split it");
  }
  std::size_t begin = 0;  // of the run
  for (std::size_t at = 0; at < part.size();) {
    const std::size_t length = utf8_sequence_length(part.substr(at));
    if (length > 0) {
      at += length;
      continue;
    }
    append_run(part.substr(begin, at - begin));
    append_as_is(part.substr(at, 1));
    begin = ++at;
  }
  append_run(part.substr(begin));
}

// Well-formed UTF-8.
void NormalForm::append_run(std::string_view run) {
  if (run.empty()) return;
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* form = icu::Normalizer2::getNFCInstance(status);
  check(status);
  const std::size_t begin = text_.size();
  icu::Edits edits;
  icu::StringByteSink<std::string> sink(&text_, static_cast<int32_t>(run.size()));
  form->normalizeUTF8(0, icu::StringPiece(run.data(), static_cast<int32_t>(run.size())), sink,
                      &edits, status);
  check(status);
  for (auto edit = edits.getFineChangesIterator(); edit.next(status);) {
    const std::size_t from = begin + static_cast<std::size_t>(edit.destinationIndex());
    changes_.push_back(
        {from, from + static_cast<std::size_t>(edit.newLength()),
         original_size_ + static_cast<std::size_t>(edit.sourceIndex() + edit.oldLength())});
  }
  check(status);
  original_size_ += run.size();
}

std::size_t NormalForm::original(std::size_t at) const {
  // The last change that begins before `at`.
  const auto after = std::partition_point(changes_.begin(), changes_.end(),
                                          [at](const Change& c) { return c.begin < at; });
  if (after == changes_.begin()) return at;
  const Change& change = *std::prev(after);
  return change.original_end + (at > change.end ? at - change.end : 0);
}

}  // namespace lingua

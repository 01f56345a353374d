#include "compress/held_parts.h"

#include "compress/pattern.h"
#include "support/error.h"
#include "support/text.h"

namespace lingua {
namespace {

// Flags of the parts with one of `numbers`.
std::vector<bool> parts_with(const PromptText& prompt, const std::vector<int64_t>& numbers,
                             const std::string& what, std::size_t count) {
  std::vector<bool> flags(prompt.parts.size(), false);
  for (const int64_t number : numbers) {
    if (static_cast<std::size_t>(number) >= count) {
      throw Error(ErrorKind::kData,
                  "there is no " + what + " " + std::to_string(number) + ": the prompt has " +
                      format_counted(count, what) + ", counted from 0",
                  "see --keep-context and --require-context");
    }
    for (std::size_t i = 0; i < flags.size(); ++i) {
      // The instruction and the question of a prompt have no number; messages all have one.
      const bool numbered = prompt.apart || prompt.parts[i].kind == PartKind::kContext;
      if (numbered && prompt.parts[i].number == static_cast<std::size_t>(number)) flags[i] = true;
    }
  }
  return flags;
}

}  // namespace

void hold_parts(PromptText& prompt, const CompressOptions& options, const std::string& what,
                std::size_t count) {
  if (options.keep_contexts.empty() && options.require_contexts.empty()) return;
  const auto fixed = parts_with(prompt, options.keep_contexts, what, count);
  prompt.required = parts_with(prompt, options.require_contexts, what, count);
  for (std::size_t i = 0; i < fixed.size(); ++i) {
    if (!fixed[i]) continue;
    prompt.required[i] = true;
    prompt.fixed.push_back(prompt.parts[i].bytes);
  }
  prompt.fixed = merged(std::move(prompt.fixed));
}

}  // namespace lingua

#include "model/parallel_sha256.h"

#include "model/parallel_parts.h"
#include "support/sha256.h"

namespace lingua {

std::vector<std::string> parallel_sha256(std::span<const std::string_view> parts) {
  std::vector<std::string> digests(parts.size());
  for_parts(parts.size(), [&](std::size_t i) { digests[i] = sha256_hex(parts[i]); });
  return digests;
}

}  // namespace lingua

#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lingua {

// SHA-256 of each part as 64 lower-case digits, computed on as many threads as libtorch uses.
std::vector<std::string> parallel_sha256(std::span<const std::string_view> parts);

}  // namespace lingua

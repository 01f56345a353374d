#include "model/parallel_sha256.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <atomic>
#include <future>

#include "support/sha256.h"

namespace lingua {

std::vector<std::string> parallel_sha256(std::span<const std::string_view> parts) {
  std::vector<std::string> digests(parts.size());
  std::atomic<std::size_t> next = 0;
  // Parts differ in size a thousandfold, so each thread takes another one when it is free.
  const auto work = [&] {
    for (std::size_t i = next++; i < parts.size(); i = next++) digests[i] = sha256_hex(parts[i]);
  };
  const auto threads =
      std::min<std::size_t>(parts.size(), static_cast<std::size_t>(at::get_num_threads()));
  std::vector<std::future<void>> helpers;
  for (std::size_t i = 1; i < threads; ++i) helpers.push_back(std::async(std::launch::async, work));
  work();
  for (auto& helper : helpers) helper.get();
  return digests;
}

}  // namespace lingua

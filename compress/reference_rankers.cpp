#include "compress/reference_rankers.h"

#include <zlib.h>

#include <algorithm>
#include <new>

#include "compress/least_first.h"

namespace lingua {
namespace {

// Bytes of the text as a gzip file.
double gzip_size(const std::string& text) {
  constexpr int kBestLevel = 9, kGzipWindow = 15 + 16, kMemoryLevel = 8;
  z_stream stream = {};
  if (deflateInit2(&stream, kBestLevel, Z_DEFLATED, kGzipWindow, kMemoryLevel,
                   Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::bad_alloc();
  }
  std::string out(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  const auto size = static_cast<double>(stream.total_out);
  deflateEnd(&stream);
  return size;
}

}  // namespace

std::vector<std::size_t> rank_by_gzip(const std::vector<std::string>& contexts,
                                      const std::string& question) {
  const double alone = gzip_size(question);
  std::vector<double> scores;
  for (const auto& context : contexts) {
    const double size = gzip_size(context), both = gzip_size(context + " " + question);
    scores.push_back((both - std::min(size, alone)) / std::max(size, alone));
  }
  return least_first(scores);
}

}  // namespace lingua

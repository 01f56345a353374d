#include "eval/http.h"

#include <curl/curl.h>

#include <memory>

#include "support/error.h"
#include "support/interrupt.h"

namespace lingua {
namespace {

constexpr std::size_t kMostBytes = std::size_t{16} << 20;

struct CloseHandle {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using HeaderList = std::unique_ptr<curl_slist, FreeList>;

std::size_t take_bytes(char* bytes, std::size_t, std::size_t count, void* body) {
  auto& text = *static_cast<std::string*>(body);
  if (text.size() + count > kMostBytes) return 0;  // libcurl then gives up
  text.append(bytes, count);
  return count;
}

int stop_if_interrupted(void*, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return interrupted() != 0 ? 1 : 0;
}

// Once a process, before any handle.
void start_libcurl() {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (started != CURLE_OK) throw Error(ErrorKind::kInternal, "libcurl does not start");
}

HeaderList header_list(const std::vector<std::string>& headers) {
  HeaderList list(curl_slist_append(nullptr, "Content-Type: application/json"));
  for (const std::string& header : headers) curl_slist_append(list.get(), header.c_str());
  return list;
}

void set_up(CURL* curl, const std::string& url, curl_slist* headers, const std::string& body,
            double timeout, HttpReply& reply) {
  const auto milliseconds = static_cast<long>(1000 * timeout);
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.data());
  curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, milliseconds);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &take_bytes);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &reply.body);
  curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, &stop_if_interrupted);
  curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
}

}  // namespace

HttpReply post_json(const std::string& url, const std::vector<std::string>& headers,
                    const std::string& body, double timeout) {
  start_libcurl();
  const std::unique_ptr<CURL, CloseHandle> curl(curl_easy_init());
  if (!curl) throw Error(ErrorKind::kInternal, "libcurl gives no handle");
  const HeaderList list = header_list(headers);
  HttpReply reply;
  set_up(curl.get(), url, list.get(), body, timeout, reply);
  const CURLcode result = curl_easy_perform(curl.get());
  throw_if_interrupted();
  if (result != CURLE_OK) {
    reply.failure =
        result == CURLE_WRITE_ERROR ? "its answer is over 16 MiB" : curl_easy_strerror(result);
    return reply;
  }
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &reply.status);
  curl_off_t wait = 0;
  curl_easy_getinfo(curl.get(), CURLINFO_RETRY_AFTER, &wait);
  if (wait > 0) reply.retry_after = static_cast<double>(wait);
  return reply;
}

}  // namespace lingua

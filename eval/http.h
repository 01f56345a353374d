#pragma once

#include <optional>
#include <string>
#include <vector>

namespace lingua {

// What a server said.
struct HttpReply {
  long status = 0;  // 0: it gave no whole answer
  std::string body;
  std::string failure = {};                          // why not, where the status is 0
  std::optional<double> retry_after = std::nullopt;  // seconds that it asks to wait
};

// Posts `body` as JSON and waits at most `timeout` seconds. `headers` are whole lines. Follows no
// redirection, so that what a header holds goes nowhere else; speaks http and https alone; answers
// of more than 16 MiB are a failure. Throws Interrupted.
HttpReply post_json(const std::string& url, const std::vector<std::string>& headers,
                    const std::string& body, double timeout);

}  // namespace lingua

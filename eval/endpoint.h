#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "support/json.h"

namespace lingua {

// A server with OpenAI's chat completions.
struct EndpointOptions {
  // Up to the version, "https://host/v1"; "/chat/completions" is added. "": none.
  std::string url;
  // As the server names it.
  std::string model;
  // Environment variable that holds the key; where it is not set, none is sent.
  std::string key_variable = "OPENAI_API_KEY";
  // Merged into each request (RFC 7386), null removes a field; an object, as JSON.
  std::string fields;
  // Folder that keeps the answers, made if it is missing; "": none.
  std::string cache;
  // Tokens of an answer. >= 1
  int64_t answer_tokens = 256;
  // Seconds that an answer may take. (0, 3600]
  double timeout = 120;
  // How often a request that failed is sent again. [0, 20]
  int64_t retries = 5;
  // Seconds before the first repetition; doubled each time, up to 60. [0, 60]
  double first_wait = 1;
  // Price of a million tokens, in any currency. >= 0
  double prompt_price = 0;
  double answer_price = 0;
  // What all may cost, in the same currency; unset: no limit. >= 0
  std::optional<double> max_cost = std::nullopt;
};

// Throws Error(kUsage) naming the option that cannot be.
void validate(const EndpointOptions& options);

// What was asked for so far.
struct EndpointUse {
  int64_t requests = 0;  // answered by the server
  int64_t cached = 0;    // answered by the cache
  int64_t retries = 0;
  int64_t prompt_tokens = 0;  // as the server counts; an upper bound where it does not say
  int64_t answer_tokens = 0;
  double cost = 0;
};

// Asks one model at one endpoint, at temperature 0. Each answer is kept in the cache, a file under
// the SHA-256 of address and request, so nothing is paid for twice.
class ChatEndpoint {
 public:
  // `options` are valid. Throws Error(kData) when the cache's folder cannot be made.
  explicit ChatEndpoint(EndpointOptions options);

  // The answer to a user's message; nothing where asking might cost more than is left. Throws
  // Error(kUsage) when the server refuses key, address or model, Error(kData) when it gives no
  // usable answer after all repetitions; Interrupted.
  std::optional<std::string> ask(const std::string& prompt);

  const EndpointUse& use() const { return use_; }

 private:
  Json request_for(const std::string& prompt) const;
  std::string cache_file(const std::string& body) const;
  std::optional<std::string> cached(const std::string& file) const;
  bool within_budget(const std::string& body) const;
  std::string answer_of_server(const std::string& body);
  void pay(const Json& usage, const std::string& body);
  void wait(int64_t repetition, std::optional<double> asked) const;

  EndpointOptions options_;
  EndpointUse use_;
  double tokens_per_byte_ = 1;  // of requests, the most that the server counted
};

}  // namespace lingua

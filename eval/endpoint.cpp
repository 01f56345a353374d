#include "eval/endpoint.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <thread>
#include <vector>

#include "eval/http.h"
#include "support/atomic_file.h"
#include "support/error.h"
#include "support/interrupt.h"
#include "support/log.h"
#include "support/mapped_file.h"
#include "support/sha256.h"
#include "support/text.h"

namespace lingua {
namespace {

constexpr double kLongestWait = 60;  // seconds
constexpr double kMillion = 1e6;

// Refused for good, or worth another try: too many requests, time-outs, overload.
bool is_passing(long status) {
  return status == 0 || status == 408 || status == 425 || status == 429 || status >= 500;
}

std::string what_happened(const HttpReply& reply) {
  if (reply.status == 0) return reply.failure;
  return "status " + std::to_string(reply.status) + ", " + in_quotes(reply.body);
}

// The text of the first choice; nothing where the body is no completion.
std::optional<std::string> text_of(const Json& body) {
  const auto choices = Json::json_pointer("/choices/0/message/content");
  if (!body.is_object() || !body.contains(choices)) return std::nullopt;
  const Json& content = body[choices];
  if (content.is_null()) return "";  // a refusal
  if (!content.is_string()) return std::nullopt;
  return content.get<std::string>();
}

[[noreturn]] void refuse(const std::string& url, const HttpReply& reply) {
  throw Error(ErrorKind::kUsage, url + " refuses the request: " + what_happened(reply),
              "check --endpoint, --endpoint-model, --endpoint-fields and the key");
}

void require(bool holds, const std::string& message, const std::string& hint = "") {
  if (!holds) throw Error(ErrorKind::kUsage, message, hint);
}

void require_range(const char* name, double value, double least, double most) {
  require(value >= least && value <= most,
          std::string(name) + " " + dump_json(value) + " is out of range",
          "it must be in " + dump_json(least) + " to " + dump_json(most));
}

}  // namespace

void validate(const EndpointOptions& options) {
  if (options.url.empty()) return;
  require(options.url.starts_with("http://") || options.url.starts_with("https://"),
          "--endpoint " + in_quotes(options.url) + " is no address",
          "for example --endpoint https://api.example.com/v1");
  require(!options.model.empty(), "--endpoint-model is missing", "the name that the server knows");
  require_range("--endpoint-answer-tokens", static_cast<double>(options.answer_tokens), 1, 1e6);
  require_range("--endpoint-timeout", options.timeout, 0.1, 3600);
  require_range("--endpoint-retries", static_cast<double>(options.retries), 0, 20);
  require_range("--endpoint-wait", options.first_wait, 0, kLongestWait);
  require_range("--prompt-price", options.prompt_price, 0, 1e9);
  require_range("--answer-price", options.answer_price, 0, 1e9);
  if (options.max_cost) {
    require_range("--max-cost", *options.max_cost, 0, 1e9);
    require(options.prompt_price > 0 && options.answer_price > 0,
            "--max-cost needs --prompt-price and --answer-price",
            "what a million tokens cost, in the currency of --max-cost");
  }
  if (options.fields.empty()) return;
  require(parse_json(options.fields, "--endpoint-fields", ErrorKind::kUsage).is_object(),
          "--endpoint-fields is no JSON object", "for example '{\"temperature\": null}'");
}

ChatEndpoint::ChatEndpoint(EndpointOptions options) : options_(std::move(options)) {
  while (options_.url.ends_with('/')) options_.url.pop_back();
  options_.url += "/chat/completions";
  if (options_.cache.empty()) return;
  std::error_code error;
  std::filesystem::create_directories(options_.cache, error);
  if (error) {
    throw Error(ErrorKind::kData, "--endpoint-cache " + options_.cache + ": " + error.message());
  }
}

std::string ChatEndpoint::cache_file(const std::string& body) const {
  if (options_.cache.empty()) return "";
  return options_.cache + "/" + sha256_hex(options_.url + '\n' + body) + ".json";
}

// Nothing where it was not asked before, or the file is damaged.
std::optional<std::string> ChatEndpoint::cached(const std::string& file) const {
  if (file.empty() || !std::filesystem::exists(file)) return std::nullopt;
  const Json json = Json::parse(MappedFile(file, ErrorKind::kData).bytes(), nullptr, false);
  if (json.is_object() && json.contains("answer") && json["answer"].is_string()) {
    return json["answer"].get<std::string>();
  }
  log_warning(file + " is damaged; asking again");
  return std::nullopt;
}

Json ChatEndpoint::request_for(const std::string& prompt) const {
  Json request = {{"model", options_.model},
                  {"messages", Json::array({{{"role", "user"}, {"content", prompt}}})},
                  {"max_tokens", options_.answer_tokens},
                  {"temperature", 0}};
  if (!options_.fields.empty()) {
    request.merge_patch(parse_json(options_.fields, "--endpoint-fields", ErrorKind::kUsage));
  }
  return request;
}

// No tokenizer makes more tokens than there are bytes; what a server adds to a prompt is known from
// its first answer on.
bool ChatEndpoint::within_budget(const std::string& body) const {
  if (!options_.max_cost) return true;
  const double most = (tokens_per_byte_ * static_cast<double>(body.size()) * options_.prompt_price +
                       static_cast<double>(options_.answer_tokens) * options_.answer_price) /
                      kMillion;
  return use_.cost + most <= *options_.max_cost;
}

void ChatEndpoint::pay(const Json& usage, const std::string& body) {
  const auto count = [&usage](const char* name, std::size_t otherwise) {
    const bool given =
        usage.is_object() && usage.contains(name) && usage[name].is_number_unsigned();
    return given ? usage[name].get<int64_t>() : static_cast<int64_t>(otherwise);
  };
  const int64_t prompt = count("prompt_tokens", body.size());
  const int64_t answer =
      count("completion_tokens", static_cast<std::size_t>(options_.answer_tokens));
  tokens_per_byte_ =
      std::max(tokens_per_byte_, static_cast<double>(prompt) / static_cast<double>(body.size()));
  use_.prompt_tokens += prompt;
  use_.answer_tokens += answer;
  use_.cost += (static_cast<double>(prompt) * options_.prompt_price +
                static_cast<double>(answer) * options_.answer_price) /
               kMillion;
}

void ChatEndpoint::wait(int64_t repetition, std::optional<double> asked) const {
  using Clock = std::chrono::steady_clock;
  const double doubled = options_.first_wait * static_cast<double>(int64_t{1} << repetition);
  const double seconds = std::min(kLongestWait, std::max(doubled, asked.value_or(0)));
  const auto until = Clock::now() + std::chrono::duration<double>(seconds);
  while (Clock::now() < until) {
    throw_if_interrupted();
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

// A try that brought no answer may have been charged: it counts as if the server had written all
// that it may.
std::string ChatEndpoint::answer_of_server(const std::string& body) {
  std::vector<std::string> headers;
  const char* key = std::getenv(options_.key_variable.c_str());
  if (key != nullptr && *key != '\0')
    headers.push_back(std::string("Authorization: Bearer ") + key);
  std::string problem;
  for (int64_t repetition = 0;; ++repetition) {
    const HttpReply reply = post_json(options_.url, headers, body, options_.timeout);
    if (reply.status == 200) {
      ++use_.requests;
      const Json json = Json::parse(reply.body, nullptr, false);
      pay(json.is_object() ? json.value("usage", Json()) : Json(), body);
      if (auto text = text_of(json)) return *text;
      problem = "no completion, " + in_quotes(reply.body);
    } else {
      if (!is_passing(reply.status)) refuse(options_.url, reply);
      if (reply.status == 0) pay(Json(), body);
      problem = what_happened(reply);
    }
    if (repetition == options_.retries || !within_budget(body)) {
      throw Error(ErrorKind::kData,
                  options_.url + " gave no answer in " +
                      format_counted(static_cast<std::size_t>(repetition) + 1, "request") + ": " +
                      problem,
                  "what it answered before is in the cache; run this again to go on");
    }
    log_warning(options_.url + ": " + problem + "; asking again");
    ++use_.retries;
    wait(repetition, reply.retry_after);
  }
}

std::optional<std::string> ChatEndpoint::ask(const std::string& prompt) {
  const Json request = request_for(prompt);
  const std::string body = dump_json(request), file = cache_file(body);
  if (auto known = cached(file)) {
    ++use_.cached;
    return known;
  }
  if (!within_budget(body)) return std::nullopt;
  std::string answer = answer_of_server(body);
  if (!file.empty()) {
    const Json entry = {{"url", options_.url}, {"request", request}, {"answer", answer}};
    write_file_atomically(file, dump_json(entry) + "\n", ErrorKind::kData);
  }
  return answer;
}

}  // namespace lingua

#include "data/recorded.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

namespace lingua {
namespace {

constexpr double kImpossible = -9999.0;  // stands for "too unlikely to say"
constexpr double kRounding = 1e-3;       // nats above 0 that a rounded certainty may have

// Damaged probabilities; what is wrong with them changes nothing.
struct Unusable {};

const Json& field(const Json& object, const char* name) {
  const auto found = object.is_object() ? object.find(name) : object.end();
  if (found == object.end()) throw Unusable{};
  return *found;
}

double logprob_of(const Json& value) {
  if (!value.is_number() || value.get<double>() > kRounding) throw Unusable{};
  return std::min(value.get<double>(), 0.0);
}

// The completions form spells bytes that are no UTF-8 as "bytes:\xe2\x80".
std::string bytes_of_spelling(std::string_view token) {
  constexpr std::string_view kMark = "bytes:";
  if (!token.starts_with(kMark)) return std::string(token);
  std::string bytes;
  for (auto rest = token.substr(kMark.size()); !rest.empty(); rest.remove_prefix(4)) {
    unsigned value = 0;
    if (rest.size() < 4 || !rest.starts_with("\\x")) return std::string(token);
    if (std::from_chars(rest.data() + 2, rest.data() + 4, value, 16).ptr != rest.data() + 4) {
      return std::string(token);
    }
    bytes += static_cast<char>(value);
  }
  return bytes;
}

// The bytes of {token, bytes}: `token` is for display where the bytes are no UTF-8.
std::string bytes_of_entry(const Json& entry) {
  const Json& token = field(entry, "token");
  if (!token.is_string()) throw Unusable{};
  const auto list = entry.find("bytes");
  if (list == entry.end() || list->is_null()) return token.get<std::string>();
  std::string bytes;
  if (!list->is_array()) throw Unusable{};
  for (const Json& byte : *list) {
    if (!byte.is_number_integer() || byte < 0 || byte > 255) throw Unusable{};
    bytes += static_cast<char>(byte.get<int>());
  }
  return bytes;
}

void add_choice(RecordedToken& token, std::string bytes, double logprob, LogCounts& counts) {
  if (logprob <= kImpossible) {
    ++counts.impossible;
    return;
  }
  const auto same = [&bytes](const TokenChoice& choice) { return choice.bytes == bytes; };
  if (std::any_of(token.choices.begin(), token.choices.end(), same)) return;
  token.choices.push_back({std::move(bytes), logprob});
}

void sort_choices(RecordedToken& token) {
  std::stable_sort(
      token.choices.begin(), token.choices.end(),
      [](const TokenChoice& a, const TokenChoice& b) { return a.logprob > b.logprob; });
}

std::vector<RecordedToken> parse_chat(const Json& entries, LogCounts& counts) {
  if (!entries.is_array()) throw Unusable{};
  std::vector<RecordedToken> tokens;
  for (const Json& entry : entries) {
    RecordedToken token{bytes_of_entry(entry), {}};
    add_choice(token, token.bytes, logprob_of(field(entry, "logprob")), counts);
    if (const auto top = entry.find("top_logprobs"); top != entry.end() && top->is_array()) {
      for (const Json& other : *top) {
        add_choice(token, bytes_of_entry(other), logprob_of(field(other, "logprob")), counts);
      }
    }
    sort_choices(token);
    tokens.push_back(std::move(token));
  }
  return tokens;
}

// Up to the end of `content`.
std::vector<RecordedToken> parse_completion(const Json& logprobs, const std::string& content,
                                            LogCounts& counts) {
  const Json& spellings = field(logprobs, "tokens");
  const Json& values = field(logprobs, "token_logprobs");
  const auto tops = logprobs.find("top_logprobs");
  const bool has_tops = tops != logprobs.end() && tops->is_array();
  if (!spellings.is_array() || !values.is_array() || values.size() != spellings.size()) {
    throw Unusable{};
  }
  std::vector<RecordedToken> tokens;
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < spellings.size() && bytes < content.size(); ++i) {
    if (!spellings[i].is_string()) throw Unusable{};
    RecordedToken token{bytes_of_spelling(spellings[i].get<std::string>()), {}};
    bytes += token.bytes.size();
    add_choice(token, token.bytes, logprob_of(values[i]), counts);
    if (has_tops && i < tops->size() && (*tops)[i].is_object()) {
      for (const auto& [spelling, value] : (*tops)[i].items()) {
        add_choice(token, bytes_of_spelling(spelling), logprob_of(value), counts);
      }
    }
    sort_choices(token);
    tokens.push_back(std::move(token));
  }
  return tokens;
}

bool spell(const std::vector<RecordedToken>& tokens, const std::string& content) {
  std::string text;
  for (const RecordedToken& token : tokens) text += token.bytes;
  return text == content;
}

}  // namespace

std::vector<RecordedToken> parse_recorded(const Json& logprobs, const std::string& content,
                                          LogCounts& counts) {
  const bool is_chat = logprobs.is_object() && logprobs.contains("content");
  if (logprobs.is_null() || (is_chat && logprobs["content"].is_null())) return {};
  LogCounts found = counts;
  try {
    auto tokens = is_chat ? parse_chat(logprobs["content"], found)
                          : parse_completion(logprobs, content, found);
    if (!spell(tokens, content)) throw Unusable{};
    counts = found;
    ++counts.recorded;
    return tokens;
  } catch (const Unusable&) {
    ++counts.unusable;
    return {};
  }
}

}  // namespace lingua

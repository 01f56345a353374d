#include "model/config.h"

#include <cstdio>

#include "support/error.h"

namespace lingua {
namespace {

constexpr double kLargest = 1e12;  // of a constant that has no bound of its own

struct Limit {
  const char* name;
  int64_t value;
  int64_t most;
};

[[noreturn]] void fail(const std::string& where, const std::string& message,
                       const std::string& hint = "") {
  throw Error(ErrorKind::kModel, where + ": " + message, hint);
}

void check_limits(const ModelConfig& config, const std::string& where) {
  // The largest models stay an order of magnitude below these.
  const Limit limits[] = {
      {"vocab_size", config.vocab_size, 1 << 22},
      {"hidden_size", config.hidden_size, 1 << 16},
      {"intermediate_size", config.intermediate_size, 1 << 18},
      {"num_hidden_layers", config.num_hidden_layers, 1 << 10},
      {"num_attention_heads", config.num_attention_heads, 1 << 10},
      {"num_key_value_heads", config.num_key_value_heads, 1 << 10},
      {"head_dim", config.head_dim, 1 << 10},
      {"max_position_embeddings", config.max_position_embeddings, 1 << 24},
  };
  for (const Limit& limit : limits) {
    if (limit.value < 1 || limit.value > limit.most) {
      fail(where, std::string(limit.name) + " is " + std::to_string(limit.value) +
                      ", it must be from 1 to " + std::to_string(limit.most));
    }
  }
}

void check_token(const char* name, int64_t id, const ModelConfig& config,
                 const std::string& where) {
  if (id < -1 || id >= config.vocab_size) {
    fail(where, std::string(name) + " is " + std::to_string(id) + ", outside the vocabulary of " +
                    std::to_string(config.vocab_size));
  }
}

void check_number(const char* name, double value, double least, double most,
                  const std::string& where) {
  if (value >= least && value <= most) return;  // false for NaN
  char range[80];
  std::snprintf(range, sizeof(range), "%g, it must be from %g to %g", value, least, most);
  fail(where, std::string(name) + " is " + range);
}

}  // namespace

void validate(const ModelConfig& config, const std::string& where) {
  check_limits(config, where);
  if (config.num_attention_heads % config.num_key_value_heads != 0) {
    fail(where, "num_attention_heads " + std::to_string(config.num_attention_heads) +
                    " is not a multiple of num_key_value_heads " +
                    std::to_string(config.num_key_value_heads));
  }
  if (config.head_dim % 2 != 0) {
    fail(where, "head_dim is " + std::to_string(config.head_dim) + ", it must be even");
  }
  if (!(config.rms_norm_eps > 0.0 && config.rms_norm_eps < 1.0)) {
    fail(where,
         "rms_norm_eps is " + std::to_string(config.rms_norm_eps) + ", it must be between 0 and 1");
  }
  check_number("rope_theta", config.rope_theta, 1.0, kLargest, where);
  check_number("local_rope_theta", config.local_rope_theta, 1.0, kLargest, where);
  check_number("attention_scale", config.attention_scale, 0.0, kLargest, where);
  check_number("embedding_scale", config.embedding_scale, 1e-6, kLargest, where);
  check_number("sliding_window", static_cast<double>(config.sliding_window), 0, 1 << 24, where);
  check_number("global_every", static_cast<double>(config.global_every), 1, 1 << 24, where);
  check_token("bos_token_id", config.bos_token_id, config, where);
  check_token("eos_token_id", config.eos_token_id, config, where);
  check_token("pad_token_id", config.pad_token_id, config, where);
}

}  // namespace lingua

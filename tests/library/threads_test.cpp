#include <gtest/gtest.h>
#include <lingua/compress.h>
#include <lingua/lingua.h>

#include <cmath>
#include <string>
#include <thread>
#include <vector>

#include "tests/library/tiny_library_model.h"

namespace lingua {
namespace {

constexpr std::size_t kPrompts = 48;
constexpr std::size_t kThreads = 4;

// Texts of different lengths, shorter and longer than the model's context, that share beginnings.
std::string text_of(std::size_t prompt) {
  std::string text = "The harbour of the old town";
  for (std::size_t i = 0; i < 5 + 7 * (prompt % 8); ++i) {
    text += i % 9 == 8 ? "\n\n" : " ";
    text += std::to_string((prompt + 1) * (i + 3) % 97) + " boats, na\u00efve";
  }
  return text;
}

Settings settings_of(std::size_t prompt) {
  Settings settings;
  settings.mode = prompt % 3 == 0 ? "paper" : "lingua";
  settings.rate = 0.3 + 0.1 * static_cast<double>(prompt % 5);
  return settings;
}

// All that a result says, bit for bit.
std::string described(const Compressed& result) {
  std::string text = result.text + "|" + std::to_string(result.compressed_tokens);
  for (const auto& token : result.tokens) {
    for (const float value : {token.loss, token.score, token.threshold}) {
      const float number = std::isnan(value) ? -1 : value;
      text.append(reinterpret_cast<const char*>(&number), sizeof number);
    }
    text += token.fate;
  }
  return text;
}

std::string result_for(const Compressor& compressor, std::size_t prompt) {
  return described(compressor.compress(text_of(prompt), settings_of(prompt)));
}

void expect_the_same_from_threads(int threads_of_a_call) {
  const Compressor compressor = tiny_compressor(threads_of_a_call);
  std::vector<std::string> serial, parallel(kPrompts);
  for (std::size_t i = 0; i < kPrompts; ++i) serial.push_back(result_for(compressor, i));
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (std::size_t i = t; i < kPrompts; i += kThreads) parallel[i] = result_for(compressor, i);
    });
  }
  for (auto& thread : threads) thread.join();
  for (std::size_t i = 0; i < kPrompts; ++i) EXPECT_TRUE(serial[i] == parallel[i]) << i;
}

TEST(Threads, GetWhatOneAfterTheOtherGets) { expect_the_same_from_threads(1); }
TEST(Threads, AlsoWhenEachCallHasSeveral) { expect_the_same_from_threads(2); }

TEST(Threads, EachHasItsOwnError) {
  lingua_compressor* compressor = nullptr;
  ASSERT_EQ(lingua_open(tiny_model_path().c_str(), nullptr, &compressor), LINGUA_OK);
  EXPECT_EQ(lingua_compress_text(compressor, "a b c", 2, nullptr), LINGUA_USAGE);
  const std::string error = lingua_error();
  std::thread([&] {
    EXPECT_STREQ(lingua_error(), "");
    char* text = nullptr;
    EXPECT_EQ(lingua_compress_text(compressor, "", 0.5, &text), LINGUA_DATA);
    EXPECT_STRNE(lingua_error(), error.c_str());
    EXPECT_EQ(text, nullptr);
  }).join();
  EXPECT_EQ(lingua_error(), error);
  lingua_close(compressor);
}

}  // namespace
}  // namespace lingua

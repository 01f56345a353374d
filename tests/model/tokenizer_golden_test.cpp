// Ids of SmolLM2-135M-Instruct (Apache-2.0) as Python transformers gives them for the same GGUF
// file. Registered where both files are present.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <random>
#include <string>

#include "model/gguf.h"
#include "model/gguf_tokenizer.h"
#include "model/tokenizer.h"
#include "support/json.h"

namespace lingua {
namespace {

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::shared_ptr<const Tokenizer> smollm2() {
  const GgufFile gguf =
      read_gguf(environment("LINGUA_CACHE") + "/models/smollm2-135m-instruct.gguf");
  return load_tokenizer("tokenizer.json", gguf_tokenizer_json(gguf), "smollm2");
}

TEST(TokenizerGolden, IdsAreThoseOfTransformers) {
  const auto tokenizer = smollm2();
  std::ifstream file(environment("LINGUA_SHARED") + "/golden/tokens.jsonl");
  int lines = 0;
  for (std::string line; std::getline(file, line); ++lines) {
    const Json golden = parse_json(line, "tokens.jsonl", ErrorKind::kData);
    const auto text = golden["text"].get<std::string>();
    const Encoding encoding = tokenizer->encode(text);
    EXPECT_EQ(encoding.ids, golden["ids"].get<std::vector<TokenId>>()) << text.substr(0, 200);
    EXPECT_EQ(tokenizer->decode(encoding.ids), text);
    std::size_t end = 0;
    for (const ByteRange& range : encoding.ranges) {
      EXPECT_EQ(range.begin, end);
      end = range.end;
    }
    EXPECT_EQ(end, text.size());
  }
  EXPECT_EQ(lines, 238);
}

TEST(TokenizerGolden, RandomBytesComeBack) {
  const auto tokenizer = smollm2();
  std::string known;  // the bytes that have a piece
  for (int byte = 0; byte < 256; ++byte) {
    const std::string text(1, static_cast<char>(byte));
    if (!tokenizer->encode_ids(text).empty()) known += text;
  }
  EXPECT_EQ(known.size(), 256u - 21u);
  std::mt19937 random(11);
  for (int i = 0; i < 200; ++i) {
    std::string text(random() % 300, '\0');
    for (char& byte : text) byte = known[random() % known.size()];
    EXPECT_EQ(tokenizer->decode(tokenizer->encode_ids(text)), text);
  }
}

}  // namespace
}  // namespace lingua

#include "model/tokenizer_file.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "model/sentencepiece_train.h"
#include "tests/contains.h"
#include "tests/error_of.h"
#include "tests/model/tiny_tokenizer.h"
#include "tests/temporary_folder.h"

namespace lingua {
namespace {

TEST(TokenizerFile, ADirectoryNeedsNoWeights) {
  const TemporaryFolder folder;
  const auto path = folder.write("tokenizer.json", tiny_tokenizer_json());
  EXPECT_EQ(load_tokenizer_of(folder.file("."))->vocab_size(), kTinyVocabulary);
  EXPECT_EQ(load_tokenizer_of(path)->vocab_size(), kTinyVocabulary);
}

TEST(TokenizerFile, SentencePieceByItsFile) {
  const TemporaryFolder folder;
  const std::vector<std::string> texts = {"the ferry left the old harbour at nine"};
  const auto path = folder.write("any.model", train_sentencepiece(texts));
  EXPECT_EQ(load_tokenizer_of(path)->file_name(), "tokenizer.model");
}

TEST(TokenizerFile, WhatIsNoneIsAnErrorOfTheModel) {
  const TemporaryFolder folder;
  for (const auto& path : {folder.file("missing"), folder.file("."), folder.write("a.json", "{}"),
                           folder.write("b.bin", "bytes"), folder.write("c.gguf", "GGUF")}) {
    const auto error = error_of([&] { load_tokenizer_of(path); });
    ASSERT_TRUE(error) << path;
    EXPECT_EQ(error->kind(), ErrorKind::kModel);
    EXPECT_TRUE(contains(error->what(), path.substr(0, path.rfind('/'))));
  }
}

}  // namespace
}  // namespace lingua

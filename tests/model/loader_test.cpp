#include "model/loader.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <optional>

#include "tests/contains.h"
#include "tests/error_of.h"
#include "tests/model/tiny_model.h"
#include "tests/temporary_folder.h"

namespace lingua {
namespace {

// Sets an environment variable, or takes it away, until the end of the test.
class Environment {
 public:
  Environment(const char* name, const std::optional<std::string>& value) : name_(name) {
    if (const char* old = std::getenv(name)) old_ = old;
    set(value);
  }
  ~Environment() { set(old_); }

 private:
  void set(const std::optional<std::string>& value) {
    if (value) {
      ::setenv(name_, value->c_str(), 1);
    } else {
      ::unsetenv(name_);
    }
  }

  const char* name_;
  std::optional<std::string> old_;
};

TEST(Loader, ModelsLieInTheCacheFolder) {
  const Environment home("HOME", "/home/me");
  {
    const Environment cache("LINGUA_CACHE", "/cache");
    EXPECT_EQ(models_folder(), "/cache/models");
  }
  const Environment cache("LINGUA_CACHE", std::nullopt);
  {
    const Environment xdg("XDG_CACHE_HOME", "/xdg");
    EXPECT_EQ(models_folder(), "/xdg/lingua/models");
  }
  const Environment xdg("XDG_CACHE_HOME", std::nullopt);
  EXPECT_EQ(models_folder(), "/home/me/.cache/lingua/models");
}

TEST(Loader, AnUnknownNameIsAnErrorThatListsTheKnownOnes) {
  const TemporaryFolder folder;
  const Environment cache("LINGUA_CACHE", folder.file(""));
  const auto none = error_of([] { load_model("smollm"); });
  ASSERT_TRUE(none);
  EXPECT_EQ(none->kind(), ErrorKind::kModel);
  EXPECT_TRUE(contains(none->what(), "no model smollm"));
  EXPECT_TRUE(contains(none->hint(), "scripts/setup"));

  std::filesystem::create_directory(folder.file("models"));
  folder.write("models/b.gguf", "");
  folder.write("models/a.gguf", "");
  const auto other = error_of([] { load_model("smollm"); });
  ASSERT_TRUE(other);
  EXPECT_EQ(other->hint(), "known names: a, b");
}

TEST(Loader, ANameIsAGgufFileOfTheModelsFolder) {
  const TemporaryFolder folder;
  const Environment cache("LINGUA_CACHE", folder.file(""));
  std::filesystem::create_directory(folder.file("models"));
  folder.write("models/tiny.gguf", "GGUF");
  const auto error = error_of([] { load_model("tiny"); });
  ASSERT_TRUE(error);
  EXPECT_TRUE(contains(error->what(), "models/tiny.gguf is truncated"));
}

TEST(Loader, FilesThatAreNoModelsAreRefused) {
  struct {
    const char* name;
    std::string bytes;
    const char* message;
    const char* hint;
  } const cases[] = {
      {"m.pt", "\x80\x02}.", "pickle files are not executed", "safetensors"},
      {"m.dat", "\x80\x02}.", "pickle files are not executed", "safetensors"},
      {"m.bin", "xxxx", "pickle files are not executed", "safetensors"},
      {"m.safetensors", "xxxx", "weights alone", "give the directory"},
      {"m.txt", "hello", "not a model file", "aligned.pt"},
      {"m.txt", "", "not a model file", "aligned.pt"},
  };
  const TemporaryFolder folder;
  for (const auto& refused : cases) {
    const auto path = folder.write(refused.name, refused.bytes);
    const auto error = error_of([&] { load_model(path); });
    ASSERT_TRUE(error) << refused.name;
    EXPECT_EQ(error->kind(), ErrorKind::kModel) << refused.name;
    EXPECT_TRUE(contains(error->what(), refused.message)) << refused.name;
    EXPECT_TRUE(contains(error->hint(), refused.hint)) << refused.name;
  }
}

TEST(Loader, TheTokenizerMustFitTheEmbedding) {
  const TemporaryFolder folder;
  Model model = tiny_model(at::kFloat);
  model.config.vocab_size = 266;
  save_aligned_model(model, folder.file("m.pt"));
  const auto error = error_of([&] { load_model(folder.file("m.pt")); });
  ASSERT_TRUE(error);
  EXPECT_TRUE(contains(error->what(), "the tokenizer has 267 tokens, the embedding only 266 rows"));
}

}  // namespace
}  // namespace lingua

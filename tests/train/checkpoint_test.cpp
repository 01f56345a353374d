#include "train/checkpoint.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/contains.h"
#include "tests/error_of.h"
#include "tests/temporary_folder.h"

namespace lingua {
namespace {

namespace fs = std::filesystem;

Checkpoint some_checkpoint() {
  Checkpoint checkpoint;
  checkpoint.state = {{"step", 7}, {"loss", 0.1}};
  checkpoint.model = {{"embedding", at::arange(12, at::kFloat).view({3, 4})},
                      {"final_norm", at::full({4}, 0.5)}};
  checkpoint.optimizer = {{"moment1/embedding", at::full({3, 4}, 1e-30)}};
  return checkpoint;
}

class CheckpointFiles : public ::testing::Test {
 protected:
  CheckpointFiles() { write_checkpoint(path_, some_checkpoint()); }

  std::string text_of_error() const {
    const auto error = error_of([&] { read_checkpoint(path_); });
    if (!error) return "no error";
    EXPECT_EQ(error->kind(), ErrorKind::kModel);
    return error->what();
  }

  std::string read(const std::string& file) const { return folder_.read("one/" + file); }
  void write(const std::string& file, std::string_view bytes) const {
    folder_.write("one/" + file, bytes);
  }

  TemporaryFolder folder_;
  std::string path_ = folder_.file("one");
};

constexpr const char* kFiles[] = {"model.safetensors", "optim.safetensors", "state.json",
                                  "manifest.json"};

TEST_F(CheckpointFiles, AreReadAsTheyWereWritten) {
  const Checkpoint read = read_checkpoint(path_), expected = some_checkpoint();
  EXPECT_EQ(read.state, expected.state);
  EXPECT_EQ(read.path, path_);
  ASSERT_EQ(read.model.size(), 2u);
  EXPECT_TRUE(at::equal(read.model.at("embedding"), expected.model.at("embedding")));
  EXPECT_TRUE(at::equal(read.model.at("final_norm"), expected.model.at("final_norm")));
  ASSERT_EQ(read.optimizer.size(), 1u);
  EXPECT_TRUE(at::equal(read.optimizer.begin()->second, expected.optimizer.begin()->second));
  EXPECT_EQ(folder_.count(), 1u);
  EXPECT_TRUE(holds_checkpoint_files_only(path_));
}

TEST_F(CheckpointFiles, AnEarlierOneOfTheNameIsReplaced) {
  Checkpoint other = some_checkpoint();
  other.state["step"] = 8;
  write_checkpoint(path_, other);
  EXPECT_EQ(read_checkpoint(path_).state["step"], 8);
  EXPECT_EQ(folder_.count(), 1u);
}

TEST_F(CheckpointFiles, CutAnywhereTheyAreRefused) {
  for (const char* file : kFiles) {
    const std::string whole = read(file);
    for (std::size_t part = 0; part < 64; ++part) {
      write(file, std::string_view(whole).substr(0, whole.size() * part / 64));
      EXPECT_TRUE(contains(text_of_error(), path_ + "/" + file)) << part;
    }
    write(file, whole);
  }
  EXPECT_EQ(text_of_error(), "no error");
}

TEST_F(CheckpointFiles, WithAByteChangedAnywhereTheyAreRefused) {
  for (const char* file : kFiles) {
    const std::string whole = read(file);
    const std::size_t stride = std::max<std::size_t>(1, whole.size() / 50);
    for (std::size_t place = 0; place < whole.size(); place += stride) {
      for (const char change : {'\x01', '\x80'}) {
        std::string spoilt = whole;
        spoilt[place] ^= change;
        write(file, spoilt);
        EXPECT_NE(text_of_error(), "no error") << file << " at " << place;
      }
    }
    write(file, whole + '!');
    EXPECT_NE(text_of_error(), "no error") << file;
    write(file, whole);
  }
  EXPECT_EQ(text_of_error(), "no error");
}

TEST_F(CheckpointFiles, AMissingFileIsNamed) {
  for (const char* file : kFiles) {
    const std::string whole = read(file);
    fs::remove(path_ + "/" + file);
    EXPECT_TRUE(contains(text_of_error(), path_ + "/" + file));
    EXPECT_EQ(is_checkpoint(path_), file != std::string("manifest.json"));
    write(file, whole);
  }
}

TEST_F(CheckpointFiles, AnotherFormatOrVersionIsRefused) {
  const std::string manifest = path_ + "/manifest.json";
  const struct {
    const char* text;
    std::string message;
  } cases[] = {
      {R"({"format": "lingua checkpoint", "version": 2, "files": {}})",
       manifest + ": version 2 is not known, only 1"},
      {R"({"format": "lingua checkpoint", "files": {}})",
       manifest + ": version null is not known, only 1"},
      {R"({"format": "something else", "version": 1})",
       manifest + " is not the manifest of a checkpoint"},
      {R"([1])", manifest + " is not the manifest of a checkpoint"},
      {R"({"format": "lingua checkpoint", "version": 1, "files": []})",
       path_ + "/model.safetensors is damaged: its size or SHA-256 is not the manifest's"},
  };
  for (const auto& c : cases) {
    write("manifest.json", c.text);
    EXPECT_EQ(text_of_error(), c.message);
  }
}

TEST_F(CheckpointFiles, WithoutTheirManifestTheyAreNoCheckpoint) {
  EXPECT_TRUE(is_checkpoint(path_));
  delete_checkpoint(path_);
  EXPECT_FALSE(is_checkpoint(path_));
  EXPECT_EQ(folder_.count(), 0u);
}

TEST_F(CheckpointFiles, AFolderThatCannotBeMadeIsNamed) {
  const std::string below = folder_.write("file", "") + "/two";
  const auto error = error_of([&] { write_checkpoint(below, some_checkpoint()); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), ErrorKind::kModel);
  EXPECT_EQ(error->what(), "cannot create " + below + ": Not a directory");
}

}  // namespace
}  // namespace lingua

#include "cli/resumable_output.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>

#include "tests/contains.h"
#include "tests/error_of.h"
#include "tests/temporary_folder.h"

namespace lingua {
namespace {

const Json kIdentity = {{"model", "m"}, {"--rate", {"0.5"}}};

std::unique_ptr<ResumableOutput> opened(const TemporaryFolder& folder,
                                        const Json& identity = kIdentity) {
  return std::make_unique<ResumableOutput>(folder.file("out"), identity);
}

// Two inputs done, and then the process was gone.
void interrupted_run(const TemporaryFolder& folder) {
  const auto output = opened(folder);
  EXPECT_EQ(output->done(), 0u);
  output->write("a", "A\n");
  output->write("b", "");
  output->write("c", "CC\n");
}

TEST(ResumableOutput, FinishedItCanBeAddedTo) {
  const TemporaryFolder folder;
  {
    const auto output = opened(folder);
    output->write("a", "A\n");
    EXPECT_EQ(folder.read("out"), "A\n");  // at once
    output->finish();
  }
  const auto again = opened(folder);
  EXPECT_EQ(again->done(), 1u);
  again->write("b", "B\n");
  EXPECT_EQ(folder.read("out"), "A\nB\n");
}

TEST(ResumableOutput, GoesOnWhereItWas) {
  const TemporaryFolder folder;
  interrupted_run(folder);
  const auto output = opened(folder);
  EXPECT_EQ(output->done(), 3u);
  output->require_same(0, "a", "in:1");
  output->require_same(1, "b", "in:2");
  output->require_same(2, "c", "in:3");
  output->write("d", "D\n");
  output->finish();
  EXPECT_EQ(folder.read("out"), "A\nCC\nD\n");
}

TEST(ResumableOutput, CutsOffWhatTheJournalDoesNotKnow) {
  const TemporaryFolder folder;
  interrupted_run(folder);
  const auto whole = folder.read("out"), journal = folder.read("out.resume");
  for (const std::string& more : {std::string("{\"half"), std::string("D\nE\n")}) {
    folder.write("out", whole + more);
    folder.write("out.resume", journal + "[\"ha");
    EXPECT_EQ(opened(folder)->done(), 3u);
    EXPECT_EQ(folder.read("out"), whole);
    EXPECT_EQ(folder.read("out.resume"), journal);
  }
}

TEST(ResumableOutput, AnyCutOfBothFilesIsGoneOnWith) {
  const TemporaryFolder folder;
  interrupted_run(folder);
  const auto whole = folder.read("out"), journal = folder.read("out.resume");
  for (std::size_t lines = 0; lines <= whole.size(); ++lines) {
    for (std::size_t entries = journal.find('\n') + 1; entries <= journal.size(); entries += 5) {
      folder.write("out", whole.substr(0, lines));
      folder.write("out.resume", journal.substr(0, entries));
      const auto output = opened(folder);
      const std::size_t done = output->done();
      if (done < 1) output->write("a", "A\n");
      if (done < 2) output->write("b", "");
      if (done < 3) output->write("c", "CC\n");
      EXPECT_EQ(folder.read("out"), whole);
    }
  }
}

TEST(ResumableOutput, AJournalWithoutAWholeFirstLineIsBegunAnew) {
  const TemporaryFolder folder;
  folder.write("out.resume", "{\"lingua_compr");
  EXPECT_EQ(opened(folder)->done(), 0u);
  EXPECT_EQ(folder.read("out"), "");
}

TEST(ResumableOutput, NamesWhatIsAnother) {
  const TemporaryFolder folder;
  interrupted_run(folder);
  const auto rate = error_of([&] { opened(folder, {{"model", "m"}, {"--rate", {"0.3"}}}); });
  EXPECT_EQ(rate.value().kind(), ErrorKind::kUsage);
  EXPECT_TRUE(contains(rate.value().what(), R"(another --rate: ["0.5"], now ["0.3"])"));
  const auto gone = error_of([&] { opened(folder, {{"model", "m"}}); });
  EXPECT_TRUE(contains(gone.value().what(), R"(another --rate: ["0.5"], now nothing)"));
  const auto input = error_of([&] { opened(folder)->require_same(1, "x", "in:2"); });
  EXPECT_EQ(input.value().kind(), ErrorKind::kUsage);
  EXPECT_TRUE(contains(input.value().what(), "in:2 is another prompt than the one that"));
}

TEST(ResumableOutput, RefusesAFileOfOthers) {
  const TemporaryFolder folder;
  folder.write("out", "precious\n");
  const auto error = error_of([&] { opened(folder); });
  EXPECT_EQ(error.value().kind(), ErrorKind::kUsage);
  EXPECT_TRUE(contains(error.value().what(), "out.resume to go on with it"));
  EXPECT_EQ(folder.read("out"), "precious\n");
  EXPECT_EQ(folder.count(), 1u);
}

TEST(ResumableOutput, RefusesLinesThatWereChanged) {
  const TemporaryFolder folder;
  interrupted_run(folder);
  folder.write("out", "B\nCC\n");
  const auto error = error_of([&] { opened(folder); });
  EXPECT_EQ(error.value().kind(), ErrorKind::kData);
  EXPECT_TRUE(
      contains(error.value().what(), "out: result 1 is not what the interrupted run wrote"));
  folder.write("out.resume", "{\"other\": 1}\n");
  EXPECT_TRUE(
      contains(error_of([&] { opened(folder); }).value().what(), "is not what this lingua"));
}

TEST(ResumableOutput, OneProcessAtATime) {
  const TemporaryFolder folder;
  const auto first = opened(folder);
  EXPECT_TRUE(
      contains(error_of([&] { opened(folder); }).value().what(), "another process is writing"));
}

}  // namespace
}  // namespace lingua

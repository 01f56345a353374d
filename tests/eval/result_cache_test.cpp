#include "eval/result_cache.h"

#include <gtest/gtest.h>

#include "support/error.h"
#include "tests/temporary_folder.h"

namespace lingua {
namespace {

Json refuse() { throw Error(ErrorKind::kInternal, "computed again"); }

TEST(ResultCache, ComputesOnce) {
  ResultCache cache;
  EXPECT_EQ(cache.get({"a", "b"}, [] { return Json(1); }), Json(1));
  EXPECT_EQ(cache.get({"a", "b"}, refuse), Json(1));
  EXPECT_EQ(cache.get({"ab", ""}, [] { return Json(2); }), Json(2));
  EXPECT_EQ(cache.get({"a", "b", ""}, [] { return Json(3); }), Json(3));
}

TEST(ResultCache, AFileOutlivesTheRun) {
  const TemporaryFolder folder;
  const std::string path = folder.file("cache.jsonl");
  ResultCache(path).get({"a"}, [] { return Json{1.25, "text\n"}; });
  EXPECT_EQ(ResultCache(path).get({"a"}, refuse), Json({1.25, "text\n"}));
}

TEST(ResultCache, WhatAKilledRunToreIsPassedOver) {
  const TemporaryFolder folder;
  const std::string path = folder.file("cache.jsonl");
  ResultCache(path).get({"a"}, [] { return Json(1); });
  folder.write("cache.jsonl", folder.read("cache.jsonl") + "{\"key\": \"12");
  ResultCache again(path);
  EXPECT_EQ(again.size(), 1u);
  again.get({"b"}, [] { return Json(2); });
  EXPECT_EQ(ResultCache(path).size(), 2u);
}

TEST(ResultCache, AFileThatCannotBeWrittenIsNamed) {
  EXPECT_THROW(ResultCache("/nowhere/cache.jsonl"), Error);
}

}  // namespace
}  // namespace lingua

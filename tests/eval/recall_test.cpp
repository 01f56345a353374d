#include "eval/recall.h"

#include <gtest/gtest.h>

namespace lingua {
namespace {

const Prompt kPrompt = [] {
  Prompt prompt;
  prompt.context = {"The ferry to Korsika leaves at 7:30. Anna and Ben pay 12 euros, Ben 12 more.",
                    "Nobody met Anna."};
  prompt.question = "Who pays 12?";
  return prompt;
}();

void expect(const Share& share, std::size_t kept, std::size_t all) {
  EXPECT_EQ(share.kept, kept);
  EXPECT_EQ(share.all, all);
}

TEST(Recall, EverythingIsThereBeforeCompression) {
  const Recall all = recall_of(kPrompt, "Anna and Ben do", whole_text(kPrompt).text);
  expect(all.numbers, 3, 3);  // 7:30, 12, 12
  expect(all.names, 4, 4);    // Korsika, Ben, Ben, Anna; The, Anna, Nobody start sentences
  expect(all.answer, 3, 3);   // Anna, and, Ben; "do" is not in the contexts
}

TEST(Recall, CountsWhatIsLeft) {
  const Recall some = recall_of(kPrompt, "Anna and Ben", "ferry 12 Ben\n\nAnna\n\nWho pays 12?");
  expect(some.numbers, 1, 3);
  expect(some.names, 2, 4);
  expect(some.answer, 2, 3);
}

TEST(Recall, WhatTheQuestionSaysIsNoRecall) {
  const Recall none = recall_of(kPrompt, "12", "Who pays 12?");
  expect(none.numbers, 0, 3);
  expect(none.answer, 0, 1);
}

}  // namespace
}  // namespace lingua

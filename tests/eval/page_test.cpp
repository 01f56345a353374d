#include "eval/page.h"

#include <gtest/gtest.h>

#include "eval/fidelity_page.h"
#include "tests/contains.h"
#include "tests/eval/measurements.h"
#include "tests/without_names.h"

namespace lingua {
namespace {

// An example for each text of a measurement, the texts' prompts "p0", "p1", ...
std::vector<Example> examples_of(const Measurement& measured) {
  std::vector<Example> examples;
  for (const TextLosses& text : measured.texts) {
    Example example;
    example.messages = {{"user", "p" + text.instruction}, {"assistant", "yes"}};
    example.domain = text.domain;
    example.source = text.source;
    examples.push_back(std::move(example));
  }
  return examples;
}

// What a page may show besides the gain.
struct Beside {
  std::vector<AgreementRow> agreement = {};
  std::optional<Specificity> specificity = {};
  std::optional<GateResult> gate = {};
  std::optional<FidelityTable> fidelity = {};
};

std::string page_of(const Measurement& measured, const Beside& beside = {}) {
  const auto rows = gain_table(measured.texts, {});
  return without_names(eval_page({measured, examples_of(measured), rows, beside.agreement,
                                  beside.specificity, beside.gate, beside.fidelity}));
}

TEST(EvalPage, GainsWithTheirIntervals) {
  const auto measured = measurement(8, [](std::size_t i) { return i < 4 ? 1.0 : 0.5; });
  const std::string page = page_of(measured);
  for (const char* part :
       {"<h1>Evaluation of aligned.pt</h1>", "<strong>+0.7500</strong>",
        "2.0000 before and 1.2500 after alignment, over 80 bytes of 8 texts",
        "aria-label=\"Gain by source and domain, with 95 % intervals\"", ">domain poems</text>",
        "<td>1.0000</td><td>+1.0000</td><td>[+1.0000, +1.0000]</td>", "Improved most",
        "<blockquote dir=\"auto\">p7</blockquote>", "<dt>base</dt><dd dir=\"auto\">base</dd>",
        "<dd dir=\"auto\">dddddddddddd</dd>"}) {
    EXPECT_TRUE(contains(page, part));
  }
  EXPECT_EQ(page.find("Regression gate"), std::string::npos);
  EXPECT_EQ(page.find("Specificity"), std::string::npos);
}

TEST(EvalPage, WithoutABaseThereAreNoGains) {
  auto measured = measurement(8, [](std::size_t) { return 1.0; });
  measured.base.name = "";
  const std::string page = page_of(measured);
  EXPECT_TRUE(contains(page, "<strong>1.0000</strong> bits per byte of 80 bytes of 8 texts"));
  EXPECT_TRUE(contains(page, "<th scope=\"col\">model</th>"));
  EXPECT_EQ(page.find("gain"), std::string::npos);
  EXPECT_EQ(page.find("<svg"), std::string::npos);
}

TEST(EvalPage, AgreementBeforeAndAfter) {
  const auto measured = measurement(8, [](std::size_t) { return 1.0; });
  AgreementRow row{"teacher gemma", 8, 1200, 0.875, {0.25, 0.75}};
  const std::string alone = page_of(measured, {.agreement = {row}});
  EXPECT_TRUE(contains(alone, "<td>1,200</td><td>87.5 %</td><td>0.2500</td><td>0.7500</td>"));
  row.change = AgreementChange{{0.75, 0.5}, 0.5, {0.375, 0.625}, 0.25, {0.125, 0.375}};
  const std::string page = page_of(measured, {.agreement = {row}});
  for (const char* part : {"<h2>Agreement with the target", ">teacher gemma</text>",
                           "<td>0.7500</td><td>0.2500</td><td>[+0.3750, +0.6250]</td>",
                           "<td>0.5000</td><td>0.7500</td><td>[+0.1250, +0.3750]</td>"}) {
    EXPECT_TRUE(contains(page, part));
  }
  EXPECT_EQ(page_of(measured).find("Agreement"), std::string::npos);
}

// Two methods at two rates over three prompts.
FidelityTable fidelity() {
  const auto row = [](const char* method, double rate, double value) {
    FidelityRow one{method, rate, 3, 40.0, 40.0, value, {value - 0.125, value + 0.125}};
    one.recall.numbers = {1, 4};
    return one;
  };
  FidelityGroup all{"all", 3, 80.0, 20.0, 12.0};
  all.rows = {row("lingua", 0.5, 0.75), row("random", 0.5, 0.5), row("lingua", 0.25, 0.5),
              row("random", 0.25, 0.25)};
  all.rows[1].difference = -0.25;
  all.rows[1].difference_interval = {-0.375, -0.125};
  return {"gemma", "lingua", {all}};
}

TEST(EvalPage, FidelityAsCurvesWithIntervals) {
  const auto measured = measurement(8, [](std::size_t) { return 1.0; });
  const std::string page = page_of(measured, {.fidelity = fidelity()});
  for (const char* part :
       {"<h2>Fidelity of compression</h2>", "3 prompts of 80 tokens, read by gemma.",
        "aria-label=\"Fidelity over the share that stays, with 95 % intervals\"",
        "aria-label=\"Fidelity less that of lingua, with 95 % intervals\"", "class=\"range s2\"",
        ">random</text>",
        "<td>3</td><td>40</td><td>0.5000</td><td>[+0.3750, +0.6250]</td><td>-0.2500</td>"
        "<td>[-0.3750, -0.1250]</td><td>0.250</td><td>-</td>"}) {
    EXPECT_TRUE(contains(page, part)) << part;
  }
}

TEST(EvalPage, AMethodHasOneColourInAllPlots) {
  const std::string page = fidelity_page(fidelity(), "aligned.pt");
  const auto difference = page.find("aria-label=\"Fidelity less that of lingua");
  ASSERT_NE(difference, std::string::npos);
  const std::string plot = page.substr(difference, page.find("</svg>", difference) - difference);
  EXPECT_TRUE(contains(plot, "class=\"line s2\""));
  EXPECT_FALSE(contains(plot, "class=\"line s1\""));
}

TEST(EvalPage, FidelityAlone) {
  const std::string page = fidelity_page(fidelity(), "aligned.pt");
  EXPECT_TRUE(contains(page, "<h1>Fidelity of prompts compressed by aligned.pt</h1>"));
  EXPECT_TRUE(contains(page,
                       "<strong>0.7500</strong> of what the contexts say survives lingua at 50 %, "
                       "95 % interval [+0.6250, +0.8750]"));
}

TEST(EvalPage, SpecificityAndTheGate) {
  const auto measured = measurement(16, [](std::size_t) { return 0.5; });
  const auto baseline = measurement(16, [](std::size_t) { return 1.0; });
  const Specificity specificity{.others = {{.name = "rival.jsonl",
                                            .instructions = 16,
                                            .gain = 0.25,
                                            .target_gain = 0.5,
                                            .difference = 0.25,
                                            .interval = {0.125, 0.375}}},
                                .instructions = 16,
                                .value = 0.25,
                                .interval = {0.125, 0.375}};
  const auto gate = compare_with_baseline(measured, baseline, "gains.json", {});
  const std::string page = page_of(measured, {.specificity = specificity, .gate = gate});
  for (const char* part :
       {"<h2>Specificity</h2>", ">rival.jsonl</text>",
        "<td>16</td><td>+0.2500</td><td>+0.5000</td><td>+0.2500</td><td>[+0.1250, +0.3750]</td>",
        "<h2>Regression gate</h2>", "Fell: all by 0.5000", "<td>fell</td>",
        "lies below -0.0500 bits per byte"}) {
    EXPECT_TRUE(contains(page, part));
  }
}

}  // namespace
}  // namespace lingua

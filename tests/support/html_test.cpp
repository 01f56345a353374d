#include "support/html.h"

#include <gtest/gtest.h>

#include "tests/contains.h"

namespace lingua {
namespace {

constexpr const char* kHostile = "<script>alert('1')</script>\"><img src=x onerror=\"e()\">&amp;";
constexpr const char* kHarmless =
    "&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&quot;&gt;&lt;img src=x "
    "onerror=&quot;e()&quot;&gt;&amp;amp;";

std::size_t count(std::string_view text, std::string_view part) {
  std::size_t found = 0;
  for (auto at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) {
    ++found;
  }
  return found;
}

TEST(Html, Escaping) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"", ""},
      {"plain \u00E9 \U0001F600\n\tend", "plain \u00E9 \U0001F600\n\tend"},
      {kHostile, kHarmless},
      {"a\x01"
       "b\x7F\xC2\x85"
       "c\xFF",
       "a\uFFFDb\uFFFD\uFFFDc\uFFFD"},
      {std::string_view("a\0b", 3), "a\uFFFDb"},
      {"&#60;", "&amp;#60;"},
  };
  for (const auto& [text, expected] : cases) EXPECT_EQ(html_escaped(text), expected);
}

TEST(Html, NoPartLetsHostileTextThrough) {
  const std::string parts[] = {
      html_page(kHostile, ""),
      html_section(kHostile, ""),
      html_paragraph(kHostile),
      html_quote(kHostile),
      html_headline(kHostile, kHostile),
      html_figure("", kHostile),
      html_facts(std::vector<HtmlFact>{{kHostile, kHostile}}),
      html_table({{kHostile, kHostile}, {{kHostile, kHostile}}}),
      html_samples(std::vector<HtmlSample>{{kHostile, kHostile, kHostile, 1, 2}}, 1),
  };
  for (const std::string& part : parts) {
    EXPECT_TRUE(contains(part, "&lt;script&gt;"));
    EXPECT_EQ(count(part, "<script"), 0u) << part;
    EXPECT_EQ(count(part, "<img"), 0u) << part;
  }
}

TEST(Html, APageFetchesNothingAndFitsAPhone) {
  const std::string page = html_page("Gain", "<p>x</p>\n");
  EXPECT_EQ(page.substr(0, 16), "<!DOCTYPE html>\n");
  EXPECT_TRUE(contains(page, "<meta name=\"viewport\" content=\"width=device-width,"));
  EXPECT_TRUE(contains(page, "default-src 'none'; style-src 'unsafe-inline'"));
  EXPECT_TRUE(contains(page, "@media (prefers-color-scheme: dark)"));
  EXPECT_TRUE(contains(page, "<title>Gain</title>"));
  EXPECT_TRUE(contains(page, "<h1>Gain</h1>\n<p>x</p>\n</main>"));
  for (const char* fetching : {"http:", "https:", "url(", "src=", "href=", "@import"}) {
    EXPECT_EQ(count(page, fetching), 0u) << fetching;
  }
}

TEST(Html, PartsAsTheyAreWritten) {
  EXPECT_EQ(html_section("Gain", "<p>x</p>\n"), "<section><h2>Gain</h2>\n<p>x</p>\n</section>\n");
  EXPECT_EQ(html_headline("+0.1", "bits"),
            "<p class=\"headline\"><strong>+0.1</strong> bits</p>\n");
  EXPECT_EQ(html_facts(std::vector<HtmlFact>{{"seed", "1"}}),
            "<dl><dt>seed</dt><dd dir=\"auto\">1</dd>\n</dl>\n");
  EXPECT_EQ(
      html_table({{"text", "gain"}, {{"all", "0.5"}}}),
      "<table><thead><tr><th scope=\"col\">text</th><th scope=\"col\">gain</th></tr></thead>\n"
      "<tbody><tr><th scope=\"row\" dir=\"auto\">all</th><td data-name=\"gain\">0.5</td></tr>\n"
      "</tbody></table>\n");
  EXPECT_EQ(html_figures(std::vector<std::string>{html_figure("<svg/>", "Loss")}),
            "<div class=\"figures\"><figure><figcaption>Loss</figcaption>\n<svg/></figure>\n"
            "</div>\n");
}

HtmlSample sample(const std::string& name, double before, double after) {
  return {.label = "d.jsonl:1", .prompt = name, .answer = "yes", .before = before, .after = after};
}

// The prompts in the order of the lists.
std::string order_of(const std::string& html) {
  std::string names;
  for (std::size_t i = 0; i + 1 < html.size(); ++i) {
    if (html.compare(i, 17, "<span dir=\"auto\">") == 0) names += html[i + 17];
    if (html.compare(i, 14, "Improved least") == 0) names += '|';
  }
  return names;
}

TEST(Html, SamplesThatImprovedMostAndLeast) {
  const std::vector<HtmlSample> samples = {sample("a", 1.0, 0.9), sample("b", 1.0, 0.5),
                                           sample("c", 1.0, 1.2), sample("d", 1.0, 0.8),
                                           sample("e", 1.0, 1.0)};
  EXPECT_EQ(order_of(html_samples(samples, 2)), "bd|ce");
  EXPECT_EQ(order_of(html_samples(samples, 9)), "bda|ce");
  EXPECT_EQ(order_of(html_samples(std::span(samples).first(1), 2)), "a|");
  EXPECT_EQ(order_of(html_samples({}, 2)), "|");
  EXPECT_TRUE(contains(html_samples(samples, 1), "<b>1.000 \u2192 0.500 (-0.500)</b>"));
}

TEST(Html, LongSamplesAreShortened) {
  const std::string html = html_samples(
      std::vector<HtmlSample>{{"x", std::string(5000, 'p'), std::string(50000, 'a'), 1, 2}}, 1);
  EXPECT_LT(html.size(), 3000u);
}

}  // namespace
}  // namespace lingua

#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lingua {

// Parts of a self-contained HTML page: no network, no script, light and dark, readable from 360
// pixels on. Arguments are plain text and are escaped here, but for those called `html`.

// `text` inside an element or a quoted attribute. Line feeds and tabs stay; other control
// characters and broken UTF-8 become U+FFFD.
std::string html_escaped(std::string_view text);

// The whole page. `html` is its content.
std::string html_page(std::string_view title, std::string_view html);

std::string html_section(std::string_view heading, std::string_view html);
std::string html_paragraph(std::string_view text);

// Somebody's text, with its line feeds, in whichever direction it is written.
std::string html_quote(std::string_view text);

// The figure that matters most, in large letters, and what it is.
std::string html_headline(std::string_view figure, std::string_view text);

// A plot (support/svg.h) and what it shows.
std::string html_figure(std::string_view html, std::string_view caption);
// Figures side by side where there is room.
std::string html_figures(std::span<const std::string> html);

// Names with their values, one below the other.
struct HtmlFact {
  std::string name;
  std::string value;
};
std::string html_facts(std::span<const HtmlFact> facts);

// The first cell of a row is its name, the others are figures; each row has a cell a heading.
struct HtmlTable {
  std::vector<std::string> headings;
  std::vector<std::vector<std::string>> rows;
};
std::string html_table(const HtmlTable& table);

// A text whose loss two models give.
struct HtmlSample {
  std::string label;   // where it stands
  std::string prompt;  // shown shortened
  std::string answer;  // shown shortened
  double before = 0;   // bits per byte
  double after = 0;    // bits per byte
};
// Two lists, the `most` samples whose bits per byte fell most and those where they fell least or
// rose; no sample stands in both.
std::string html_samples(std::span<const HtmlSample> samples, std::size_t most);

}  // namespace lingua

#include <algorithm>
#include <cstdio>
#include <numeric>
#include <vector>

#include "support/html.h"
#include "support/text.h"

namespace lingua {
namespace {

constexpr std::size_t kBytesOfLabel = 90;
constexpr std::size_t kBytesOfPrompt = 600;
constexpr std::size_t kBytesOfAnswer = 1200;

std::string change_text(const HtmlSample& sample) {
  char text[80];
  std::snprintf(text, sizeof text, "%.3f \u2192 %.3f (%+.3f)", sample.before, sample.after,
                sample.after - sample.before);
  return text;
}

std::string sample_html(const HtmlSample& sample) {
  std::string html = "<details><summary><b>";
  html += html_escaped(change_text(sample));
  html += "</b> <span dir=\"auto\">";
  html += html_escaped(shortened(sample.prompt, kBytesOfLabel));
  html += "</span></summary>\n";
  html += html_paragraph(sample.label);
  html += html_quote(shortened(sample.prompt, kBytesOfPrompt));
  html += html_quote(shortened(sample.answer, kBytesOfAnswer));
  return html + "</details>\n";
}

std::string list_html(const std::string& heading, std::span<const HtmlSample> samples,
                      std::span<const std::size_t> chosen) {
  std::string html = "<h3>";
  html += html_escaped(heading);
  html += "</h3>\n";
  for (const std::size_t index : chosen) html += sample_html(samples[index]);
  return html;
}

}  // namespace

std::string html_samples(std::span<const HtmlSample> samples, std::size_t most) {
  std::vector<std::size_t> order(samples.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&samples](std::size_t a, std::size_t b) {
    return samples[a].after - samples[a].before < samples[b].after - samples[b].before;
  });
  const std::size_t improved = std::min(most, (order.size() + 1) / 2);
  const std::size_t least = std::min(most, order.size() - improved);
  std::string html = list_html("Improved most", samples, {order.data(), improved});
  std::reverse(order.begin(), order.end());
  return html + list_html("Improved least", samples, {order.data(), least});
}

}  // namespace lingua

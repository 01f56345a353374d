#include "eval/page.h"

#include "data/html_sample.h"
#include "eval/fidelity_page.h"
#include "eval/figures.h"
#include "support/html.h"
#include "support/svg.h"
#include "support/text.h"

namespace lingua {
namespace {

constexpr std::size_t kSamplesOfAList = 8;
constexpr std::size_t kHashDigits = 12;
constexpr int kMostBins = 20;

std::string count_text(std::size_t count) { return format_count(static_cast<std::int64_t>(count)); }

bool has_base(const EvalPage& page) { return !page.measured.base.name.empty(); }

std::string figure(const PlotFrame& frame, const std::string& svg) {
  return html_figure(svg, frame.title);
}

std::string headline(const EvalPage& page) {
  const GainRow& all = page.rows.front();
  const std::string over = count_text(all.bytes) + " bytes of " + format_counted(all.texts, "text");
  if (!has_base(page)) return html_headline(bits_text(all.aligned), "bits per byte of " + over);
  return html_headline(gain_text(all.gain),
                       "bits per byte gained, 95 % interval " + interval_text(all.gain_interval) +
                           ": " + bits_text(all.base) + " before and " + bits_text(all.aligned) +
                           " after alignment, over " + over);
}

std::string gain_figures(const EvalPage& page) {
  std::vector<PlotInterval> rows;
  for (const GainRow& row : page.rows) {
    rows.push_back({row.name, row.gain, row.gain_interval.low, row.gain_interval.high});
  }
  std::vector<double> gains;
  for (const TextLosses& text : page.measured.texts) {
    gains.push_back(bits_per_byte(text.base) - bits_per_byte(text.aligned));
  }
  const PlotFrame intervals = {"Gain by source and domain, with 95 % intervals",
                               "gain, bits per byte", ""};
  const PlotFrame texts = {"Gain of each text; above 0 it improved", "gain, bits per byte",
                           "texts"};
  return html_figures(
      std::vector<std::string>{figure(intervals, interval_plot(intervals, rows)),
                               figure(texts, histogram_plot(texts, histogram(gains, kMostBins)))});
}

std::string gain_table(const EvalPage& page) {
  HtmlTable table{{"bits per byte", "texts", "bytes"}, {}};
  if (has_base(page)) {
    table.headings.insert(table.headings.end(), {"base", "aligned", "gain", "95 % interval"});
  } else {
    table.headings.push_back("model");
  }
  for (const GainRow& row : page.rows) {
    auto& cells = table.rows.emplace_back(
        std::vector<std::string>{row.name, count_text(row.texts), count_text(row.bytes)});
    if (has_base(page)) cells.push_back(bits_text(row.base));
    cells.push_back(bits_text(row.aligned));
    if (!has_base(page)) continue;
    cells.push_back(gain_text(row.gain));
    cells.push_back(interval_text(row.gain_interval));
  }
  return html_table(table);
}

std::string agreement_section(std::span<const AgreementRow> rows) {
  if (rows.empty()) return "";
  std::vector<PlotInterval> changes;
  HtmlTable table{{"known", "texts", "tokens", "covered", "KL", "same first choice"}, {}};
  if (rows.front().change) {
    table.headings = {"known",   "texts",         "tokens",      "covered", "KL, base",
                      "aligned", "95 % interval", "top-1, base", "aligned", "95 % interval"};
  }
  for (const AgreementRow& row : rows) {
    auto& cells = table.rows.emplace_back(std::vector<std::string>{
        row.with, count_text(row.texts), format_count(row.tokens), percent_text(row.mass)});
    if (!row.change) {
      cells.insert(cells.end(), {bits_text(row.aligned.kl), bits_text(row.aligned.top1)});
      continue;
    }
    const AgreementChange& change = *row.change;
    cells.insert(cells.end(), {bits_text(change.base.kl), bits_text(row.aligned.kl),
                               interval_text(change.kl_interval), bits_text(change.base.top1),
                               bits_text(row.aligned.top1), interval_text(change.top1_interval)});
    changes.push_back({row.with, change.kl, change.kl_interval.low, change.kl_interval.high});
  }
  const PlotFrame frame = {"How much nearer alignment brought the next tokens",
                           "fall of the KL divergence, nats a token", ""};
  return html_section(
      "Agreement with the target's next tokens",
      html_paragraph("KL divergence from what is known of the target, in nats a token, and the "
                     "share of tokens with the same most likely token. The intervals are those of "
                     "the changes: of how far KL fell and the share grew.") +
          (changes.empty() ? "" : figure(frame, interval_plot(frame, changes))) +
          html_table(table));
}

std::string specificity_section(const std::optional<Specificity>& specificity) {
  if (!specificity) return "";
  std::vector<PlotInterval> rows = {
      {"specificity", specificity->value, specificity->interval.low, specificity->interval.high}};
  HtmlTable table{{"other LLM", "instructions", "gain", "target's", "difference", "95 % interval"},
                  {}};
  for (const OtherRow& row : specificity->others) {
    rows.push_back({row.name, row.difference, row.interval.low, row.interval.high});
    table.rows.push_back({row.name, count_text(row.instructions), gain_text(row.gain),
                          gain_text(row.target_gain), gain_text(row.difference),
                          interval_text(row.interval)});
  }
  const PlotFrame frame = {"Gain on the target's answers less that on another LLM's",
                           "difference, bits per byte", ""};
  return html_section(
      "Specificity",
      html_paragraph("Right of the dashed line the model learned this target more than the other "
                     "LLM, by answers to the same instructions.") +
          figure(frame, interval_plot(frame, rows)) + html_table(table));
}

std::string gate_section(const std::optional<GateResult>& gate) {
  if (!gate) return "";
  HtmlTable table{{"", "texts", "gain", "baseline's", "change",
                   percent_text(gate->confidence) + " interval", "verdict"},
                  {}};
  for (const GateRow& row : gate->rows) {
    table.rows.push_back({row.now.name, count_text(row.now.texts), gain_text(row.now.gain),
                          gain_text(row.baseline_gain), gain_text(row.change),
                          interval_text(row.change_interval), to_string(row.verdict)});
  }
  const std::string fell = falls_of(*gate);
  return html_section(
      "Regression gate",
      html_paragraph(fell.empty() ? "No gain fell below the baseline." : "Fell: " + fell + ".") +
          html_table(table) +
          html_paragraph("A gain fell where the interval of its change lies below " +
                         bits_text(-gate->margin) + " bits per byte."));
}

std::string samples_section(const EvalPage& page) {
  std::vector<HtmlSample> samples;
  for (const TextLosses& text : page.measured.texts) {
    samples.push_back(html_sample(page.examples[text.example], bits_per_byte(text.base),
                                  bits_per_byte(text.aligned)));
  }
  return html_section("Samples, in bits per byte", html_samples(samples, kSamplesOfAList));
}

std::string facts_section(const EvalPage& page) {
  const Measurement& measured = page.measured;
  std::vector<HtmlFact> facts = {{"model", measured.aligned.name}};
  if (has_base(page)) facts.push_back({"base", measured.base.name});
  facts.push_back({"computed in", measured.dtype});
  facts.push_back({"longest text", count_text(measured.max_length) + " tokens"});
  facts.push_back({"data, SHA-256", measured.data_sha256.substr(0, kHashDigits)});
  for (const OtherAnswers& other : measured.others) {
    facts.push_back(
        {"others", other.name + ", SHA-256 " + other.data_sha256.substr(0, kHashDigits)});
  }
  return html_section("What was measured", html_facts(facts));
}

}  // namespace

std::string eval_page(const EvalPage& page) {
  std::string html = headline(page);
  if (has_base(page)) html += html_section("Gain", gain_figures(page));
  html += gain_table(page);
  html += agreement_section(page.agreement);
  html += specificity_section(page.specificity);
  html += gate_section(page.gate);
  if (page.fidelity) html += fidelity_sections(*page.fidelity);
  if (has_base(page)) html += samples_section(page);
  html += facts_section(page);
  return html_page("Evaluation of " + page.measured.aligned.name, html);
}

}  // namespace lingua

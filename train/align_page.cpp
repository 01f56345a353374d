#include "train/align_page.h"

#include <algorithm>
#include <cstdio>

#include "data/html_sample.h"
#include "support/html.h"
#include "support/svg.h"
#include "support/text.h"

namespace lingua {
namespace {

constexpr std::size_t kSamplesOfAList = 8;
constexpr std::size_t kMostEvents = 20;
constexpr std::size_t kHashDigits = 12;
constexpr int kMostBins = 20;

std::string bits_text(double bits_per_byte) {
  char text[40];
  std::snprintf(text, sizeof text, "%.4f", bits_per_byte);
  return text;
}

// "-12.5 %".
std::string change_text(double before, double after) {
  char text[40];
  std::snprintf(text, sizeof text, "%+.1f %%", 100 * (after - before) / before);
  return text;
}

std::string count_text(const Json& count) { return format_count(count.get<int64_t>()); }

// A value of the report as a reader expects it, without JSON's quotes.
std::string plain_text(const Json& value) {
  return value.is_string() ? value.get<std::string>() : dump_json(value);
}

std::string headline(const Json& report) {
  if (!report.contains("held_out")) {
    return html_paragraph("The run ended before held-out text was measured again.");
  }
  const Json& gain = report["held_out"];
  const double before = gain["bits_per_byte_before"], after = gain["bits_per_byte_after"];
  return html_headline(bits_text(before) + " \u2192 " + bits_text(after),
                       "held-out bits per byte, before and after (" + change_text(before, after) +
                           "; " + count_text(gain["bytes"]) + " bytes of " +
                           format_counted(gain["samples"].get<std::size_t>(), "sample") + ")");
}

std::string summary(const Json& report) {
  if (!report.contains("training")) return "";
  const Json& training = report["training"];
  std::string text = format_counted(training["steps"].get<std::size_t>(), "step") + ", " +
                     count_text(training["tokens"]) + " tokens in " +
                     format_duration(training["seconds"].get<double>()) + ", " +
                     plain_text(report["dtype"]) + ", peak memory " +
                     format_bytes(training["peak_memory_bytes"].get<std::uint64_t>()) + ". " +
                     "Stopped: " + plain_text(training["stopped"]) + ".";
  if (training.contains("resumed_from")) {
    text += " Resumed after step " + count_text(training["resumed_from"]) + ".";
  }
  return html_paragraph(text);
}

std::string curve(const PlotFrame& frame, std::span<const PlotSeries> series) {
  return html_figure(line_plot(frame, series), frame.title);
}

std::string curves(const RunHistory& history) {
  std::vector<PlotSeries> loss = {{"each step", history.loss}};
  const std::size_t window = history.loss.size() / 20;
  if (window > 1) {
    loss.push_back({"mean of " + std::to_string(window), running_mean(history.loss, window)});
  }
  const PlotSeries held_out{"", history.held_out, true};
  const PlotSeries rate{"", history.learning_rate}, norm{"", history.gradient_norm};
  std::string note;
  if (!history.loss.empty() && history.loss.front().x > 1) {
    note = html_paragraph(
        "Earlier steps are not shown: the run was resumed and its --metrics file does not hold "
        "them.");
  }
  return html_figures(std::vector<std::string>{
             curve({"Training loss", "step", "nats a target token"}, loss),
             curve({"Held-out text", "step", "bits per byte"}, std::span(&held_out, 1)),
             curve({"Learning rate", "step", "rate"}, std::span(&rate, 1)),
             curve({"Gradient norm before clipping", "step", "norm"}, std::span(&norm, 1))}) +
         note;
}

using Group = std::pair<std::string, std::vector<const HeldOutText*>>;

// All texts, then those of each source and each domain where there are several.
std::vector<Group> groups_of(const std::vector<HeldOutText>& texts) {
  std::vector<Group> groups = {{"all", {}}};
  std::map<std::string, std::vector<const HeldOutText*>> sources, domains;
  for (const HeldOutText& text : texts) {
    groups[0].second.push_back(&text);
    sources[text.example->source].push_back(&text);
    domains[text.example->domain].push_back(&text);
  }
  for (const auto& [kind, members] : {std::pair{"source", sources}, {"domain", domains}}) {
    for (const auto& [name, group] : members) {
      if (members.size() < 2) break;
      groups.push_back({std::string(kind) + " " + (name.empty() ? "(none)" : name), group});
    }
  }
  return groups;
}

std::string gain_table(const std::vector<HeldOutText>& texts) {
  HtmlTable table{{"bits per byte", "texts", "bytes", "before", "after", "change"}, {}};
  for (const auto& [name, members] : groups_of(texts)) {
    std::vector<TargetLoss> before, after;
    for (const HeldOutText* text : members) {
      before.push_back(text->before);
      after.push_back(text->after);
    }
    const double from = bits_per_byte(sum(before)), to = bits_per_byte(sum(after));
    table.rows.push_back({name, format_count(static_cast<int64_t>(members.size())),
                          format_count(static_cast<int64_t>(sum(before).bytes)), bits_text(from),
                          bits_text(to), change_text(from, to)});
  }
  return html_table(table);
}

std::string held_out(const std::vector<HeldOutText>& texts) {
  if (texts.empty()) return "";
  std::vector<double> changes;
  std::vector<HtmlSample> samples;
  for (const HeldOutText& text : texts) {
    const double before = bits_per_byte(text.before), after = bits_per_byte(text.after);
    changes.push_back(after - before);
    samples.push_back(html_sample(*text.example, before, after));
  }
  const PlotFrame frame = {"Change of each text; below 0 it improved", "change, bits per byte",
                           "texts"};
  return html_section(
             "Held-out text, before and after",
             gain_table(texts) +
                 html_figure(histogram_plot(frame, histogram(changes, kMostBins)), frame.title)) +
         html_section("Samples, in bits per byte", html_samples(samples, kSamplesOfAList));
}

std::string guards(const AlignPage& page) {
  std::vector<HtmlFact> facts;
  if (page.report.contains("training")) {
    const Json& left_out = page.report["training"]["left_out"];
    facts.push_back({"spiking gradients left out", count_text(left_out["spikes"])});
    facts.push_back({"not finite, left out", count_text(left_out["non_finite"])});
  }
  const auto& events = page.history.events;
  for (std::size_t i = 0; i < std::min(events.size(), kMostEvents); ++i) {
    facts.push_back({"step " + format_count(events[i].step), events[i].what});
  }
  if (events.size() > kMostEvents) {
    facts.push_back({"and", format_counted(events.size() - kMostEvents, "step") + " more"});
  }
  return html_section("Guards", html_facts(facts));
}

std::string data(const Json& data) {
  HtmlTable table{{"", "train", "held out"}, {}};
  const auto row = [&](const char* name, const char* field) {
    table.rows.push_back(
        {name, count_text(data["train"][field]), count_text(data["held_out"][field])});
  };
  row("examples", "examples");
  row("samples", "samples");
  row("cut", "cut");
  row("left out as too long", "dropped");
  row("left out, nothing to learn", "unmarked");
  row("left out, cut before the answer", "without_target");
  row("tokens", "tokens");
  row("target tokens", "target_tokens");
  row("target bytes", "target_bytes");
  row("median length, tokens", "median_length");
  row("greatest length, tokens", "max_length");
  std::vector<HtmlFact> facts;
  for (const char* list : {"files", "eval_files"}) {
    if (!data.contains(list)) continue;
    for (const Json& file : data[list]) {
      facts.push_back({list == std::string("files") ? "--data" : "--eval-data",
                       plain_text(file["path"]) + ", SHA-256 " +
                           file["sha256"].get<std::string>().substr(0, kHashDigits)});
    }
  }
  for (const char* name : {"bad_lines", "blank_lines", "duplicates", "near_empty"}) {
    std::string label = name;
    std::replace(label.begin(), label.end(), '_', ' ');
    facts.push_back({label, count_text(data[name])});
  }
  return html_section("Data", html_table(table) + html_facts(facts));
}

std::string settings(const AlignPage& page) {
  std::vector<HtmlFact> facts = {{"lingua", plain_text(page.report["lingua"])},
                                 {"--base", plain_text(page.report["base"])},
                                 {"computed in", plain_text(page.report["dtype"])},
                                 {"weights trained", count_text(page.report["weights"])}};
  for (const auto& [name, value] : page.settings) {
    if (!value.empty()) facts.push_back({name, value});
  }
  return html_section("Options", html_facts(facts));
}

}  // namespace

std::string align_page(const AlignPage& page) {
  return html_page("Alignment of " + plain_text(page.report["base"]),
                   headline(page.report) + summary(page.report) +
                       html_section("Curves", curves(page.history)) + held_out(page.texts) +
                       guards(page) + data(page.report["data"]) + settings(page));
}

}  // namespace lingua

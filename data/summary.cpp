#include "data/summary.h"

#include <algorithm>
#include <bit>
#include <cstdint>

#include "support/text.h"

namespace lingua {
namespace {

constexpr std::size_t kBarWidth = 40;  // characters

std::string number(std::size_t value) { return format_count(static_cast<std::int64_t>(value)); }

std::string padded(const std::string& text, std::size_t width) {
  return std::string(width - std::min(width, text.size()), ' ') + text;
}

void add_lengths(DataSummary& summary, std::vector<std::size_t> lengths) {
  if (lengths.empty()) return;
  std::sort(lengths.begin(), lengths.end());
  summary.min_length = lengths.front();
  summary.median_length = lengths[(lengths.size() - 1) / 2];
  summary.max_length = lengths.back();
  const std::size_t last = std::bit_ceil(summary.max_length);
  for (std::size_t upper = std::bit_ceil(summary.min_length); upper <= last; upper *= 2) {
    const auto begin = std::upper_bound(lengths.begin(), lengths.end(), upper / 2);
    const auto end = std::upper_bound(lengths.begin(), lengths.end(), upper);
    summary.histogram.emplace_back(upper, static_cast<std::size_t>(end - begin));
  }
}

std::string histogram_text(const DataSummary& summary) {
  std::size_t most = 1;
  for (const auto& [upper, count] : summary.histogram) most = std::max(most, count);
  std::string text;
  for (const auto& [upper, count] : summary.histogram) {
    text += "  up to " + padded(number(upper), 9) + padded(number(count), 9) + "  " +
            std::string((count * kBarWidth + most - 1) / most, '#') + '\n';
  }
  return text;
}

std::string domains_text(const DataSummary& summary) {
  std::string text;
  for (const auto& [name, domain] : summary.by_domain) {
    text += "  " + (name.empty() ? "(no domain)" : shortened(printable(name), 40)) + ": " +
            format_counted(domain.samples, "sample") + ", " +
            format_counted(domain.tokens, "token") + ", " +
            format_counted(domain.target_tokens, "target") + '\n';
  }
  return text;
}

}  // namespace

DataSummary summarize(std::span<const Example> examples, const SampleSet& set) {
  DataSummary summary;
  summary.examples = examples.size();
  summary.samples = set.samples.size();
  summary.cut = set.cut;
  summary.dropped = set.dropped;
  summary.unmarked = set.unmarked;
  summary.without_target = set.without_target;
  std::vector<std::size_t> lengths;
  for (const Sample& sample : set.samples) {
    lengths.push_back(sample.ids.size());
    summary.tokens += sample.ids.size();
    summary.target_tokens += sample.target_tokens;
    summary.target_bytes += sample.target_bytes;
    DomainSummary& domain = summary.by_domain[examples[sample.example].domain];
    ++domain.samples;
    domain.tokens += sample.ids.size();
    domain.target_tokens += sample.target_tokens;
  }
  add_lengths(summary, std::move(lengths));
  return summary;
}

std::string lengths_text(const DataSummary& summary) {
  const std::string text = "tokens a sample: " + number(summary.min_length) + " to " +
                           number(summary.max_length) + ", median " +
                           number(summary.median_length) + '\n' + histogram_text(summary);
  return summary.by_domain.size() > 1 ? text + domains_text(summary) : text;
}

Json to_json(const DataSummary& summary) {
  Json json = {{"examples", summary.examples},
               {"samples", summary.samples},
               {"cut", summary.cut},
               {"dropped", summary.dropped},
               {"unmarked", summary.unmarked},
               {"without_target", summary.without_target},
               {"tokens", summary.tokens},
               {"target_tokens", summary.target_tokens},
               {"target_bytes", summary.target_bytes},
               {"min_length", summary.min_length},
               {"median_length", summary.median_length},
               {"max_length", summary.max_length},
               {"histogram", Json::array()},
               {"by_domain", Json::object()}};
  for (const auto& [upper, count] : summary.histogram) {
    json["histogram"].push_back({{"up_to", upper}, {"samples", count}});
  }
  for (const auto& [name, domain] : summary.by_domain) {
    json["by_domain"][name] = {{"samples", domain.samples},
                               {"tokens", domain.tokens},
                               {"target_tokens", domain.target_tokens}};
  }
  return json;
}

std::string show_sample(const Sample& sample, const Tokenizer& tokenizer, bool colour) {
  const std::string open = colour ? "\x1b[32m" : "\u00AB";
  const std::string close = colour ? "\x1b[0m" : "\u00BB";
  const std::span<const TokenId> ids = sample.ids;
  std::string text;
  for (std::size_t begin = 0; begin < ids.size();) {
    std::size_t end = begin;
    while (end < ids.size() && sample.target[end] == sample.target[begin]) ++end;
    const std::string run = printable(tokenizer.decode(ids.subspan(begin, end - begin)), true);
    text += sample.target[begin] != 0 ? open + run + close : run;
    begin = end;
  }
  return text;
}

}  // namespace lingua

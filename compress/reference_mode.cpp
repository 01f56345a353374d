#include "compress/reference_mode.h"

#include <algorithm>

#include "compress/option_names.h"
#include "compress/reference_arguments.h"
#include "compress/reference_contexts.h"
#include "compress/reference_prefix.h"
#include "compress/reference_text.h"
#include "compress/reference_tokens.h"
#include "support/error.h"

namespace lingua {
namespace {

constexpr const char* kBreak = "\n\n";

// The arguments of the prompt and of the command line, which comes first.
ReferenceArguments arguments_of(const Prompt& prompt, const CompressOptions& options) {
  const auto budget = [](const std::optional<double>& rate, const std::optional<int64_t>& target) {
    Json json;
    if (rate) json = {{"rate", *rate}, {"target_token", -1}};
    if (target) json = {{"target_token", *target}};
    return json;
  };
  const Json of_prompt =
      prompt.arguments.is_null() ? budget(prompt.rate, prompt.target_tokens) : prompt.arguments;
  const Json of_options = budget(options.rate, options.target_tokens);
  return reference_arguments({&of_prompt, &options.reference_arguments, &of_options});
}

// Bytes of the joined contexts that stay, and what was found about all tokens there.
struct Filtered {
  std::vector<ByteRange> kept;
  std::vector<JudgedToken> judged;
};

class Reference {
 public:
  Reference(const Prompt& prompt, const CompressOptions& options, const Tokenizer& tokenizer,
            const LanguageModel& model)
      : prompt_(prompt),
        arguments_(arguments_of(prompt, options)),
        quirks_(quirks_without(options.fixed_quirks)),
        tokenizer_(tokenizer),
        model_(model),
        contexts_(prompt.context) {
    if (contexts_.empty()) contexts_ = {" "};
    if (arguments_.rank_method == ReferenceRanker::kLongLlmlingua && prompt.question.empty()) {
      throw Error(ErrorKind::kData, "rank_method longllmlingua needs a question",
                  "add one, or rank by llmlingua");
    }
  }

  CompressResult run() {
    CompressResult result;
    result.mode = mode_name(CompressMode::kReference);
    result.original = whole_text(prompt_).text;
    result.origin_tokens = tokens(stripped(whole()));
    const double target = target_token();
    const ReferenceContexts chosen = choose(target);
    const JoinedContexts joined = join_contexts(contexts_, chosen.indices);
    Filtered filtered = {{{0, joined.text.size()}}, {}};
    std::string text = joined.text;
    if (arguments_.use_token_level_filter) {
      filtered = filter(chosen, joined.text, target);
      if (quirks_.closed_spaces) filtered.kept = without_loose_spaces(joined.text, filtered.kept);
      text = readable(joined.text, filtered.kept);
    }
    result.compressed_prompt = assembled(text);
    result.compressed_tokens = tokens(result.compressed_prompt);
    result.kept = kept_of_prompt(prompt_, joined, filtered.kept, arguments_.concate_question);
    describe(result, joined, filtered.judged);
    if (extract(result.original, result.kept) != result.compressed_prompt) result.kept.clear();
    return result;
  }

 private:
  int64_t tokens(const std::string& text) const {
    return static_cast<int64_t>(tokenizer_.encode_ids(text).size());
  }

  std::vector<int64_t> lengths() const {
    std::vector<int64_t> result;
    for (const auto& context : contexts_) result.push_back(tokens(context));
    return result;
  }

  std::string whole() const {
    std::string text = prompt_.instruction;
    for (const auto& context : contexts_) text += kBreak + context;
    return text + kBreak + prompt_.question;
  }

  // Tokens that the contexts may have; below 0 when instruction and question alone have more.
  double target_token() const {
    if (arguments_.target_token != -1) return arguments_.target_token;
    const auto instruction = static_cast<double>(tokens(prompt_.instruction));
    const auto question = static_cast<double>(tokens(prompt_.question));
    double all = instruction + question;
    for (const int64_t length : lengths()) all += static_cast<double>(length);
    return all * arguments_.rate - instruction - (arguments_.concate_question ? question : 0);
  }

  ReferenceContexts choose(double target) const {
    if (contexts_.size() < 2 || !arguments_.use_context_level_filter) {
      return all_contexts(contexts_.size());
    }
    const auto ranking = rank_contexts(contexts_, prompt_.question, arguments_, tokenizer_, model_);
    return filter_contexts(ranking, lengths(), target, arguments_, quirks_);
  }

  // Parts and fates; empty contexts have no place in the prompt's text.
  void describe(CompressResult& result, const JoinedContexts& joined,
                const std::vector<JudgedToken>& judged) const {
    if (contexts_ != prompt_.context || std::count(contexts_.begin(), contexts_.end(), "") > 0)
      return;
    const Layout layout = lay_out(prompt_, tokenizer_);
    for (const auto& part : layout.parts) result.parts.push_back({part.kind, part.bytes});
    result.tokens = reference_fates(layout, joined, judged, result.kept);
  }

  // What the token filter leaves of the joined contexts.
  Filtered filter(const ReferenceContexts& chosen, const std::string& joined, double target) const {
    std::string prefix;
    ReferenceText text;
    if (arguments_.has_condition) {
      prefix = prefix_within_context(question_prefix(), arguments_.iterative_size,
                                     model_.context_tokens, tokenizer_) +
               kBreak;
      text.start = prefix_tokens(prefix, contexts_[chosen.indices.front()], tokenizer_);
    }
    Encoding encoding = tokenizer_.encode(prefix + joined);
    text.start = std::min(text.start, encoding.ids.size());
    text.ids = std::move(encoding.ids);
    text.contrastive = arguments_.condition_compare;
    text.keep_split = arguments_.keep_split;
    text.segment_tokens = arguments_.iterative_size;
    std::vector<int64_t> kept_lengths;
    for (const std::size_t index : chosen.indices) kept_lengths.push_back(tokens(contexts_[index]));
    text.schedule = rate_schedule(kept_lengths, chosen.deltas, target, text.segment_tokens,
                                  quirks_.short_first_segment);
    std::vector<Judgement> judgements;
    const auto left = filter_tokens(text, quirks_, model_, &judgements);
    // Of a token that reaches over the end of the prefix, what is beyond it.
    const auto at = [&](std::size_t byte) { return std::max(byte, prefix.size()) - prefix.size(); };
    Filtered filtered;
    for (std::size_t token = 0; token < judgements.size(); ++token) {
      const ByteRange& range = encoding.ranges[token];
      filtered.judged.push_back({{at(range.begin), at(range.end)}, judgements[token]});
    }
    for (const std::size_t token : left) {
      const ByteRange& bytes = filtered.judged[token].bytes;
      if (bytes.begin < bytes.end) filtered.kept.push_back(bytes);
    }
    return filtered;
  }

  std::string question_prefix() const {
    if (!arguments_.add_instruction) return prompt_.question;
    return prompt_.question + kBreak + prompt_.instruction;
  }

  std::string readable(const std::string& joined, const std::vector<ByteRange>& kept) const {
    std::string text =
        mend_characters(extract(joined, kept), quirks_.cut_characters ? "\uFFFD" : "");
    for (const std::string mark : {"<s> ", "<s>"}) {
      for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark, at)) {
        text.erase(at, mark.size());
      }
    }
    return text;
  }

  std::string assembled(const std::string& compressed) const {
    std::string text = prompt_.instruction;
    const auto append = [&text](const std::string& part) {
      if (!text.empty()) text += kBreak;
      text += part;
    };
    if (!stripped(compressed).empty()) append(compressed);
    if (arguments_.concate_question && !prompt_.question.empty()) append(prompt_.question);
    return text;
  }

  const Prompt& prompt_;
  ReferenceArguments arguments_;
  ReferenceQuirks quirks_;
  const Tokenizer& tokenizer_;
  const LanguageModel& model_;
  std::vector<std::string> contexts_;
};

}  // namespace

CompressResult compress_like_reference(const Prompt& prompt, const CompressOptions& options,
                                       const Tokenizer& tokenizer, const LanguageModel& model) {
  return Reference(prompt, options, tokenizer, model).run();
}

}  // namespace lingua

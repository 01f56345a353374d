#ifndef LINGUA_COMPRESS_H
#define LINGUA_COMPRESS_H

// Compresses prompts to a token budget with a small language model, in-process. C++17 or later;
// link with the CMake target lingua::lingua.
//
//   lingua::Compressor compressor("aligned.pt");
//   lingua::Settings settings;
//   settings.rate = 0.5;
//   lingua::Compressed result = compressor.compress("A long text...", settings);
//   std::cout << result.text;
//
// All text is UTF-8. Losses are negative log-likelihoods in nats. Bytes are offsets into
// Compressed::original.

#include <lingua/api.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace lingua {

// Whose fault a failure is. The values are those of lingua_status (lingua/lingua.h) and the exit
// codes of the commands.
enum class FailureKind {
  kInternal = 1,  // a defect of lingua or of a library below it
  kUsage = 2,     // settings that contradict each other or are out of range
  kData = 3,      // a prompt that cannot be used, or a budget that it cannot meet
  kModel = 4,     // a model that cannot be found or read
};

// What everything below throws, apart from std::bad_alloc. what() says what is wrong and with which
// value, hint() how to mend it; the latter may be empty.
class LINGUA_API Failure : public std::runtime_error {
 public:
  Failure(FailureKind kind, const std::string& message, std::string hint);
  ~Failure() override;

  FailureKind kind() const { return kind_; }
  const std::string& hint() const { return hint_; }

 private:
  FailureKind kind_;
  std::string hint_;
};

struct ModelSettings {
  // "fp32", "bf16", or "auto", which takes bf16 where a short measurement shows it clearly faster.
  // Losses differ a little between the two: name one for results that are equal on all machines.
  std::string dtype = "auto";
  // Threads that one call computes with, 0 to 1024; 0 takes all processors of the process. It holds
  // for the whole process, libtorch knows no other way; the model that was loaded last decides.
  int threads = 0;
  // Where to compute: "cpu", "cuda" (the first GPU) or "cuda:N"; a GPU needs a libtorch with CUDA.
  std::string device = "cpu";
};

// A prompt in parts, joined by blank lines. Instruction and question stay whole unless
// Settings::instruction_rate and question_rate say otherwise. Any part may be empty, not all of the
// context.
struct Request {
  std::string instruction;
  std::vector<std::string> context;  // demonstrations, documents, turns
  std::string question;
};

struct Settings {
  // The budget, of the whole output: a share of the prompt's tokens in (0, 1], or a number of
  // tokens of at least 1. Not both; without either half of the tokens remain.
  std::optional<double> rate;
  std::optional<std::int64_t> target_tokens;

  // "lingua": one pass of the model, one budget, whole words. "paper": budget controller and ITPC
  // of arXiv 2310.05736. "reference": what the Python package llmlingua 0.2.2 does; its target is
  // the contexts' alone.
  std::string mode = "lingua";
  std::string units;            // "token", "word" or "phrase"; "": word in lingua mode, token in
                                // paper mode
  double instruction_rate = 1;  // share of the instruction that remains, in (0, 1]
  double question_rate = 1;     // the same of the question
  // Another tokenizer that the budget and all counts are in: what lingua-compress takes as
  // --budget-tokenizer. It is read once for a Compressor. "": the model's.
  std::string budget_tokenizer;

  // What is dropped: whole contexts, whole sentences, then tokens. Not all of them off.
  bool demonstration_level = true;
  bool token_level = true;
  std::optional<bool> sentence_level;  // unset: off, unless `rank` "auto" chooses
  std::optional<double> granularity;   // contexts may have so many times their budget before
                                       // sentences and tokens are dropped, in [1, 100];
                                       // unset: 2, or what "auto" chooses
  std::optional<double> sentence_granularity;  // the same of sentences; unset: 1.4, or as above
  std::int64_t keep_sentences = 0;    // the best of each context that the sentence level keeps
  std::int64_t segment_tokens = 100;  // paper mode: tokens that share a threshold, in [1, 65536]

  // What tokens of contexts compete with: "loss", "question" (given the question too) or "contrast"
  // (the first less the second).
  std::string score = "loss";
  // "low" and "auto": in lingua mode the model neither scores nor sees contexts that were dropped
  // without its losses, by any rank but "perplexity", and of a long prompt a token sees the last
  // 2048 tokens and the first 256; "high": it scores and sees all.
  std::string effort = "auto";
  // Which contexts are dropped last: "perplexity", "question", "bm25", "embedding", "given" or
  // "auto" (in lingua mode with a question and several contexts, or blank lines in a single one,
  // BM25, whole contexts and sentences before words; else perplexity);
  // their order in the output: "given", "rank" or "ends"; and how much more of the best than of the
  // middle one remains, in [0, 1].
  std::string rank = "auto";
  std::string reorder = "given";
  double dynamic_ratio = 0;

  // "plain"; "tagged": <llmlingua> tags; "json": contexts are JSON documents and stay so, by rules
  // for keys in JSON, such as {"text": {"rate": 0.3}, "id": {"compress": false}}; "": none.
  std::string form = "plain";
  std::string json_rules;
  bool compress_system = false;  // system messages of conversations are shortened like others

  // What stays wherever it stands; the budget counts it.
  std::vector<std::string> keep;            // Perl-compatible patterns
  std::vector<std::string> keep_tokens;     // literal texts, none empty
  bool keep_digits = false;                 // words with a digit
  std::vector<std::string> protect;         // "code", "urls", "numbers", "placeholders"
  std::vector<std::int64_t> keep_contexts;  // as they are, counted from 0; of a conversation these
                                            // are messages
  std::vector<std::int64_t> require_contexts;  // not dropped as a whole; counted alike
  std::int64_t keep_first_sentences = 0;       // of each context
  std::int64_t keep_last_sentences = 0;

  std::string reference_arguments;  // reference mode: a JSON object of the package's own arguments
  std::vector<std::string> fixed_quirks;  // reference mode: names of quirks that are switched off
};

// Bytes [begin, end).
struct Span {
  std::size_t begin = 0;
  std::size_t end = 0;
};

// What became of a token of the prompt. Losses are NaN where there is none.
struct TokenRecord {
  std::int32_t id = 0;
  Span bytes;
  float loss = 0;         // of the token given everything that the model saw before it
  float given = 0;        // the same with the question before it, where `score` asks for it
  float score = 0;        // what its word or character competed with: mean losses, perhaps smoothed
  float threshold = 0;    // what the score had to reach
  const char* fate = "";  // "forced", "kept", "filled" (kept below the threshold, the budget had
                          // room), "dropped", "no_room" (dropped, the budget had none) or
                          // "dropped_whole" (with its context or sentence); never to be freed
};

struct Compressed {
  std::string text;                           // the compressed prompt
  std::int64_t origin_tokens = 0;             // of the prompt, in the model's tokens
  std::int64_t compressed_tokens = 0;         // of `text`, encoded anew
  std::optional<std::int64_t> target_tokens;  // the budget; none in reference mode
  bool budget_met = true;  // within two tokens or 1 %; what must stay may prevent it
  std::string original;    // the prompt as one text, in the order of the output
  std::vector<std::size_t> context_order;  // of contexts that are not empty, where reordered
  std::vector<Span> kept;                  // in order; they rebuild `text`
  std::vector<TokenRecord> tokens;  // cover `original` in order; empty in reference mode for a
                                    // prompt with an empty context

  // Tokens of the prompt for one of the output, and the share that remains; 0 where there are none.
  double ratio() const { return quotient(origin_tokens, compressed_tokens); }
  double rate() const { return quotient(compressed_tokens, origin_tokens); }

 private:
  static double quotient(std::int64_t above, std::int64_t below) {
    return below == 0 ? 0 : static_cast<double>(above) / static_cast<double>(below);
  }
};

// A loaded model. Any number of threads may call the const functions of one object at a time, and
// get what one after the other would get: a call shares nothing with another but the model.
class LINGUA_API Compressor {
 public:
  // `model` is an aligned.pt, a Hugging Face directory, a GGUF file, or the name of a model that
  // scripts/setup fetched, such as "smollm2-135m-instruct". Throws Failure(kModel), or (kUsage) for
  // settings that cannot be.
  explicit Compressor(const std::string& model, const ModelSettings& settings = {});
  Compressor(Compressor&&) noexcept;
  Compressor& operator=(Compressor&&) noexcept;
  ~Compressor();

  // The same input gives the same output. Throws Failure: kUsage for settings, kData for a prompt
  // without context or not UTF-8 and for a budget that what must stay exceeds.
  Compressed compress(const Request& request, const Settings& settings = {}) const;

  // A bare text: all of it may be shortened, its blank lines separate contexts.
  Compressed compress(const std::string& text, const Settings& settings = {}) const;

  // A conversation: the JSON of a request with "messages", or of a list of messages. Gives it back
  // with shorter messages and all else as it was. What is said of it is in the numbers of the
  // result, whose `original` and `text` are the texts of all messages.
  std::string compress_messages(const std::string& request, const Settings& settings = {},
                                Compressed* result = nullptr) const;

 private:
  struct Loaded;
  std::unique_ptr<Loaded> loaded_;
};

// A response to a compressed prompt with spans of the original in the place of the words that it
// shares with the compressed one. `kept` are those of the result.
LINGUA_API std::string recover(const std::string& response, const std::string& original,
                               const std::vector<Span>& kept);

// "0.1.0"
LINGUA_API const char* version();

}  // namespace lingua

#endif

#include "compress/reference_arguments.h"

#include <charconv>
#include <cmath>
#include <functional>
#include <map>

#include "support/error.h"

namespace lingua {
namespace {

[[noreturn]] void refuse(const std::string& name, const std::string& wanted, const Json& value) {
  std::string shown = dump_json(value);
  if (shown.size() > 60) shown = value.type_name();
  throw Error(ErrorKind::kData, "args: \"" + name + "\" is " + shown + ", not " + wanted);
}

double number(const std::string& name, const Json& value, double least, double most) {
  const std::string wanted = "a number in [" + dump_json(least) + ", " + dump_json(most) + "]";
  if (!value.is_number()) refuse(name, wanted, value);
  const double result = value.get<double>();
  if (!(result >= least && result <= most)) refuse(name, wanted, value);
  return result;
}

int64_t whole(const std::string& name, const Json& value, int64_t least, int64_t most) {
  const auto result = number(name, value, static_cast<double>(least), static_cast<double>(most));
  if (result != std::floor(result)) refuse(name, "a whole number", value);
  return static_cast<int64_t>(result);
}

bool truth(const std::string& name, const Json& value) {
  if (!value.is_boolean()) refuse(name, "true or false", value);
  return value.get<bool>();
}

std::string text(const std::string& name, const Json& value) {
  if (!value.is_string()) refuse(name, "a string", value);
  return value.get<std::string>();
}

std::vector<int64_t> indices(const std::string& name, const Json& value) {
  if (!value.is_array()) refuse(name, "a list of context numbers", value);
  std::vector<int64_t> result;
  for (const Json& one : value) result.push_back(whole(name, one, 0, INT32_MAX));
  return result;
}

void set_condition(ReferenceArguments& arguments, const std::string& name, const Json& value) {
  std::string mode = text(name, value);
  const std::string mark = "_condition";
  if (const auto at = mode.find(mark); at != std::string::npos) {
    arguments.has_condition = true;
    mode.erase(at, mark.size());
  }
  if (mode == "none") {
    arguments.condition_in_question = ReferenceCondition::kNone;
  } else if (mode == "before") {
    arguments.condition_in_question = ReferenceCondition::kBefore;
  } else if (mode == "after") {
    arguments.condition_in_question = ReferenceCondition::kAfter;
  } else {
    refuse(name, "none, before or after, with _condition or without", value);
  }
}

// Any other word than these two leaves the contexts in the order of their rank.
ReferenceReorder reorder_of(const std::string& word) {
  if (word == "original") return ReferenceReorder::kOriginal;
  return word == "two_stage" ? ReferenceReorder::kTwoStage : ReferenceReorder::kRank;
}

void set_ranker(ReferenceArguments& arguments, const std::string& name, const Json& value) {
  static const std::map<std::string, ReferenceRanker> known = {
      {"llmlingua", ReferenceRanker::kLlmlingua},
      {"longllmlingua", ReferenceRanker::kLongLlmlingua},
      {"bm25", ReferenceRanker::kBm25},
      {"gzip", ReferenceRanker::kGzip}};
  const auto found = known.find(text(name, value));
  if (found == known.end()) {
    refuse(name, "llmlingua, longllmlingua, bm25 or gzip, the rankers without another model",
           value);
  }
  arguments.rank_method = found->second;
}

using Setter = std::function<void(ReferenceArguments&, const std::string&, const Json&)>;

template <class T>
Setter truth_of(T field) {
  return [field](ReferenceArguments& arguments, const std::string& name, const Json& value) {
    arguments.*field = truth(name, value);
  };
}

// Arguments that change nothing as long as they have this value.
Setter only(Json allowed) {
  return [allowed = std::move(allowed)](ReferenceArguments&, const std::string& name,
                                        const Json& value) {
    if (value != allowed) refuse(name, dump_json(allowed) + ", all that reference mode has", value);
  };
}

// The sentence level is off, so its knobs change nothing.
void pass_over(ReferenceArguments&, const std::string&, const Json&) {}

const std::map<std::string, Setter>& setters() {
  using Arguments = ReferenceArguments;
  using Name = const std::string&;
  static const std::map<std::string, Setter> table = {
      {"rate", [](Arguments& a, Name n, const Json& v) { a.rate = number(n, v, 0, 1); }},
      {"target_token",
       [](Arguments& a, Name n, const Json& v) { a.target_token = number(n, v, -1, 1e12); }},
      {"iterative_size",
       [](Arguments& a, Name n, const Json& v) { a.iterative_size = whole(n, v, 1, 65536); }},
      {"force_context_ids",
       [](Arguments& a, Name n, const Json& v) { a.force_context_ids = indices(n, v); }},
      {"force_context_number",
       [](Arguments& a, Name n, const Json& v) {
         a.force_context_number = whole(n, v, 0, INT32_MAX);
       }},
      {"use_context_level_filter", truth_of(&Arguments::use_context_level_filter)},
      {"use_token_level_filter", truth_of(&Arguments::use_token_level_filter)},
      {"keep_split", truth_of(&Arguments::keep_split)},
      {"context_budget",
       [](Arguments& a, Name n, const Json& v) {
         a.context_budget = parse_context_budget(text(n, v));
       }},
      {"condition_in_question", set_condition},
      {"reorder_context",
       [](Arguments& a, Name n, const Json& v) { a.reorder_context = reorder_of(text(n, v)); }},
      {"dynamic_context_compression_ratio",
       [](Arguments& a, Name n, const Json& v) {
         a.dynamic_context_compression_ratio = number(n, v, 0, 1);
       }},
      {"condition_compare", truth_of(&Arguments::condition_compare)},
      {"add_instruction", truth_of(&Arguments::add_instruction)},
      {"rank_method", set_ranker},
      {"concate_question", truth_of(&Arguments::concate_question)},
      {"use_sentence_level_filter", only(false)},
      {"keep_first_sentence", pass_over},
      {"keep_last_sentence", pass_over},
      {"keep_sentence_number", pass_over},
      {"high_priority_bonus", pass_over},
      {"token_budget_ratio", pass_over},
      {"strict_preserve_uncompressed", pass_over},
  };
  return table;
}

// What one argument means for another, once all are known.
void settle(ReferenceArguments& arguments) {
  if (arguments.condition_compare) arguments.has_condition = true;
  const bool plain = arguments.condition_in_question == ReferenceCondition::kNone;
  if (arguments.rank_method == ReferenceRanker::kLlmlingua) {
    arguments.condition_in_question = ReferenceCondition::kNone;
  } else if (arguments.rank_method == ReferenceRanker::kLongLlmlingua && plain &&
             !arguments.has_condition) {
    arguments.condition_in_question = ReferenceCondition::kAfter;
  }
}

}  // namespace

ContextBudget parse_context_budget(const std::string& text) {
  ContextBudget budget;
  const bool possible = text.size() > 1 && std::string("+-*/").find(text[0]) != std::string::npos;
  if (possible) {
    const auto parsed = std::from_chars(text.data() + 1, text.data() + text.size(), budget.number);
    budget.operation = text[0];
    const bool whole = parsed.ec == std::errc() && parsed.ptr == text.data() + text.size();
    const bool divides = budget.operation != '/' || budget.number != 0;
    if (whole && divides && std::isfinite(budget.number)) return budget;
  }
  throw Error(ErrorKind::kData, "args: \"context_budget\" is \"" + text + "\", no context budget",
              "write +, -, * or / and a number, for example +100 or *2");
}

double apply(const ContextBudget& budget, double target) {
  switch (budget.operation) {
    case '-':
      return target - budget.number;
    case '*':
      return target * budget.number;
    case '/':
      return target / budget.number;
    default:
      return target + budget.number;
  }
}

ReferenceArguments reference_arguments(const std::vector<const Json*>& objects) {
  ReferenceArguments arguments;
  for (const Json* object : objects) {
    if (object->is_null()) continue;
    if (!object->is_object()) {
      throw Error(ErrorKind::kData, std::string("args is no object but ") + object->type_name());
    }
    for (const auto& [name, value] : object->items()) {
      const auto setter = setters().find(name);
      if (setter == setters().end()) {
        throw Error(ErrorKind::kData, "args: \"" + name + "\" is no argument of reference mode");
      }
      if (!value.is_null()) setter->second(arguments, name, value);
    }
  }
  settle(arguments);
  return arguments;
}

}  // namespace lingua

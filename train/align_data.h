#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "data/summary.h"
#include "data/template.h"
#include "model/loader.h"
#include "train/align.h"

namespace lingua {

// Examples on both sides of the split, before a tokenizer is known.
struct AlignExamples {
  std::vector<Example> train;
  std::vector<Example> held_out;
  ReadResult read;           // counts of the training files (its examples moved out)
  ReadResult held_out_read;  // the same of options.eval_data
  // Held-out examples out of options.eval_data whose prompt is in the training data too.
  std::size_t known_prompts = 0;
};

// Both sides as samples of a model. With options.overfit_one_batch the training side is the first
// step's samples, each so heavy that an epoch has as many steps as before.
struct AlignSamples {
  SampleSet train;
  SampleSet held_out;
};

// The template that options.chat_template names for `base`, with options.system for conversations
// without a system turn. Throws as choose_template().
ChatTemplate choose_align_template(const AlignOptions& options, const Model& base);

AlignExamples read_align_examples(const AlignOptions& options);

AlignSamples make_align_samples(const AlignExamples& examples, const Tokenizer& tokenizer,
                                const ChatTemplate& chat, const AlignOptions& options);

// Shows the first samples by `show`, and in a dry run the table of all counts; else the table goes
// to standard error unless all is quiet.
void present(const AlignOptions& options, const AlignExamples& examples,
             const AlignSamples& samples, const ChatTemplate& chat, const Tokenizer& tokenizer,
             const std::function<void(const std::string&)>& show);

// The "data" part of the report: files with their SHA-256, counts of everything that was read,
// passed over, cut or left out.
Json describe_data(const AlignOptions& options, const AlignExamples& examples,
                   const AlignSamples& samples);

// options.base, read or made, with the layers that are to be kept.
Model make_base(const AlignOptions& options, std::span<const Example> train);

}  // namespace lingua

#pragma once

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
  ReadResult read;  // counts of the training files (its examples moved out)
};

// Both sides as samples of a model.
struct AlignSamples {
  SampleSet train;
  SampleSet held_out;
};

AlignExamples read_align_examples(const AlignOptions& options);

AlignSamples make_align_samples(const AlignExamples& examples, const Tokenizer& tokenizer,
                                const ChatTemplate& chat, const AlignOptions& options);

// The "data" part of the report: files with their SHA-256, counts of everything that was read,
// passed over, cut or left out.
Json describe_data(const AlignOptions& options, const AlignExamples& examples,
                   const AlignSamples& samples);

// options.base, read or made.
Model make_base(const AlignOptions& options, std::span<const Example> train);

}  // namespace lingua

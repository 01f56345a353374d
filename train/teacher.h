#pragma once

#include <ATen/core/ScalarType.h>

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "data/teacher_samples.h"
#include "data/template.h"
#include "model/decoder.h"
#include "model/loader.h"

namespace lingua {

// A model to learn from, laid out for running without gradients.
struct Teacher {
  Decoder decoder;
  std::shared_ptr<const Tokenizer> tokenizer;
  ChatTemplate chat;
  std::string source;           // path that it was read from
  bool same_tokenizer = false;  // reads the ids of the model that learns as they are
};

// Lays out `model` in `dtype` for a model that learns with `tokenizer`. Throws Error(kModel).
Teacher make_teacher(Model model, at::ScalarType dtype, const Tokenizer& tokenizer,
                     const at::Device& device = at::kCPU);

// How it reads text. Valid as long as the teacher.
TeacherText text_of(const Teacher& teacher);

// What the teacher would go on with at each place, softmax(logits / temperature), as tokens of the
// model that learns: `samples` are that teacher's. Empty where no token of the teacher begins.
std::vector<std::vector<TokenMass>> teacher_choices(const Teacher& teacher, TeacherSamples& samples,
                                                    std::span<const TokenPlace> places,
                                                    double temperature);

}  // namespace lingua

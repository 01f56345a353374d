#pragma once

#include <ATen/core/Tensor.h>

#include <memory>
#include <string>

#include "data/packing.h"
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
Teacher make_teacher(Model model, at::ScalarType dtype, const Tokenizer& tokenizer);

// Whether both make the same tokens of all texts: their files are equal, or they spell every id
// alike (files of one tokenizer differ in layout, and models of one family in its padding).
bool same_tokenizer(const Tokenizer& a, const Tokenizer& b);

// The teacher's hidden states at the rows of packed sequences, [rows, Ht], in its dtype.
// ids: [T] int64; rows: [N] int64.
at::Tensor teacher_hidden(const Teacher& teacher, const at::Tensor& ids,
                          std::span<const int64_t> lengths, const at::Tensor& rows);

}  // namespace lingua

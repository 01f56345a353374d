#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <span>

#include "model/token_mass.h"

namespace lingua {

// How well a model's next tokens agree with what is known of another's. The functions below add
// up; mean_of() divides.
struct Agreement {
  int64_t rows = 0;       // compared; 0: nothing is known, the others mean nothing
  double kl = 0;          // KL(known || model), nats
  double top1 = 0;        // rows with the same most likely token
  double known_mass = 0;  // probability that the comparison covers token by token

  Agreement& operator+=(const Agreement& other);
  bool operator==(const Agreement&) const = default;
};

// A row's share of sums; of no rows 0.
Agreement mean_of(const Agreement& sums);

// Adds rows of ln Q, [R, V] float32, of which choices are known: R, none empty. KL is that over
// the choices and one bucket for all other tokens (divergence.h).
void add_choices(const at::Tensor& log_q, std::span<const ChoiceRow> choices, Agreement& sums);

// Adds rows of which the whole distribution is known as ln P. Both [R, V] float32.
void add_distributions(const at::Tensor& log_q, const at::Tensor& log_p, Agreement& sums);

}  // namespace lingua

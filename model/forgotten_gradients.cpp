#include "model/forgotten_gradients.h"

#include <ATen/ATen.h>

#include <mutex>
#include <unordered_set>

namespace lingua {
namespace {

struct Forgotten {
  std::mutex mutex;
  std::unordered_set<const void*> places;
};

Forgotten& forgotten() {
  static Forgotten all;
  return all;
}

}  // namespace

void forget_gradient(const at::Tensor& gradient) {
  const std::lock_guard lock(forgotten().mutex);
  forgotten().places.insert(gradient.const_data_ptr());
}

bool remember_gradient(const at::Tensor& gradient) {
  const std::lock_guard lock(forgotten().mutex);
  return forgotten().places.erase(gradient.const_data_ptr()) > 0;
}

void add_to_gradient(const at::Tensor& gradient, const at::Tensor& part) {
  if (remember_gradient(gradient)) {
    gradient.copy_(part);
  } else {
    gradient.add_(part);
  }
}

}  // namespace lingua

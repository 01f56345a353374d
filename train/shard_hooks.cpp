#include "train/shard_hooks.h"

#include <torch/csrc/autograd/utils/lambda_post_hook.h>
#include <torch/csrc/autograd/variable.h>

#include <utility>

namespace lingua {

using torch::autograd::variable_list;

GradientHooks::GradientHooks(const std::vector<at::Tensor>& leaves,
                             std::function<void(std::size_t)> then) {
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    // The node that adds to the leaf's gradient: gone with its last owner, and the hook with it.
    auto node = torch::autograd::impl::grad_accumulator(leaves[i]);
    node->add_post_hook(std::make_unique<torch::autograd::utils::LambdaPostHook>(
        [then, i](const variable_list& outputs, const variable_list&) {
          then(i);
          return outputs;
        }));
    kept_.push_back(std::make_shared<decltype(node)>(std::move(node)));
  }
}

}  // namespace lingua

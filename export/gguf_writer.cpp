#include "export/gguf_writer.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cstdio>
#include <limits>

#include "export/chat_jinja.h"
#include "export/gguf_metadata.h"
#include "export/gguf_weights.h"
#include "export/provenance.h"
#include "export/quantize.h"
#include "support/atomic_file.h"
#include "support/error.h"
#include "support/interrupt.h"

namespace lingua {
namespace {

constexpr int64_t kElementsAtOnce = 1 << 22;  // 16 MiB in float32

[[noreturn]] void refuse(const GgufWeight& weight, float most) {
  char value[32];
  std::snprintf(value, sizeof value, "%g", largest_value(weight.entry.type));
  const bool finite = most <= std::numeric_limits<float>::max();
  throw Error(ErrorKind::kModel,
              "the tensor " + weight.name +
                  (finite ? " has values over " + std::string(value) + ", the most in " +
                                ggml_type_name(weight.entry.type)
                          : " has values that are not finite"),
              finite ? "export as --dtype bf16" : "the model is damaged; train it again");
}

void write_rows(const GgufWeight& weight, const at::Tensor& rows, AtomicFile& file) {
  const auto values = rows.to(at::kFloat).contiguous();
  const auto most = values.abs().max().item<float>();
  // Written so that a NaN is refused too.
  if (!(most <= largest_value(weight.entry.type))) refuse(weight, most);
  const auto layout = block_layout(weight.entry.type);
  std::string bytes(static_cast<std::size_t>(values.numel() / layout.elements * layout.bytes),
                    '\0');
  quantize(weight.entry.type,
           {values.const_data_ptr<float>(), static_cast<std::size_t>(values.numel())}, bytes);
  file.write(bytes);
}

void write_tensor(const GgufWeight& weight, const at::Tensor& values, AtomicFile& file) {
  const int64_t rows = values.size(0);
  const int64_t step = std::max<int64_t>(1, kElementsAtOnce / (values.numel() / rows));
  for (int64_t row = 0; row < rows; row += step) {
    throw_if_interrupted();
    // Rows of a vector are its elements, which are F32, a block each.
    write_rows(weight, values.narrow(0, row, std::min(step, rows - row)), file);
  }
  file.write(gguf_padding(weight.entry.bytes()));
}

}  // namespace

void write_gguf(const Model& model, const std::string& dtype, const std::string& path,
                const std::string& licence) {
  const auto weights = gguf_weights(model, dtype);
  std::vector<GgufEntry> entries;
  for (const GgufWeight& weight : weights) entries.push_back(weight.entry);
  const auto metadata =
      gguf_metadata(model, provenance_of(model, licence), chat_jinja(model), dtype);
  AtomicFile file(path, ErrorKind::kModel);
  file.write(gguf_directory(metadata, entries));
  for (const GgufWeight& weight : weights) {
    const auto values = changed_for_gguf(weight, model.weights.at(weight.name), model.config);
    write_tensor(weight, values, file);
  }
  file.commit();
}

}  // namespace lingua

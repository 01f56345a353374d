#include <algorithm>
#include <vector>

#include "model/safetensors.h"
#include "model/weight_dtype.h"
#include "support/atomic_file.h"
#include "support/json.h"

namespace lingua {
namespace {

constexpr std::size_t kAlignment = 8;

using Named = std::pair<std::string, at::Tensor>;

// Wider elements first, so that all are aligned: every tensor then begins at a multiple of its
// element's size.
std::vector<Named> in_file_order(const TensorMap& tensors) {
  std::vector<Named> ordered;
  for (const auto& [name, tensor] : tensors) {
    ordered.emplace_back(name, writable_weight(name, tensor));
  }
  std::stable_sort(ordered.begin(), ordered.end(), [](const Named& a, const Named& b) {
    return a.second.element_size() > b.second.element_size();
  });
  return ordered;
}

std::string make_header(const std::vector<Named>& tensors,
                        const std::map<std::string, std::string>& metadata) {
  Json json = Json::object();
  if (!metadata.empty()) json["__metadata__"] = metadata;
  std::size_t position = 0;
  for (const auto& [name, tensor] : tensors) {
    const std::size_t end = position + tensor.nbytes();
    json[name] = {{"dtype", weight_dtype(tensor.scalar_type())->safetensors},
                  {"shape", tensor.sizes().vec()},
                  {"data_offsets", {position, end}}};
    position = end;
  }
  std::string header = dump_json(json);
  header.resize((header.size() + kAlignment - 1) / kAlignment * kAlignment, ' ');
  return header;
}

}  // namespace

void write_safetensors(const std::string& path, const TensorMap& tensors,
                       const std::map<std::string, std::string>& metadata) {
  const auto ordered = in_file_order(tensors);
  const std::string header = make_header(ordered, metadata);
  const uint64_t length = header.size();
  AtomicFile file(path, ErrorKind::kModel);
  file.write(&length, sizeof(length));
  file.write(header);
  for (const auto& [name, tensor] : ordered) file.write(bytes_of(tensor));
  file.commit();
}

}  // namespace lingua

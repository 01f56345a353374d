#include <span>
#include <vector>

#include "model/aligned_format.h"
#include "model/loader.h"
#include "model/parallel_sha256.h"
#include "model/pickle_writer.h"
#include "model/weight_dtype.h"
#include "model/zip.h"
#include "support/error.h"

namespace lingua {
namespace {

// A tensor on its way into the file.
struct Record {
  std::string name;   // Hugging Face's
  std::string key;    // "0", "1", ...: the record data/<key>
  at::Tensor tensor;  // contiguous
  std::string sha256;
  const WeightDtype& dtype() const { return *weight_dtype(tensor.scalar_type()); }
};

// The weights, then the adapters.
std::vector<Record> make_records(const Model& model) {
  std::vector<Record> records;
  std::vector<std::string_view> parts;
  for (const TensorMap* tensors : {&model.weights, &model.adapters.tensors}) {
    for (const auto& [name, tensor] : *tensors) {
      records.push_back({name, std::to_string(records.size()), writable_weight(name, tensor), ""});
      parts.push_back(bytes_of(records.back().tensor));
    }
  }
  const auto digests = parallel_sha256(parts);
  for (std::size_t i = 0; i < records.size(); ++i) records[i].sha256 = digests[i];
  return records;
}

// config.json as Hugging Face has it, with the weights' type and, beyond it, the chat template.
Json make_config(const Model& model, const std::vector<Record>& records) {
  Json config = config_to_json(model.config);
  if (!records.empty()) config["torch_dtype"] = records.front().dtype().name;
  if (!model.config.chat_template.empty()) config["chat_template"] = model.config.chat_template;
  return config;
}

void add_tensors(PickleWriter& pickle, std::span<const Record> records) {
  pickle.begin_dict();
  for (const Record& record : records) {
    pickle.text(record.name);
    pickle.tensor(record.dtype().storage, record.key, record.tensor.sizes().vec());
  }
  pickle.end_dict();
}

std::string make_pickle(const Model& model, std::span<const Record> records, const Json& config) {
  PickleWriter pickle;
  pickle.begin_dict();
  pickle.text("model");
  add_tensors(pickle, records.first(model.weights.size()));
  if (model.adapters.rank > 0) {
    pickle.text("adapters");
    pickle.begin_dict();
    pickle.text("rank");
    pickle.integer(model.adapters.rank);
    pickle.text("alpha");
    pickle.real(model.adapters.alpha);
    pickle.text("tensors");
    add_tensors(pickle, records.subspan(model.weights.size()));
    pickle.end_dict();
  }
  pickle.text("config");
  pickle.text(dump_json(config));
  pickle.text("tokenizer");
  pickle.bytes(model.tokenizer->serialized());
  pickle.text("report");
  pickle.text(dump_json(model.report));
  pickle.end_dict();
  return pickle.finish();
}

Json list_tensors(std::span<const Record> records) {
  Json tensors = Json::array();
  for (const Record& record : records) {
    tensors.push_back({{"name", record.name},
                       {"record", "data/" + record.key},
                       {"dtype", record.dtype().name},
                       {"shape", record.tensor.sizes().vec()},
                       {"sha256", record.sha256}});
  }
  return tensors;
}

std::string make_manifest(const Model& model, std::span<const Record> records, const Json& config) {
  const std::string_view tokenizer = model.tokenizer->serialized();
  const std::size_t weights = model.weights.size();
  Json manifest = {{"format", aligned::kFormat},
                   {"version", aligned::kVersion},
                   {"config", config},
                   {"tokenizer",
                    {{"file_name", model.tokenizer->file_name()},
                     {"record", model.tokenizer->file_name()},
                     {"sha256", parallel_sha256({&tokenizer, 1}).front()}}},
                   {"report", model.report},
                   {"tensors", list_tensors(records.first(weights))}};
  if (model.adapters.rank > 0) {
    manifest["version"] = aligned::kVersionWithAdapters;
    manifest["adapters"] = {{"rank", model.adapters.rank},
                            {"alpha", model.adapters.alpha},
                            {"tensors", list_tensors(records.subspan(weights))}};
  }
  return dump_json(manifest);
}

}  // namespace

void save_aligned_model(const Model& model, const std::string& path) {
  validate(model.config, path);
  if (model.tokenizer == nullptr) {
    throw Error(ErrorKind::kInternal, path + ": a model without tokenizer cannot be written");
  }
  const auto records = make_records(model);
  const Json config = make_config(model, records);
  AtomicFile file(path, ErrorKind::kModel);
  ZipWriter zip(file);
  const auto add = [&](const std::string& name, std::string_view bytes) {
    zip.add(aligned::kFolder + name, bytes);
  };
  add("data.pkl", make_pickle(model, records, config));
  add("byteorder", "little");
  for (const Record& record : records) add("data/" + record.key, bytes_of(record.tensor));
  add("version", "3\n");
  add(model.tokenizer->file_name(), model.tokenizer->serialized());
  add(aligned::kManifest, make_manifest(model, records, config));
  zip.finish();
  file.commit();
}

}  // namespace lingua

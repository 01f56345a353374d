#include "train/run_identity.h"

#include <ATen/Parallel.h>
#include <torch/version.h>

#include <set>
#include <utility>
#include <vector>

#include "lingua_version.h"
#include "model/parallel_sha256.h"
#include "model/weight_dtype.h"
#include "support/error.h"
#include "support/log.h"
#include "support/sha256.h"

namespace lingua {
namespace {

constexpr const char* kDtype = "the computing type";

Json part(const Json& object, const char* name) {
  return object.is_object() ? object.value(name, Json()) : Json();
}

// One hash over those of the files, whatever their paths.
std::string hash_of_files(const Json& data, const char* list) {
  if (!data.contains(list)) return "none";
  Sha256 hash;
  for (const Json& file : data[list]) hash.update(file["sha256"].get<std::string>());
  return hash.hex();
}

std::string hash_of_weights(const TensorMap& weights) {
  std::vector<at::Tensor> kept;
  std::vector<std::string_view> parts;
  for (const auto& [name, tensor] : weights) {
    kept.push_back(writable_weight(name, tensor));
    parts.push_back(bytes_of(kept.back()));
  }
  Sha256 hash;
  for (const std::string& digest : parallel_sha256(parts)) hash.update(digest);
  return hash.hex();
}

template <class T>
void add_vector(Sha256& hash, const std::vector<T>& values) {
  const std::size_t count = values.size();
  hash.update(&count, sizeof count);
  hash.update(values.data(), count * sizeof(T));
}

std::string hash_of_samples(const AlignSamples& samples) {
  Sha256 hash;
  for (const SampleSet* set : {&samples.train, &samples.held_out}) {
    for (const Sample& sample : set->samples) {
      add_vector(hash, sample.ids);
      add_vector(hash, sample.target);
      hash.update(&sample.weight, sizeof sample.weight);
    }
  }
  return hash.hex();
}

std::string text_of(const Json& object, const std::string& name) {
  const Json value = part(object, name.c_str());
  if (value.is_null()) return "not set";
  return value.is_string() ? value.get<std::string>() : dump_json(value);
}

// The names of both, those of `present` in their order first.
std::vector<std::string> names_of(const Json& present, const Json& saved) {
  std::vector<std::string> names;
  std::set<std::string> seen;
  for (const Json* object : {&present, &saved}) {
    if (!object->is_object()) continue;
    for (const auto& [name, value] : object->items()) {
      if (seen.insert(name).second) names.push_back(name);
    }
  }
  return names;
}

void require_same(const Json& saved, const Json& present, const std::string& where, ErrorKind kind,
                  const std::string& hint) {
  for (const std::string& name : names_of(present, saved)) {
    const std::string before = text_of(saved, name), now = text_of(present, name);
    if (before == now) continue;
    throw Error(
        kind, where + " cannot be gone on from: " + name + " was " + before + ", now it is " + now,
        hint);
  }
}

}  // namespace

Json run_identity(const AlignOptions& options, const Json& data, const Model& base,
                  const AlignSamples& samples, const std::string& dtype) {
  Json settings = Json::object();
  for (const auto& [name, value] : options.checkpoints.settings) settings[name] = value;
  return {{"options", settings},
          {"hashes",
           {{"the data", hash_of_files(data, "files")},
            {"the held-out data", hash_of_files(data, "eval_files")},
            {"the tokenizer", sha256_hex(base.tokenizer->serialized())},
            {"the model's configuration", sha256_hex(dump_json(config_to_json(base.config)))},
            {"the base model", hash_of_weights(base.weights)},
            {"the tokenised samples", hash_of_samples(samples)},
            {kDtype, dtype}}}};
}

void add_teacher_identity(const Teacher& teacher, Json& identity) {
  identity["hashes"]["the teacher"] = hash_of_weights(named_weights(teacher.decoder));
  identity["hashes"]["the teacher's tokenizer"] = sha256_hex(teacher.tokenizer->serialized());
}

std::optional<std::string> dtype_of_run(const Checkpoint& checkpoint) {
  const Json hashes = part(part(checkpoint.state, "identity"), "hashes");
  const Json dtype = part(hashes, kDtype);
  return dtype.is_string() ? std::optional(dtype.get<std::string>()) : std::nullopt;
}

void require_same_run(const Json& state, const Json& present, const std::string& where) {
  const Json saved = part(state, "identity");
  require_same(part(saved, "options"), part(present, "options"), where, ErrorKind::kUsage,
               "give the option as it was, or start a new run in another --checkpoint-dir");
  require_same(part(saved, "hashes"), part(present, "hashes"), where, ErrorKind::kModel,
               "a resumed run needs what it began with; start a new one in another "
               "--checkpoint-dir");
}

void warn_of_other_machine(const Json& state, int ranks) {
  const Json present = {{"lingua", LINGUA_VERSION},
                        {"revision", LINGUA_REVISION},
                        {"libtorch", TORCH_VERSION},
                        {"threads", at::get_num_threads()},
                        {"ranks", ranks}};
  for (const auto& [name, value] : present.items()) {
    if (text_of(state, name) == text_of(present, name)) continue;
    log_warning("the checkpoint was made with " + name + " " + text_of(state, name) +
                ", now it is " + text_of(present, name) +
                "; the last bits of the weights may differ");
  }
}

}  // namespace lingua

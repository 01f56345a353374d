#include <algorithm>
#include <set>
#include <vector>

#include "model/aligned_format.h"
#include "model/crc32.h"
#include "model/loader.h"
#include "model/mapped_tensor.h"
#include "model/parallel_sha256.h"
#include "model/weight_dtype.h"
#include "model/zip.h"
#include "support/error.h"

namespace lingua {
namespace {

constexpr std::size_t kMostDimensions = 8;
constexpr char kAgain[] = "write or fetch the file again";

// The archive and its manifest, with typed access that names the file in each error.
class Archive {
 public:
  explicit Archive(const std::string& path)
      : file_(path, ErrorKind::kModel), records_(read_zip(file_)) {
    const auto found = records_.find(aligned::kFolder + std::string(aligned::kManifest));
    if (found == records_.end()) {
      fail("this archive has no lingua.json; pickle files are not executed",
           "export the model to safetensors and give its directory");
    }
    const auto [bytes, crc] = found->second;
    if (crc32_of(bytes) != crc) fail("lingua.json is damaged: its CRC-32 is wrong", kAgain);
    manifest_ = parse_json(bytes, path + ": " + aligned::kManifest, ErrorKind::kModel);
  }

  const MappedFile& file() const { return file_; }
  const Json& manifest() const { return manifest_; }

  [[noreturn]] void fail(const std::string& message, const std::string& hint = "") const {
    throw Error(ErrorKind::kModel, file_.path() + ": " + message, hint);
  }

  // The field of an object in the manifest.
  const Json& field(const Json& object, const std::string& name) const {
    if (object.is_object()) {
      if (const auto found = object.find(name); found != object.end()) return *found;
    }
    fail("lingua.json lacks the field " + name);
  }

  std::string text(const Json& object, const std::string& name) const {
    const Json& value = field(object, name);
    if (!value.is_string()) fail("lingua.json has a field " + name + " that is not a string");
    return value.get<std::string>();
  }

  const ZipRecord& record(const std::string& name) const {
    const auto found = records_.find(aligned::kFolder + name);
    if (found == records_.end()) fail("the record " + name + " is missing");
    return found->second;
  }

 private:
  MappedFile file_;
  ZipRecords records_;
  Json manifest_;
};

// A record of the archive and the SHA-256 that its bytes must have.
struct Sealed {
  std::string what;
  ZipRecord record;
  std::string sha256;
};

void check_version(const Archive& archive) {
  const Json& manifest = archive.manifest();
  if (const auto format = archive.text(manifest, "format"); format != aligned::kFormat) {
    archive.fail("lingua.json is of the format \"" + format + "\", not \"" +
                 std::string(aligned::kFormat) + "\"");
  }
  const Json& version = archive.field(manifest, "version");
  if (version != aligned::kVersion && version != aligned::kVersionWithAdapters) {
    archive.fail("format version " + dump_json(version) + " is not supported, this lingua reads " +
                     std::to_string(aligned::kVersion) + " and " +
                     std::to_string(aligned::kVersionWithAdapters),
                 "use the lingua that wrote the file, or a newer one");
  }
}

std::vector<int64_t> read_shape(const Archive& archive, const Json& entry,
                                const std::string& what) {
  const Json& json = archive.field(entry, "shape");
  const bool valid = json.is_array() && json.size() <= kMostDimensions &&
                     std::all_of(json.begin(), json.end(), [](const Json& size) {
                       return size.is_number_unsigned() && size.get<uint64_t>() <= INT64_MAX;
                     });
  if (!valid) archive.fail(what + " has the impossible shape " + dump_json(json));
  return json.get<std::vector<int64_t>>();
}

at::Tensor read_tensor(const Archive& archive, const Json& entry, const std::string& what,
                       std::string_view bytes) {
  const std::string name = archive.text(entry, "dtype");
  const WeightDtype* dtype = weight_dtype_named(name);
  if (dtype == nullptr) archive.fail(what + " has the unknown dtype \"" + name + "\"");
  const auto shape = read_shape(archive, entry, what);
  const auto expected = weight_bytes(*dtype, shape);
  if (!expected) archive.fail(what + " has a shape whose size overflows");
  if (*expected != bytes.size()) {
    archive.fail(what + " has " + std::to_string(bytes.size()) +
                 " bytes, its shape and dtype ask " + "for " + std::to_string(*expected));
  }
  return mapped_tensor(archive.file(), bytes, shape, dtype->type);
}

// What was read so far: bytes to be compared with their SHA-256, and the records of tensors.
struct Taken {
  std::vector<Sealed> sealed;
  std::set<std::string> records;
};

// The tensors that `owner`, an object of the manifest, lists.
TensorMap read_tensors(const Archive& archive, const Json& owner, const std::string& kind,
                       Taken& taken) {
  const Json& entries = archive.field(owner, "tensors");
  if (!entries.is_array()) archive.fail("lingua.json has a field tensors that is not a list");
  TensorMap tensors;
  for (const Json& entry : entries) {
    const std::string name = archive.text(entry, "name");
    const std::string record = archive.text(entry, "record");
    const std::string what = kind + " " + name;
    if (!taken.records.insert(record).second) archive.fail(what + " shares the record " + record);
    const ZipRecord& found = archive.record(record);
    taken.sealed.push_back({what, found, archive.text(entry, "sha256")});
    if (!tensors.emplace(name, read_tensor(archive, entry, what, found.bytes)).second) {
      archive.fail(what + " is there twice");
    }
  }
  return tensors;
}

AdapterSet read_adapters(const Archive& archive, Taken& taken) {
  AdapterSet adapters;
  if (archive.manifest()["version"] != aligned::kVersionWithAdapters) return adapters;
  const Json& json = archive.field(archive.manifest(), "adapters");
  const Json& rank = archive.field(json, "rank");
  if (!rank.is_number_unsigned() || rank == 0 || rank.get<uint64_t>() > INT32_MAX) {
    archive.fail("lingua.json has adapters of the impossible rank " + dump_json(rank));
  }
  const Json& alpha = archive.field(json, "alpha");
  if (!alpha.is_number() || !(alpha.get<double>() > 0)) {
    archive.fail("lingua.json has adapters of the impossible alpha " + dump_json(alpha));
  }
  adapters.rank = rank.get<int64_t>();
  adapters.alpha = alpha.get<double>();
  adapters.tensors = read_tensors(archive, json, "adapter tensor", taken);
  return adapters;
}

void verify(const Archive& archive, const std::vector<Sealed>& sealed, Integrity integrity) {
  std::vector<std::string_view> parts;
  for (const Sealed& part : sealed) parts.push_back(part.record.bytes);
  if (integrity == Integrity::kChecksums) {
    const auto sums = parallel_crc32(parts);
    for (std::size_t i = 0; i < sealed.size(); ++i) {
      if (sums[i] == sealed[i].record.crc) continue;
      archive.fail(sealed[i].what + " is damaged: its CRC-32 is wrong", kAgain);
    }
    return;
  }
  const auto digests = parallel_sha256(parts);
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    if (digests[i] == sealed[i].sha256) continue;
    archive.fail(
        sealed[i].what + " is damaged: its SHA-256 is " + digests[i] + ", not " + sealed[i].sha256,
        kAgain);
  }
}

ModelConfig read_config(const Archive& archive) {
  const Json& json = archive.field(archive.manifest(), "config");
  auto config = config_from_json(json, archive.file().path() + ": lingua.json");
  if (json.contains("chat_template")) config.chat_template = archive.text(json, "chat_template");
  return config;
}

}  // namespace

Model load_aligned_model(const std::string& path, Integrity integrity) {
  const Archive archive(path);
  check_version(archive);
  Model model;
  model.config = read_config(archive);
  Taken taken;
  const Json& tokenizer = archive.field(archive.manifest(), "tokenizer");
  const ZipRecord& file = archive.record(archive.text(tokenizer, "record"));
  taken.sealed.push_back({"the tokenizer", file, archive.text(tokenizer, "sha256")});
  model.weights = read_tensors(archive, archive.manifest(), "tensor", taken);
  model.adapters = read_adapters(archive, taken);
  verify(archive, taken.sealed, integrity);
  model.tokenizer =
      load_tokenizer(archive.text(tokenizer, "file_name"), std::string(file.bytes), path);
  model.report = archive.field(archive.manifest(), "report");
  model.source = path;
  return model;
}

}  // namespace lingua

#include "train/checkpoint.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <vector>

#include "model/parallel_sha256.h"
#include "model/safetensors.h"
#include "support/atomic_file.h"
#include "support/mapped_file.h"

namespace lingua {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFormat = "lingua checkpoint";
constexpr int kVersion = 1;
constexpr const char* kManifest = "manifest.json";
constexpr const char* kModelFile = "model.safetensors";
constexpr const char* kOptimizerFile = "optim.safetensors";
constexpr const char* kStateFile = "state.json";
constexpr std::array kFiles = {kModelFile, kOptimizerFile, kStateFile};

std::string in(const std::string& folder, const std::string& file) { return folder + "/" + file; }

// Names within a folder are on disk only once the folder itself is.
void flush_folder(const std::string& path) {
  const int folder = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return;
  ::fsync(folder);
  ::close(folder);
}

// A sibling of the final folder that disappears unless it is renamed.
class Draft {
 public:
  explicit Draft(const std::string& path) : final_(path), path_(path + ".tmp-XXXXXX") {
    if (::mkdtemp(path_.data()) == nullptr) {
      const int cause = errno;
      path_.clear();
      fail("create", cause);
    }
    const mode_t mask = ::umask(0);
    ::umask(mask);
    ::chmod(path_.c_str(), 0777 & ~mask);
  }
  ~Draft() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;

  const std::string& path() const { return path_; }

  void rename() {
    flush_folder(path_);
    if (fs::exists(final_)) delete_checkpoint(final_);
    if (::rename(path_.c_str(), final_.c_str()) != 0) fail("rename to", errno);
    path_.clear();
    flush_folder(fs::path(final_).parent_path().string());
  }

 private:
  [[noreturn]] void fail(const std::string& action, int error_number) const {
    throw Error(ErrorKind::kModel,
                "cannot " + action + " " + final_ + ": " + std::strerror(error_number),
                "free space there, or choose another --checkpoint-dir");
  }

  std::string final_, path_;
};

std::vector<MappedFile> map_files(const std::string& folder) {
  std::vector<MappedFile> files;
  for (const char* name : kFiles) files.emplace_back(in(folder, name), ErrorKind::kModel);
  return files;
}

// Size and SHA-256 of each file as it lies on the disk.
Json describe_files(const std::vector<MappedFile>& files) {
  std::vector<std::string_view> parts;
  for (const MappedFile& file : files) parts.push_back(file.bytes());
  const auto digests = parallel_sha256(parts);
  Json described;
  for (std::size_t i = 0; i < files.size(); ++i) {
    described[kFiles[i]] = {{"bytes", files[i].size()}, {"sha256", digests[i]}};
  }
  return described;
}

Json read_json(const std::string& path) {
  const MappedFile file(path, ErrorKind::kModel);
  return parse_json(file.bytes(), path, ErrorKind::kModel);
}

void check_manifest(const std::string& folder) {
  const std::string path = in(folder, kManifest);
  const Json manifest = read_json(path);
  const bool ours = manifest.is_object() && manifest.value("format", Json()) == kFormat;
  if (!ours) throw Error(ErrorKind::kModel, path + " is not the manifest of a checkpoint");
  if (manifest.value("version", Json()) != kVersion) {
    throw Error(ErrorKind::kModel, path + ": version " +
                                       dump_json(manifest.value("version", Json())) +
                                       " is not known, only " + std::to_string(kVersion));
  }
  const Json expected = manifest.value("files", Json());
  const Json found = describe_files(map_files(folder));
  for (const char* name : kFiles) {
    if (expected.is_object() && expected.value(name, Json()) == found[name]) continue;
    throw Error(ErrorKind::kModel,
                in(folder, name) + " is damaged: its size or SHA-256 is not the manifest's");
  }
}

}  // namespace

void write_checkpoint(const std::string& path, const Checkpoint& checkpoint) {
  Draft draft(path);
  write_safetensors(in(draft.path(), kModelFile), checkpoint.model, {});
  write_safetensors(in(draft.path(), kOptimizerFile), checkpoint.optimizer, {});
  write_file_atomically(in(draft.path(), kStateFile), checkpoint.state.dump(1) + "\n",
                        ErrorKind::kModel);
  const Json manifest = {{"format", kFormat},
                         {"version", kVersion},
                         {"files", describe_files(map_files(draft.path()))}};
  write_file_atomically(in(draft.path(), kManifest), manifest.dump(1) + "\n", ErrorKind::kModel);
  draft.rename();
}

Checkpoint read_checkpoint(const std::string& path) {
  check_manifest(path);
  return {read_json(in(path, kStateFile)), read_safetensors(in(path, kModelFile)),
          read_safetensors(in(path, kOptimizerFile)), path};
}

bool is_checkpoint(const std::string& path) {
  std::error_code ignored;
  return fs::is_regular_file(in(path, kManifest), ignored);
}

bool holds_checkpoint_files_only(const std::string& path) {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(path, ignored)) {
    const std::string name = entry.path().filename().string();
    const auto begins_so = [&](const char* file) { return name.starts_with(file); };
    if (!begins_so(kManifest) && std::none_of(kFiles.begin(), kFiles.end(), begins_so))
      return false;
  }
  return true;
}

void delete_checkpoint(const std::string& path) {
  std::error_code ignored;
  fs::remove(in(path, kManifest), ignored);
  flush_folder(path);
  fs::remove_all(path, ignored);
}

}  // namespace lingua

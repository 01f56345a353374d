#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lingua {

// Writes one value as a pickle of protocol 2 out of the few opcodes that PyTorch's weights_only
// unpickler runs (torch/_weights_only_unpickler.py). Values are written one after another; a dict
// is begin_dict(), then keys and values in turn, then end_dict().
class PickleWriter {
 public:
  PickleWriter();

  void begin_dict();
  void end_dict();
  void text(std::string_view utf8);  // str; throws Error(kModel) above 4 GiB or if not UTF-8
  void integer(int64_t value);       // int
  void real(double value);           // float
  void bytes(std::string_view raw);  // bytes, through _codecs.encode(str, "latin1")

  // A contiguous torch tensor whose elements are the archive's record data/<key>. `storage` is the
  // class of its storage: FloatStorage, HalfStorage or BFloat16Storage.
  void tensor(const std::string& storage, const std::string& key,
              const std::vector<int64_t>& shape);

  // Ends the pickle and hands it out.
  std::string finish();

 private:
  void global(std::string_view module, std::string_view name);
  void sizes(const std::vector<int64_t>& values);

  std::string out_;
};

}  // namespace lingua

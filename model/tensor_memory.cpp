#include "model/tensor_memory.h"

#include <c10/core/Allocator.h>
#include <c10/core/CPUAllocator.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <mutex>

#include "support/block_list.h"

namespace lingua {
namespace {

constexpr std::size_t kSmallest = std::size_t{1} << 16;  // bytes; below, libtorch's own allocator
constexpr std::size_t kUnit = std::size_t{1} << 12;      // bytes
constexpr std::size_t kHugePage = std::size_t{1} << 21;  // bytes

// Addresses for as many bytes as the machine has; memory comes to them as they are written to.
std::byte* reserved(std::size_t size) {
  void* range = ::mmap(nullptr, size + kHugePage, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (range == MAP_FAILED) return nullptr;
  const auto address = reinterpret_cast<std::uintptr_t>(range);
  auto* const aligned = reinterpret_cast<std::byte*>((address + kHugePage - 1) & ~(kHugePage - 1));
  ::madvise(aligned, size, MADV_HUGEPAGE);  // without them it works too
  return aligned;
}

std::size_t physical_memory() {
  return static_cast<std::size_t>(::sysconf(_SC_PHYS_PAGES)) *
         static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

// Lives as long as the process: tensors may be freed until its end.
class TensorMemory final : public c10::Allocator {
 public:
  TensorMemory(std::byte* begin, std::size_t size, c10::Allocator& small)
      : begin_(begin), end_(begin + size), small_(small), blocks_(size, kUnit) {}

  c10::DataPtr allocate(std::size_t size) override {
    if (size >= kSmallest) {
      const std::lock_guard lock(mutex_);
      if (const auto place = blocks_.take(size)) return owned(begin_ + *place);
    }
    return owned(small_.raw_allocate(size));
  }

  // oneDNN asks for memory by its address alone.
  c10::DeleterFnPtr raw_deleter() const override { return &release; }

  void copy_data(void* to, const void* from, std::size_t count) const override {
    default_copy_data(to, from, count);
  }

  static inline TensorMemory* instance = nullptr;

 private:
  static c10::DataPtr owned(void* data) {
    return {data, data, &release, c10::Device(c10::DeviceType::CPU)};
  }

  static void release(void* data) {
    TensorMemory& memory = *instance;
    if (data < memory.begin_ || data >= memory.end_) return memory.small_.raw_deallocate(data);
    const std::lock_guard lock(memory.mutex_);
    memory.blocks_.give_back(
        static_cast<std::size_t>(static_cast<std::byte*>(data) - memory.begin_));
  }

  std::byte* begin_;
  std::byte* end_;
  c10::Allocator& small_;
  std::mutex mutex_;
  BlockList blocks_;
};

}  // namespace

void keep_tensor_memory() {
  if (TensorMemory::instance != nullptr) return;
  const std::size_t size = physical_memory() / kHugePage * kHugePage;
  std::byte* const begin = reserved(size);
  if (begin == nullptr) return;
  TensorMemory::instance = new TensorMemory(begin, size, *c10::GetCPUAllocator());
  c10::SetCPUAllocator(TensorMemory::instance);
}

}  // namespace lingua

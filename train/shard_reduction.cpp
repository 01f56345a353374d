#include "train/shard_reduction.h"

#include <utility>

#include "model/tensor_data.h"

namespace lingua {
namespace {

// Bounds the memory for what the others send.
constexpr std::size_t kMostFlights = 4;

void add(float* to, const float* from, int64_t count) {
  for (int64_t i = 0; i < count; ++i) to[i] += from[i];
}

}  // namespace

ShardReduction::ShardReduction(Communicator& ranks, const ShardLayout& layout,
                               const at::Tensor& gradient, std::vector<Range> parts)
    : ranks_(ranks), layout_(layout), gradient_(gradient), parts_(std::move(parts)) {}

void ShardReduction::begin() {
  open_parts_.assign(static_cast<std::size_t>(layout_.buckets()), 0);
  for (int64_t bucket = 0; bucket < layout_.buckets(); ++bucket) {
    for (const Range& part : parts_) {
      const bool within = common(part, layout_.bucket(bucket)).size() > 0;
      open_parts_[static_cast<std::size_t>(bucket)] += within ? 1 : 0;
    }
  }
  next_ = layout_.buckets() - 1;
}

void ShardReduction::part_is_final(std::size_t part) {
  for (int64_t bucket = 0; bucket < layout_.buckets(); ++bucket) {
    if (common(parts_[part], layout_.bucket(bucket)).size() == 0) continue;
    --open_parts_[static_cast<std::size_t>(bucket)];
  }
  launch_ready();
}

void ShardReduction::finish() {
  open_parts_.assign(static_cast<std::size_t>(layout_.buckets()), 0);
  launch_ready();
  while (!flights_.empty()) land();
}

void ShardReduction::launch_ready() {
  for (; next_ >= 0 && open_parts_[static_cast<std::size_t>(next_)] == 0; --next_) {
    if (flights_.size() == kMostFlights) land();
    launch(next_);
  }
  while (!flights_.empty() && ranks_.done(flights_.front().ticket)) land();
}

void ShardReduction::launch(int64_t bucket) {
  Flight& flight = flights_.emplace_back(Flight{bucket, 0, {}});
  if (!spare_.empty()) {
    flight.others = std::move(spare_.back());
    spare_.pop_back();
  }
  const Range own = layout_.piece(bucket, ranks_.rank()).range;
  const auto count = static_cast<std::size_t>(own.size());
  flight.others.resize(static_cast<std::size_t>(ranks_.size() - 1) * count);
  auto* const gradient = elements<float>(gradient_);
  float* into = flight.others.data();
  std::vector<Communicator::Transfer> sends, receives;
  for (int other = 0; other < ranks_.size(); ++other) {
    if (other == ranks_.rank()) continue;
    const Range theirs = layout_.piece(bucket, other).range;
    sends.push_back(
        {other, gradient + theirs.begin, static_cast<std::size_t>(theirs.size()) * sizeof(float)});
    receives.push_back({other, into, count * sizeof(float)});
    into += count;
  }
  flight.ticket = ranks_.start(sends, receives);
}

// Waits for the oldest flight and adds up what it brought.
void ShardReduction::land() {
  Flight& flight = flights_.front();
  ranks_.wait(flight.ticket);
  const Range piece = layout_.piece(flight.bucket, ranks_.rank()).range;
  float* const own = elements<float>(gradient_) + piece.begin;
  // The sum grows in the place of the first rank's term, so that the order is that of the ranks.
  const float* other = flight.others.data();
  float* const sum = ranks_.first() ? own : flight.others.data();
  if (!ranks_.first()) other += piece.size();
  for (int rank = 1; rank < ranks_.size(); ++rank) {
    const bool is_own = rank == ranks_.rank();
    add(sum, is_own ? own : other, piece.size());
    if (!is_own) other += piece.size();
  }
  if (sum != own) std::copy(sum, sum + piece.size(), own);
  spare_.push_back(std::move(flight.others));
  flights_.pop_front();
}

}  // namespace lingua

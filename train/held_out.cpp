#include "train/held_out.h"

#include <memory>

#include "support/progress.h"
#include "train/distributed_agreement.h"

namespace lingua {
namespace {

std::vector<ScoredText> texts_of(std::span<const Sample> samples) {
  std::vector<ScoredText> texts;
  for (const Sample& sample : samples) {
    texts.push_back({sample.ids, sample.target, sample.target_bytes});
  }
  return texts;
}

std::vector<TargetLoss> losses_of(const Decoder& decoder, std::span<const ScoredText> texts,
                                  const std::function<void(std::size_t)>& on_progress) {
  // The caller keeps the decoder; the Scorer only borrows it.
  const Scorer scorer(std::shared_ptr<const Decoder>(std::shared_ptr<void>(), &decoder));
  return target_losses(scorer, texts, on_progress);
}

// The texts that fall to this rank: every so-many-th.
template <class T>
std::vector<T> own_share(const std::vector<T>& all, const Communicator& ranks) {
  std::vector<T> own;
  const auto step = static_cast<std::size_t>(ranks.size());
  for (auto i = static_cast<std::size_t>(ranks.rank()); i < all.size(); i += step) {
    own.push_back(all[i]);
  }
  return own;
}

// The losses of all texts out of those of each rank's share.
std::vector<TargetLoss> from_all_ranks(const std::vector<TargetLoss>& own, std::size_t count,
                                       Communicator& ranks) {
  std::vector<double> nats(count), tokens(count), bytes(count);
  for (std::size_t n = 0; n < own.size(); ++n) {
    const std::size_t i =
        static_cast<std::size_t>(ranks.rank()) + n * static_cast<std::size_t>(ranks.size());
    nats[i] = own[n].nats;
    tokens[i] = static_cast<double>(own[n].tokens);
    bytes[i] = static_cast<double>(own[n].bytes);
  }
  for (auto* values : {&nats, &tokens, &bytes}) ranks.sum(*values);
  std::vector<TargetLoss> all;
  for (std::size_t i = 0; i < count; ++i) {
    all.push_back(
        {nats[i], static_cast<std::size_t>(tokens[i]), static_cast<std::size_t>(bytes[i])});
  }
  return all;
}

}  // namespace

std::map<std::string, TargetLoss> HeldOutLosses::by_domain() const {
  std::map<std::string, std::vector<TargetLoss>> grouped;
  for (std::size_t i = 0; i < losses.size(); ++i) grouped[domains[i]].push_back(losses[i]);
  std::map<std::string, TargetLoss> totals;
  for (const auto& [domain, members] : grouped) totals[domain] = sum(members);
  return totals;
}

HeldOutLosses measure_held_out(const Decoder& decoder, std::span<const Sample> samples,
                               std::span<const Example> examples, const std::string& label,
                               Communicator& ranks) {
  HeldOutLosses result;
  for (const Sample& sample : samples) {
    result.domains.push_back(examples[sample.example].domain);
  }
  const auto texts = own_share(texts_of(samples), ranks);
  Progress progress(static_cast<double>(texts.size()), "texts", label);
  std::vector<TargetLoss> own;
  int signal = 0;
  try {
    own = losses_of(decoder, texts,
                    [&](std::size_t done) { progress.update(static_cast<double>(done)); });
  } catch (const Interrupted& caught) {
    signal = caught.signal;
  }
  signal = interrupted_anywhere(ranks, signal);
  if (signal != 0) throw Interrupted{signal};
  result.losses = from_all_ranks(own, samples.size(), ranks);
  return result;
}

std::vector<TargetLoss> measure_quietly(const Decoder& decoder, std::span<const Sample> samples) {
  return losses_of(decoder, texts_of(samples), {});
}

}  // namespace lingua

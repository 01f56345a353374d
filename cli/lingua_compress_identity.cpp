#include "cli/lingua_compress_identity.h"

#include <ATen/ATen.h>

#include <set>

#include "cli/input.h"
#include "lingua_version.h"
#include "model/weight_dtype.h"
#include "support/sha256.h"

namespace lingua {
namespace {

// Of the options that leave the results as they are, or that stand in the object by their content.
const std::set<std::string> kOthers = {
    "input", "output", "resume", "skip-bad",         "model",
    "draft", "dtype",  "json",   "budget-tokenizer", "json-config"};

// Of each weight the first bytes: enough to tell models apart, whatever changed them.
std::string hash_of_weights(const Decoder& decoder) {
  constexpr std::size_t kBytes = 4096;
  Decoder shared = decoder;
  Sha256 hash;
  for (const WeightSlot& slot : weight_slots(shared)) {
    const auto flat = slot.tensor->reshape({-1});
    const int64_t count = std::min<int64_t>(flat.numel(), kBytes / flat.element_size());
    hash.update(bytes_of(flat.narrow(0, 0, count).cpu()));
  }
  return hash.hex().substr(0, 16);
}

}  // namespace

Json identity_of(const CompressCommandOptions& options, const CompressOptions& resolved,
                 const DraftedModel& models) {
  const RunnableModel& model = models.model;
  Json identity = {{"version", LINGUA_VERSION},
                   {"model", hash_of_weights(*model.decoder)},
                   {"dtype", model.dtype},
                   {"tokenizer", sha256_hex(model.tokenizer->serialized()).substr(0, 16)}};
  if (models.draft) identity["draft"] = hash_of_weights(*models.draft->decoder);
  CompressCommandOptions values = options;
  OptionTable table;
  declare_compress_options(table, values);
  for (const Option& option : table.options()) {
    if (!kOthers.contains(option.name)) identity["--" + option.name] = option.values();
  }
  if (resolved.budget_tokenizer) {
    identity["--budget-tokenizer"] =
        sha256_hex(resolved.budget_tokenizer->serialized()).substr(0, 16);
  }
  if (!options.json_config.empty()) {
    identity["--json-config"] = sha256_hex(Input(options.json_config).rest()).substr(0, 16);
  }
  return identity;
}

}  // namespace lingua

#include "train/teacher.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <array>
#include <utility>

#include "data/template_choice.h"
#include "model/lora.h"

namespace lingua {

bool same_tokenizer(const Tokenizer& a, const Tokenizer& b) {
  if (a.file_name() == b.file_name() && a.serialized() == b.serialized()) return true;
  if (a.file_name() != b.file_name()) return false;
  const auto shared = static_cast<TokenId>(std::min(a.vocab_size(), b.vocab_size()));
  for (TokenId id = 0; id < shared; ++id) {
    if (a.decode(std::array{id}) != b.decode(std::array{id})) return false;
  }
  // Beyond the shared ids there may be added tokens, no learned ones.
  const Tokenizer& longer = a.vocab_size() > b.vocab_size() ? a : b;
  return longer.vocab_size() - shared <= shared / 100;
}

Teacher make_teacher(Model model, at::ScalarType dtype, const Tokenizer& tokenizer) {
  model = merged(std::move(model));
  ChatTemplate chat =
      choose_template("auto", {.report = model.report,
                               .jinja = model.config.chat_template,
                               .begin = static_cast<TokenId>(model.config.bos_token_id),
                               .end = static_cast<TokenId>(model.config.eos_token_id),
                               .tokenizer = *model.tokenizer,
                               .where = model.source});
  const bool same = model.config.vocab_size >= tokenizer.vocab_size() &&
                    same_tokenizer(*model.tokenizer, tokenizer);
  return {make_decoder(model.config, model.weights, dtype, model.source), model.tokenizer,
          std::move(chat), model.source, same};
}

at::Tensor teacher_hidden(const Teacher& teacher, const at::Tensor& ids,
                          std::span<const int64_t> lengths, const at::Tensor& rows) {
  const at::NoGradGuard no_gradient;
  const auto device = teacher.decoder.embedding.device();
  std::vector<Sequence> sequences;
  for (const int64_t length : lengths) sequences.push_back({length, nullptr});
  return forward(teacher.decoder, ids.to(device), sequences).index_select(0, rows.to(device));
}

}  // namespace lingua

#include "train/teacher.h"

#include <ATen/ATen.h>

#include <utility>

#include "data/template_choice.h"
#include "model/lora.h"
#include "model/next_tokens.h"
#include "model/same_tokenizer.h"

namespace lingua {

Teacher make_teacher(Model model, at::ScalarType dtype, const Tokenizer& tokenizer,
                     const at::Device& device) {
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
  return {make_decoder(model.config, model.weights, dtype, model.source, device), model.tokenizer,
          std::move(chat), model.source, same};
}

TeacherText text_of(const Teacher& teacher) {
  const ModelConfig& config = teacher.decoder.config;
  return {*teacher.tokenizer, teacher.chat, config.vocab_size, config.max_position_embeddings};
}

std::vector<std::vector<TokenMass>> teacher_choices(const Teacher& teacher, TeacherSamples& samples,
                                                    std::span<const TokenPlace> places,
                                                    double temperature) {
  const TeacherSamples::Pass pass = samples.plan(places);
  if (pass.rows.empty()) return samples.translate(pass, {});
  const auto hidden = hidden_rows(teacher.decoder, at::tensor(pass.ids, at::kLong), pass.lengths,
                                  at::tensor(pass.rows, at::kLong));
  return samples.translate(pass, likely_tokens(hidden, teacher.decoder.head, temperature));
}

}  // namespace lingua

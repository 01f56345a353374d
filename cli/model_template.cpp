#include "cli/model_template.h"

#include "data/template_choice.h"

namespace lingua {

ChatTemplate template_of(const RunnableModel& model) {
  return choose_template("auto", {.report = model.report,
                                  .jinja = model.config.chat_template,
                                  .begin = static_cast<TokenId>(model.config.bos_token_id),
                                  .end = static_cast<TokenId>(model.config.eos_token_id),
                                  .tokenizer = *model.tokenizer,
                                  .where = model.source});
}

}  // namespace lingua

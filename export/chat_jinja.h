#pragma once

#include <string>

#include "data/template.h"
#include "model/loader.h"

namespace lingua {

// A template of ours in Jinja, as transformers and llama.cpp run it: gives the text that render()
// gives for the same messages; with add_generation_prompt up to where the answer begins.
std::string to_jinja(const ChatTemplate& chat);

// The Jinja text to export with a model: the base model's own where the model was trained with the
// template that it stands for or training recorded none, else the recorded template's. "" if there
// is neither. Throws Error(kModel) for a recorded template that is damaged.
std::string chat_jinja(const Model& model);

}  // namespace lingua

#pragma once

#include <string>

#include "export/gguf_directory.h"
#include "export/provenance.h"
#include "model/loader.h"

namespace lingua {

// All metadata of a GGUF file with weights of `dtype` (as gguf_weights() takes it):
// - general.*: architecture, name, licence, base model, data sets, file type
// - ARCHITECTURE.*: shapes and constants
// - tokenizer.*: the vocabulary and the chat template (Jinja; "" if there is none)
// - lingua.*: version, SHA-256 of the data, gain, and the whole report as JSON
// Throws Error(kModel) for a tokenizer or scales that llama.cpp would not compute with.
GgufMetadataDraft gguf_metadata(const Model& model, const Provenance& provenance,
                                const std::string& chat_template, const std::string& dtype);

}  // namespace lingua

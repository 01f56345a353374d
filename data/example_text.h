#pragma once

#include <string>

#include "data/example.h"

namespace lingua {

// What the example asks (prompt_text()), without line feeds at its end, for people.
std::string instruction_text(const Example& example);

// Its answers, an empty line between them.
std::string answers_text(const Example& example);

}  // namespace lingua

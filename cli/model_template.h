#pragma once

#include "data/template.h"
#include "model/runnable_model.h"

namespace lingua {

// How a conversation becomes text for this model: the template that it was aligned with, else its
// base's own. Throws Error(kModel) when what the file says cannot be used.
ChatTemplate template_of(const RunnableModel& model);

}  // namespace lingua

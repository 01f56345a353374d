#pragma once

namespace lingua {

// Lets malloc keep what is freed, up to 256 MB, instead of giving it back to the system: a pass
// asks for the same few megabytes again and again, and each return costs a page fault a page. For
// programs, at their start; a library leaves its host's malloc alone.
void keep_freed_memory();

}  // namespace lingua

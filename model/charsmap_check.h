#pragma once

#include <string>
#include <string_view>

namespace lingua {

// Checks the normalisation table inside a SentencePiece model (NormalizerSpec's
// precompiled_charsmap), which the library walks without looking at bounds: a uint32 with the size
// of a double-array trie (Darts), the trie's units, and the replacements, each ended by a zero
// byte. Says what is wrong with it, or nothing when every walk stays inside, ends, and meets no
// more matches than the library has room for.
std::string defect_of_charsmap(std::string_view charsmap);

}  // namespace lingua

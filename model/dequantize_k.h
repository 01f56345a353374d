#pragma once

namespace lingua {

// Each writes the 256 elements of one block of ggml's K types (ggml-common.h, block_q4_K to
// block_q6_K), whose parts have scales of their own: in Q4_K and Q5_K eight parts of 32, scaled by
// d times a 6-bit scale, less m times a 6-bit offset; in Q6_K sixteen parts of 16, scaled by d
// times a signed byte.
void unpack_q4_k(const char* block, float* values);
void unpack_q5_k(const char* block, float* values);
void unpack_q6_k(const char* block, float* values);

}  // namespace lingua

#pragma once

#include <cstdint>

// Row kernels of the decoder for the CPU: plain loops, compiled for several instruction sets and
// chosen at start (x86-64-v4 with AVX-512, x86-64-v3 with AVX2, portable). Arithmetic is float32
// inside, whatever the element type. All arrays are dense and row-major; callers split the rows
// over threads. No errors: shapes are checked by the callers.
namespace lingua::kernels {

// The bits of a bfloat16 number: the upper half of a float32.
struct Bf16 {
  uint16_t bits;
};

// y[r] = x[r] / sqrt(mean(x[r]^2) + eps) * (offset + weight). x, y: [rows, width]; weight: [width].
void rms_norm(const float* x, const float* weight, float* y, int64_t rows, int64_t width, float eps,
              float offset);
void rms_norm(const Bf16* x, const Bf16* weight, Bf16* y, int64_t rows, int64_t width, float eps,
              float offset);

// Gradients of rms_norm: dx is written, with `added` ([rows, width], or null) in it; dweight
// (float32 [width], or null) is added to.
void rms_norm_backward(const float* dy, const float* x, const float* weight, const float* added,
                       float* dx, float* dweight, int64_t rows, int64_t width, float eps,
                       float offset);
void rms_norm_backward(const Bf16* dy, const Bf16* x, const Bf16* weight, const Bf16* added,
                       Bf16* dx, float* dweight, int64_t rows, int64_t width, float eps,
                       float offset);

// y[r, i] = silu(gate_up[r, i]) * gate_up[r, width + i]. gate_up: [rows, 2 width].
void swiglu(const float* gate_up, float* y, int64_t rows, int64_t width);
void swiglu(const Bf16* gate_up, Bf16* y, int64_t rows, int64_t width);

// Gradient of swiglu: dgate_up [rows, 2 width] from dy [rows, width].
void swiglu_backward(const float* dy, const float* gate_up, float* dgate_up, int64_t rows,
                     int64_t width);
void swiglu_backward(const Bf16* dy, const Bf16* gate_up, Bf16* dgate_up, int64_t rows,
                     int64_t width);

// Rotates the pairs (i, i + dim / 2) of every head by the row's angles. x rows are `x_stride`
// elements apart, y is dense [rows, heads, dim]; cosine, sine: [rows, dim / 2]. direction is +1,
// or -1 for the inverse rotation (which is the gradient).
void rotate(const float* x, int64_t x_stride, const float* cosine, const float* sine, float* y,
            int64_t rows, int64_t heads, int64_t dim, float direction);
void rotate(const Bf16* x, int64_t x_stride, const float* cosine, const float* sine, Bf16* y,
            int64_t rows, int64_t heads, int64_t dim, float direction);

// y[i] = factor * x[i].
void scale(const Bf16* x, float factor, Bf16* y, int64_t count);

// Sum of x[i] y[i].
float dot(const Bf16* x, const Bf16* y, int64_t count);

// losses[r] = logsumexp(logits[r]) - logits[r, targets[r]], in nats. logits: [rows, vocab].
void cross_entropy(const float* logits, const int64_t* targets, float* losses, int64_t rows,
                   int64_t vocab);
void cross_entropy(const Bf16* logits, const int64_t* targets, float* losses, int64_t rows,
                   int64_t vocab);

// The same, and turns logits into scale * (softmax(logits) - onehot(target)) in place.
void cross_entropy_gradient(float* logits, const int64_t* targets, float* losses, int64_t rows,
                            int64_t vocab, float scale);
void cross_entropy_gradient(Bf16* logits, const int64_t* targets, float* losses, int64_t rows,
                            int64_t vocab, float scale);

// One AdamW step (arXiv 1711.05101) over `count` weights with bias-corrected moments:
// weight -= rate * (m / correction1 / (sqrt(v / correction2) + eps) + decay * weight).
struct AdamStep {
  float learning_rate;
  float beta1;
  float beta2;
  float eps;
  float weight_decay;
  float correction1;     // 1 - beta1^step
  float correction2;     // 1 - beta2^step
  float gradient_scale;  // multiplies every gradient first (clipping, mean over tokens)
};
void adamw(float* weight, float* moment1, float* moment2, const float* gradient, int64_t count,
           const AdamStep& step);

// Rounds to the nearest bfloat16, ties to even; NaN stays NaN.
void to_bf16(const float* x, Bf16* y, int64_t count);

// sum of x[i]^2 in double precision.
double sum_of_squares(const float* x, int64_t count);

}  // namespace lingua::kernels

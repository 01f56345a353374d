#include "model/kernels.h"

#include <cmath>
#include <limits>

#include "model/kernel_math.h"

namespace lingua::kernels {
namespace {

template <class T>
LINGUA_INLINE float inverse_rms(const T* x, int64_t width, float eps) {
  float sum = 0.0f;
#pragma omp simd reduction(+ : sum)
  for (int64_t i = 0; i < width; ++i) sum += load(x[i]) * load(x[i]);
  return 1.0f / std::sqrt(sum / static_cast<float>(width) + eps);
}

template <class T>
LINGUA_INLINE void rms_norm_rows(const T* x, const T* weight, T* y, int64_t rows, int64_t width,
                                 float eps, float offset) {
  for (int64_t r = 0; r < rows; ++r, x += width, y += width) {
    const float scale = inverse_rms(x, width, eps);
#pragma omp simd
    for (int64_t i = 0; i < width; ++i) {
      store(y[i], load(x[i]) * scale * (offset + load(weight[i])));
    }
  }
}

// With s = 1 / rms(x) and w = offset + weight: dx = added + s w dy - x s^3 / width * sum(w dy x),
// dw = sum over rows of dy x s.
template <class T>
LINGUA_INLINE void rms_norm_backward_rows(const T* dy, const T* x, const T* weight, const T* added,
                                          T* dx, float* dweight, int64_t rows, int64_t width,
                                          float eps, float offset) {
  for (int64_t r = 0; r < rows; ++r, x += width, dy += width, dx += width) {
    const float scale = inverse_rms(x, width, eps);
    float dot = 0.0f;
#pragma omp simd reduction(+ : dot)
    for (int64_t i = 0; i < width; ++i) {
      dot += load(dy[i]) * (offset + load(weight[i])) * load(x[i]);
    }
    const float pull = dot * scale * scale * scale / static_cast<float>(width);
    if (dweight != nullptr) {
#pragma omp simd
      for (int64_t i = 0; i < width; ++i) dweight[i] += load(dy[i]) * load(x[i]) * scale;
    }
#pragma omp simd
    for (int64_t i = 0; i < width; ++i) {
      store(dx[i], (added != nullptr ? load(added[i]) : 0.0f) +
                       load(dy[i]) * (offset + load(weight[i])) * scale - load(x[i]) * pull);
    }
    if (added != nullptr) added += width;
  }
}

template <class T>
LINGUA_INLINE void swiglu_rows(const T* gate_up, T* y, int64_t rows, int64_t width) {
  for (int64_t r = 0; r < rows; ++r, gate_up += 2 * width, y += width) {
#pragma omp simd
    for (int64_t i = 0; i < width; ++i) {
      store(y[i], silu(load(gate_up[i])) * load(gate_up[width + i]));
    }
  }
}

template <class T>
LINGUA_INLINE void swiglu_backward_rows(const T* dy, const T* gate_up, T* dgate_up, int64_t rows,
                                        int64_t width) {
  for (int64_t r = 0; r < rows; ++r, dy += width, gate_up += 2 * width, dgate_up += 2 * width) {
#pragma omp simd
    for (int64_t i = 0; i < width; ++i) {
      const float gate = load(gate_up[i]);
      const float sigmoid = 1.0f / (1.0f + exponential(-gate));
      const float up = load(gate_up[width + i]);
      const float slope = sigmoid * (1.0f + gate * (1.0f - sigmoid));  // d silu / d gate
      store(dgate_up[i], load(dy[i]) * up * slope);
      store(dgate_up[width + i], load(dy[i]) * gate * sigmoid);
    }
  }
}

template <class T>
LINGUA_INLINE void rotate_rows(const T* x, int64_t x_stride, const float* cosine, const float* sine,
                               T* y, int64_t rows, int64_t heads, int64_t dim, float direction) {
  const int64_t half = dim / 2;
  for (int64_t r = 0; r < rows; ++r, x += x_stride, cosine += half, sine += half) {
    for (int64_t h = 0; h < heads; ++h, y += dim) {
      const T* head = x + h * dim;
#pragma omp simd
      for (int64_t i = 0; i < half; ++i) {
        const float first = load(head[i]);
        const float second = load(head[i + half]);
        const float turn = direction * sine[i];
        store(y[i], first * cosine[i] - second * turn);
        store(y[i + half], second * cosine[i] + first * turn);
      }
    }
  }
}

// Blockwise, so that every logit comes from memory once and the second look is in cache.
template <class T>
LINGUA_INLINE float log_sum_exp(const T* logits, int64_t vocab) {
  constexpr int64_t kBlock = 2048;
  float peak = -std::numeric_limits<float>::infinity();
  float sum = 0.0f;
  for (int64_t begin = 0; begin < vocab; begin += kBlock) {
    const int64_t end = begin + kBlock < vocab ? begin + kBlock : vocab;
    float block_peak = peak;
#pragma omp simd reduction(max : block_peak)
    for (int64_t i = begin; i < end; ++i) {
      const float value = load(logits[i]);
      block_peak = value > block_peak ? value : block_peak;
    }
    float block_sum = 0.0f;
#pragma omp simd reduction(+ : block_sum)
    for (int64_t i = begin; i < end; ++i) block_sum += exponential(load(logits[i]) - block_peak);
    if (begin > 0) sum *= exponential(peak - block_peak);
    sum += block_sum;
    peak = block_peak;
  }
  return peak + std::log(sum);
}

template <class T>
LINGUA_INLINE void cross_entropy_rows(const T* logits, const int64_t* targets, float* losses,
                                      int64_t rows, int64_t vocab) {
  for (int64_t r = 0; r < rows; ++r, logits += vocab) {
    losses[r] = log_sum_exp(logits, vocab) - load(logits[targets[r]]);
  }
}

template <class T>
LINGUA_INLINE void cross_entropy_gradient_rows(T* logits, const int64_t* targets, float* losses,
                                               int64_t rows, int64_t vocab, float scale) {
  for (int64_t r = 0; r < rows; ++r, logits += vocab) {
    const float normaliser = log_sum_exp(logits, vocab);
    const float target_logit = load(logits[targets[r]]);
    losses[r] = normaliser - target_logit;
#pragma omp simd
    for (int64_t i = 0; i < vocab; ++i) {
      store(logits[i], scale * exponential(load(logits[i]) - normaliser));
    }
    store(logits[targets[r]], scale * (exponential(target_logit - normaliser) - 1.0f));
  }
}

}  // namespace

LINGUA_CLONES void rms_norm(const float* x, const float* weight, float* y, int64_t rows,
                            int64_t width, float eps, float offset) {
  rms_norm_rows(x, weight, y, rows, width, eps, offset);
}
LINGUA_CLONES void rms_norm(const Bf16* x, const Bf16* weight, Bf16* y, int64_t rows, int64_t width,
                            float eps, float offset) {
  rms_norm_rows(x, weight, y, rows, width, eps, offset);
}

LINGUA_CLONES void rms_norm_backward(const float* dy, const float* x, const float* weight,
                                     const float* added, float* dx, float* dweight, int64_t rows,
                                     int64_t width, float eps, float offset) {
  rms_norm_backward_rows(dy, x, weight, added, dx, dweight, rows, width, eps, offset);
}
LINGUA_CLONES void rms_norm_backward(const Bf16* dy, const Bf16* x, const Bf16* weight,
                                     const Bf16* added, Bf16* dx, float* dweight, int64_t rows,
                                     int64_t width, float eps, float offset) {
  rms_norm_backward_rows(dy, x, weight, added, dx, dweight, rows, width, eps, offset);
}

LINGUA_CLONES void swiglu(const float* gate_up, float* y, int64_t rows, int64_t width) {
  swiglu_rows(gate_up, y, rows, width);
}
LINGUA_CLONES void swiglu(const Bf16* gate_up, Bf16* y, int64_t rows, int64_t width) {
  swiglu_rows(gate_up, y, rows, width);
}

LINGUA_CLONES void swiglu_backward(const float* dy, const float* gate_up, float* dgate_up,
                                   int64_t rows, int64_t width) {
  swiglu_backward_rows(dy, gate_up, dgate_up, rows, width);
}
LINGUA_CLONES void swiglu_backward(const Bf16* dy, const Bf16* gate_up, Bf16* dgate_up,
                                   int64_t rows, int64_t width) {
  swiglu_backward_rows(dy, gate_up, dgate_up, rows, width);
}

LINGUA_CLONES void rotate(const float* x, int64_t x_stride, const float* cosine, const float* sine,
                          float* y, int64_t rows, int64_t heads, int64_t dim, float direction) {
  rotate_rows(x, x_stride, cosine, sine, y, rows, heads, dim, direction);
}
LINGUA_CLONES void rotate(const Bf16* x, int64_t x_stride, const float* cosine, const float* sine,
                          Bf16* y, int64_t rows, int64_t heads, int64_t dim, float direction) {
  rotate_rows(x, x_stride, cosine, sine, y, rows, heads, dim, direction);
}

LINGUA_CLONES void scale(const Bf16* x, float factor, Bf16* y, int64_t count) {
#pragma omp simd
  for (int64_t i = 0; i < count; ++i) store(y[i], factor * load(x[i]));
}

LINGUA_CLONES float dot(const Bf16* x, const Bf16* y, int64_t count) {
  float sum = 0.0f;
#pragma omp simd reduction(+ : sum)
  for (int64_t i = 0; i < count; ++i) sum += load(x[i]) * load(y[i]);
  return sum;
}

LINGUA_CLONES void cross_entropy(const float* logits, const int64_t* targets, float* losses,
                                 int64_t rows, int64_t vocab) {
  cross_entropy_rows(logits, targets, losses, rows, vocab);
}
LINGUA_CLONES void cross_entropy(const Bf16* logits, const int64_t* targets, float* losses,
                                 int64_t rows, int64_t vocab) {
  cross_entropy_rows(logits, targets, losses, rows, vocab);
}

LINGUA_CLONES void cross_entropy_gradient(float* logits, const int64_t* targets, float* losses,
                                          int64_t rows, int64_t vocab, float scale) {
  cross_entropy_gradient_rows(logits, targets, losses, rows, vocab, scale);
}
LINGUA_CLONES void cross_entropy_gradient(Bf16* logits, const int64_t* targets, float* losses,
                                          int64_t rows, int64_t vocab, float scale) {
  cross_entropy_gradient_rows(logits, targets, losses, rows, vocab, scale);
}

LINGUA_CLONES void adamw(float* weight, float* moment1, float* moment2, const float* gradient,
                         int64_t count, const AdamStep& step) {
  const float keep = 1.0f - step.learning_rate * step.weight_decay;
  const float rate = step.learning_rate / step.correction1;
  const float spread = 1.0f / step.correction2;
#pragma omp simd
  for (int64_t i = 0; i < count; ++i) {
    const float g = gradient[i] * step.gradient_scale;
    const float m = step.beta1 * moment1[i] + (1.0f - step.beta1) * g;
    const float v = step.beta2 * moment2[i] + (1.0f - step.beta2) * g * g;
    moment1[i] = m;
    moment2[i] = v;
    weight[i] = weight[i] * keep - rate * m / (std::sqrt(v * spread) + step.eps);
  }
}

LINGUA_CLONES void to_bf16(const float* x, Bf16* y, int64_t count) {
#pragma omp simd
  for (int64_t i = 0; i < count; ++i) store(y[i], x[i]);
}

LINGUA_CLONES double sum_of_squares(const float* x, int64_t count) {
  double sum = 0.0;
#pragma omp simd reduction(+ : sum)
  for (int64_t i = 0; i < count; ++i) sum += static_cast<double>(x[i]) * x[i];
  return sum;
}

}  // namespace lingua::kernels

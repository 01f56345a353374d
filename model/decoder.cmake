# The decoder, its kernels, its cache, and the Scorer above them.
set(MODEL_DECODER
  adapter_places.cpp
  attention.cpp
  decoder.cpp
  decoder_layer.cpp
  decoder_weights.cpp
  dropout.cpp
  dtype.cpp
  kernels.cpp
  kv_cache.cpp
  layers.cpp
  lora.cpp
  low_rank.cpp
  projection.cpp
  recompute.cpp
  rotary.cpp
  runnable_model.cpp
  scorer.cpp
  target_loss.cpp)

# Loops that the compiler may vectorise: sums in any order where `omp simd` says so, no errno and
# no floating-point traps. The flags differ from the precompiled header's, and the file needs none.
set_source_files_properties(kernels.cpp PROPERTIES
  COMPILE_OPTIONS "-O3;-fopenmp-simd;-fno-math-errno;-fno-trapping-math"
  SKIP_PRECOMPILE_HEADERS ON)

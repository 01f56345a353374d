# The decoder, its kernels, its cache, and the Scorer above them.
set(MODEL_DECODER
  adapted_linear.cpp
  adapted_tiles.cpp
  adapter_places.cpp
  agreement.cpp
  attention.cpp
  attention_gradient.cpp
  blas_threads.cpp
  causal_attention.cpp
  decoder.cpp
  decoder_layer.cpp
  decoder_weights.cpp
  device.cpp
  divergence.cpp
  dropout.cpp
  dtype.cpp
  fewer_layers.cpp
  finished_linear.cpp
  float_product.cpp
  forgotten_gradients.cpp
  gated.cpp
  generate.cpp
  gradient_kernels.cpp
  int8_kernels.cpp
  int8_linear.cpp
  int8_product.cpp
  int8_product_avx512_vnni.cpp
  int8_weight.cpp
  kernels.cpp
  kv_cache.cpp
  layers.cpp
  linear.cpp
  lora.cpp
  next_tokens.cpp
  online_softmax.cpp
  projection.cpp
  recompute.cpp
  rotary.cpp
  row_product.cpp
  runnable_model.cpp
  scorer.cpp
  shared_passes.cpp
  softmax_avx512.cpp
  softmax_avx512_bf16.cpp
  softmax_gradient_avx512_bf16.cpp
  target_loss.cpp
  tensor_memory.cpp
  thin_gradient.cpp
  tile_attention.cpp
  tile_layout.cpp
  tile_linear.cpp
  tile_losses.cpp
  tile_pack.cpp
  tile_product.cpp
  tile_product_amx.cpp
  tile_product_avx2.cpp
  tile_product_avx512.cpp
  tile_product_avx512_bf16.cpp
  tile_units_amx.cpp
  tile_units_avx512_bf16.cpp
  weight_gradient.cpp)

# Loops that the compiler may vectorise: sums in any order where `omp simd` says so, no errno and
# no floating-point traps. The flags differ from the precompiled header's, which they do not need.
# Vectors as arguments of functions that are inlined anyway have no ABI to warn of.
set_source_files_properties(gradient_kernels.cpp int8_kernels.cpp kernels.cpp
  online_softmax.cpp tile_pack.cpp
  PROPERTIES
  COMPILE_OPTIONS "-O3;-fopenmp-simd;-fno-math-errno;-fno-trapping-math;-Wno-psabi"
  SKIP_PRECOMPILE_HEADERS ON)

# Each for one instruction set, called only where the processor has it.
function(lingua_instruction_set sources)
  if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
    set_source_files_properties(${sources} PROPERTIES
      COMPILE_OPTIONS "-O3;${ARGN}" SKIP_PRECOMPILE_HEADERS ON)
  endif()
endfunction()
lingua_instruction_set(tile_product_avx2.cpp -mavx2 -mfma)
# gcc 12 takes the undefined lanes in its own AVX-512 header for mistakes of ours.
set(undefined_lanes -Wno-uninitialized -Wno-maybe-uninitialized)
lingua_instruction_set("tile_product_avx512.cpp;softmax_avx512.cpp" -mavx512f -mavx512dq
                       ${undefined_lanes})
lingua_instruction_set("tile_product_avx512_bf16.cpp;softmax_avx512_bf16.cpp"
                       -mavx512f -mavx512dq -mavx512bf16 ${undefined_lanes})
lingua_instruction_set("softmax_gradient_avx512_bf16.cpp;tile_units_avx512_bf16.cpp"
                       -mavx512f -mavx512bw -mavx512dq -mavx512bf16 ${undefined_lanes})
lingua_instruction_set(int8_product_avx512_vnni.cpp
                       -mavx512f -mavx512bw -mavx512dq -mavx512vnni ${undefined_lanes})
lingua_instruction_set(tile_units_amx.cpp
                       -mamx-tile -mamx-bf16 -mavx512f -mavx512bw -mavx512dq -mavx512bf16
                       ${undefined_lanes})
lingua_instruction_set(tile_product_amx.cpp -mamx-tile -mamx-bf16)

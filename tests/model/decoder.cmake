lingua_test(test_decoder
  SOURCES agreement_test.cpp causal_attention_test.cpp decoder_test.cpp divergence_test.cpp
          fewer_layers_test.cpp gated_mlp_test.cpp generate_test.cpp
          kernels_test.cpp layers_test.cpp linear_test.cpp parallel_test.cpp scorer_test.cpp
          target_loss_test.cpp
          tensor_memory_test.cpp
  LIBS lingua_model)
lingua_test(test_tiles
  SOURCES amx_stand_in.cpp float_product_test.cpp inference_path_test.cpp
          int8_linear_test.cpp tile_test.cpp tile_units_test.cpp
  LIBS lingua_model lingua_testing)
lingua_instruction_set(amx_stand_in.cpp -mavx512f -mavx512bw -mavx512dq -mavx512bf16
                       -Wno-uninitialized -Wno-maybe-uninitialized)
lingua_test(test_adapters
  SOURCES dropout_test.cpp lora_test.cpp recompute_test.cpp
  LIBS lingua_model)

# Every family against Python transformers, where scripts/setup --check-env made the environment.
set(python "${LINGUA_CACHE}/check/bin/python")
if(EXISTS "${python}")
  add_executable(dump_step dump_step.cpp)
  target_link_libraries(dump_step PRIVATE lingua_model lingua_flags)
  target_precompile_headers(dump_step REUSE_FROM lingua_pch)
  set_target_properties(dump_step PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY "${CMAKE_RUNTIME_OUTPUT_DIRECTORY}/tests")
  set_property(GLOBAL APPEND PROPERTY LINGUA_TESTS dump_step)
  add_test(NAME families_with_transformers
           COMMAND "${python}" "${CMAKE_CURRENT_SOURCE_DIR}/families_with_transformers.py"
                   $<TARGET_FILE:dump_step>)
  set_tests_properties(families_with_transformers PROPERTIES TIMEOUT ${LINGUA_TEST_TIMEOUT}
                       ENVIRONMENT "HF_HUB_OFFLINE=1")
endif()

# The file of scripts/fetch-gemma, where somebody fetched it.
set(gemma "${LINGUA_CACHE}/models/gemma3-270m.gguf")
if(EXISTS "${python}" AND EXISTS "${gemma}")
  add_test(NAME gemma_gguf
           COMMAND "${python}" "${CMAKE_CURRENT_SOURCE_DIR}/gemma_gguf.py"
                   "${CMAKE_RUNTIME_OUTPUT_DIRECTORY}/lingua-score" "${gemma}")
  set_tests_properties(gemma_gguf PROPERTIES TIMEOUT ${LINGUA_TEST_TIMEOUT}
                       ENVIRONMENT "HF_HUB_OFFLINE=1")
endif()

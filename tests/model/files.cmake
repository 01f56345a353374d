# Weight files and configurations.
lingua_test(test_model_files
  SOURCES aligned_file_test.cpp config_family_test.cpp config_test.cpp crc32_test.cpp device_test.cpp
          dequantize_test.cpp gguf_draft.cpp
          gguf_loader_test.cpp gguf_test.cpp hf_loader_test.cpp loader_test.cpp
          pickle_writer_test.cpp safetensors_test.cpp stand_in_device.cpp tiny_model.cpp tiny_tokenizer.cpp
          weight_layout_test.cpp zip_test.cpp
  LIBS lingua_model ZLIB::ZLIB)

# A tiny aligned.pt, for tests that use one as a file.
add_executable(write_tiny_aligned write_tiny_aligned.cpp tiny_model.cpp tiny_tokenizer.cpp)
target_link_libraries(write_tiny_aligned PRIVATE lingua_model lingua_flags)
target_precompile_headers(write_tiny_aligned REUSE_FROM lingua_pch)
set_target_properties(write_tiny_aligned PROPERTIES
  RUNTIME_OUTPUT_DIRECTORY "${CMAKE_RUNTIME_OUTPUT_DIRECTORY}/tests")
set_property(GLOBAL APPEND PROPERTY LINGUA_TESTS write_tiny_aligned)

# What Python's torch makes of it, where scripts/setup --check-env made the environment.
set(python "${LINGUA_CACHE}/check/bin/python")
if(EXISTS "${python}")
  add_test(NAME open_aligned
           COMMAND "${python}" "${CMAKE_CURRENT_SOURCE_DIR}/open_aligned.py"
                   $<TARGET_FILE:write_tiny_aligned>)
endif()

# Weight files and configurations: GGUF, safetensors, Hugging Face directories, aligned.pt.
set(MODEL_FILES
  config.cpp
  dequantize.cpp
  ggml_type.cpp
  gguf.cpp
  gguf_loader.cpp
  gguf_metadata.cpp
  gguf_tokenizer.cpp
  loader.cpp
  mapped_tensor.cpp)

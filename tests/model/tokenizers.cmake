# Tokenizers: byte-level BPE and SentencePiece.
lingua_test(tokenizer_test
  SOURCES bpe_tokenizer_test.cpp pre_tokenizer_test.cpp tokenizer_file_test.cpp
          tokenizer_json_test.cpp tiny_tokenizer.cpp
  LIBS lingua_model)
lingua_test(sentencepiece_test
  SOURCES sentencepiece_tokenizer_test.cpp sentencepiece_check_test.cpp model_proto.cpp
  LIBS lingua_model)

if(EXISTS "${shared}/golden/tokens.jsonl" AND
   EXISTS "${LINGUA_CACHE}/models/smollm2-135m-instruct.gguf")
  lingua_test(tokenizer_golden_test SOURCES tokenizer_golden_test.cpp LIBS lingua_model)
  set_property(TEST tokenizer_golden_test APPEND PROPERTY ENVIRONMENT "LINGUA_SHARED=${shared}")
endif()

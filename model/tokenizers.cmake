# Tokenizers: byte-level BPE and SentencePiece.
set(MODEL_TOKENIZERS
  bpe_merge.cpp
  bpe_tokenizer.cpp
  byte_alphabet.cpp
  charsmap_check.cpp
  pre_tokenizer.cpp
  pre_tokenizer_json.cpp
  protobuf_wire.cpp
  regex.cpp
  sentencepiece_check.cpp
  sentencepiece_library.cpp
  sentencepiece_tokenizer.cpp
  sentencepiece_train.cpp
  spellings.cpp
  tokenizer.cpp
  tokenizer_fields.cpp
  tokenizer_json.cpp)

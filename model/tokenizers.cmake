# Tokenizers: byte-level BPE and SentencePiece.
set(MODEL_TOKENIZERS
  bpe_merge.cpp
  bpe_tokenizer.cpp
  byte_alphabet.cpp
  pre_tokenizer.cpp
  pre_tokenizer_json.cpp
  regex.cpp
  spellings.cpp
  tokenizer.cpp
  tokenizer_fields.cpp
  tokenizer_json.cpp)

#pragma once

#include <cstddef>
#include <cstdint>

// A plain C interface above SentencePiece, so that the library can live in a module with a
// namespace (and a C library) of its own: see cmake/LinguaSentencePiece.cmake. Therefore nothing
// that one side allocates is freed by the other, and no exception and no C++ object crosses.
//
// Functions that can fail return false after writing a message, ended by a zero byte, to
// `message`, which has room for kLinguaSpMessageSize bytes.
extern "C" {

enum { kLinguaSpVersion = 1, kLinguaSpMessageSize = 512 };

struct LinguaSpModel;  // opaque

// Bytes that the caller lends.
struct LinguaSpText {
  const char* data;
  size_t size;
};

// A token and the bytes [begin, end) of the encoded text that it covers.
struct LinguaSpToken {
  int32_t id;
  uint32_t begin;
  uint32_t end;
};

// Arrays that the module owns until they are handed to release().
struct LinguaSpTokens {
  LinguaSpToken* data;
  size_t size;
};
struct LinguaSpBytes {
  char* data;
  size_t size;
};

struct LinguaSpApi {
  int version;  // kLinguaSpVersion

  // Makes a model from a serialized ModelProto. The bytes must have passed check_sentencepiece().
  bool (*load)(LinguaSpText proto, LinguaSpModel** model, char* message);
  void (*unload)(LinguaSpModel* model);

  // Encodes text of less than 2 GiB. May be called from several threads at once.
  bool (*encode)(const LinguaSpModel* model, LinguaSpText text, LinguaSpTokens* tokens,
                 char* message);

  // Trains on `sentences`. `options` are `option_count` pairs of a name of SentencePiece's trainer
  // options and its value, each ended by a zero byte. Gives a serialized ModelProto.
  bool (*train)(const LinguaSpText* sentences, size_t sentence_count, const char* const* options,
                size_t option_count, LinguaSpBytes* proto, char* message);

  // Frees an array that encode() or train() gave.
  void (*release)(void* data);
};

// The one symbol of the module. The table lives as long as the module.
const LinguaSpApi* lingua_sentencepiece_api();
}

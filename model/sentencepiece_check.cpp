#include "model/sentencepiece_check.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "model/charsmap_check.h"
#include "model/protobuf_wire.h"
#include "support/error.h"
#include "support/utf8.h"

namespace lingua {
namespace {

constexpr std::size_t kLargestProto = std::size_t{64} << 20;  // bytes
constexpr std::size_t kMostPieces = std::size_t{1} << 20;
constexpr std::size_t kLongestPiece = 1024;  // bytes
constexpr std::size_t kDeepestNesting = 60;  // user-defined pieces; the library has room for 64
constexpr uint64_t kUnigram = 1;
constexpr uint64_t kBpe = 2;

class Check {
 public:
  explicit Check(const std::string& where) : where_(where) {}

  SentencePieceModel run(std::string_view proto) {
    if (proto.size() > kLargestProto) {
      fail("a model of " + std::to_string(proto.size()) + " bytes is too large");
    }
    for_each_field(proto, "the model", [this](const WireField& field) { read_model(field); });
    if (model_.pieces.empty()) fail("it has no pieces");
    check_nesting();
    return std::move(model_);
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw Error(ErrorKind::kModel, where_ + ": not a usable SentencePiece model: " + what,
                "fetch tokenizer.model again");
  }

  template <typename Action>
  void for_each_field(std::string_view message, const std::string& what, Action action) const {
    WireReader reader(message);
    WireField field;
    while (!reader.done()) {
      if (!reader.next(field)) fail(what + " is truncated or damaged");
      action(field);
    }
  }

  void require(const WireField& field, WireField::Type type, const std::string& what) const {
    if (field.type != type) fail(what + " has a field of the wrong type");
  }

  void read_model(const WireField& field) {
    if (field.number < 1 || field.number > 5) return;
    require(field, WireField::Type::kBytes, "the model");
    if (field.number == 1) read_piece(field.bytes);
    if (field.number == 2) read_trainer(field.bytes);
    if (field.number == 3 || field.number == 5) read_normalizer(field.bytes, field.number == 3);
  }

  void read_piece(std::string_view bytes) {
    const std::string what = "piece " + std::to_string(model_.pieces.size());
    if (model_.pieces.size() >= kMostPieces) fail("more than " + what);
    SentencePiece piece;
    for_each_field(bytes, what, [&](const WireField& field) {
      if (field.number == 1) {
        require(field, WireField::Type::kBytes, what);
        piece.text = field.bytes;
      } else if (field.number == 2) {
        require(field, WireField::Type::kFixed32, what);
        const float score = std::bit_cast<float>(static_cast<uint32_t>(field.value));
        if (!std::isfinite(score)) fail(what + " has a score that is not finite");
        piece.score = score;
      } else if (field.number == 3) {
        require(field, WireField::Type::kVarint, what);
        if (field.value < 1 || field.value > 6) {
          fail(what + " is of the unknown type " + std::to_string(field.value));
        }
        piece.kind = static_cast<PieceKind>(field.value);
      }
    });
    if (piece.text.empty() || piece.text.size() > kLongestPiece) {
      fail(what + " has " + std::to_string(piece.text.size()) + " bytes");
    }
    if (!is_utf8(piece.text)) fail(what + " is not UTF-8");
    model_.pieces.push_back(std::move(piece));
  }

  void read_trainer(std::string_view bytes) {
    const std::string what = "trainer_spec";
    for_each_field(bytes, what, [&](const WireField& field) {
      if (field.number == 3) {  // model_type
        require(field, WireField::Type::kVarint, what);
        if (field.value != kUnigram && field.value != kBpe) {
          fail("model_type " + std::to_string(field.value) + " is neither unigram nor BPE");
        }
        model_.is_bpe = field.value == kBpe;
      }
      if (field.number == 24) {
        require(field, WireField::Type::kVarint, what);
        if (field.value != 0) fail("treat_whitespace_as_suffix is not supported");
      }
    });
  }

  void read_normalizer(std::string_view bytes, bool of_input) {
    const std::string what = of_input ? "normalizer_spec" : "denormalizer_spec";
    for_each_field(bytes, what, [&](const WireField& field) {
      if (field.number == 1) {
        require(field, WireField::Type::kBytes, what);
        if (of_input) model_.normalisation = field.bytes;
      }
      if (field.number == 2) {
        require(field, WireField::Type::kBytes, what);
        const std::string defect = defect_of_charsmap(field.bytes);
        if (!defect.empty()) fail("the table of " + what + ": " + defect);
        if (of_input) model_.charsmap = field.bytes;
      }
      if (field.number < 3 || field.number > 5) return;
      require(field, WireField::Type::kVarint, what);
      if (!of_input) return;
      if (field.number == 3) model_.add_dummy_prefix = field.value != 0;
      if (field.number == 4) model_.remove_extra_whitespaces = field.value != 0;
      if (field.number == 5) model_.escape_whitespaces = field.value != 0;
    });
  }

  // How many user-defined pieces begin with each other: the library keeps all that match at a place
  // in an array of fixed size.
  void check_nesting() const {
    std::vector<std::string_view> pieces;
    for (const SentencePiece& piece : model_.pieces) {
      if (piece.kind == PieceKind::kUserDefined) pieces.push_back(piece.text);
    }
    std::sort(pieces.begin(), pieces.end());
    std::vector<std::string_view> around;  // those that the current one begins with
    for (const std::string_view piece : pieces) {
      while (!around.empty() && !piece.starts_with(around.back())) around.pop_back();
      around.push_back(piece);
      if (around.size() > kDeepestNesting)
        fail("too many user-defined pieces begin with each other");
    }
  }

  const std::string& where_;
  SentencePieceModel model_;
};

}  // namespace

bool is_special(const SentencePiece& piece) {
  if (piece.kind == PieceKind::kControl) return true;
  if (piece.kind != PieceKind::kUserDefined || piece.text.size() < 3) return false;
  const char first = piece.text.front();
  const char last = piece.text.back();
  return (first == '<' && last == '>') || (first == '[' && last == ']');
}

SentencePieceModel check_sentencepiece(std::string_view proto, const std::string& where) {
  return Check(where).run(proto);
}

}  // namespace lingua

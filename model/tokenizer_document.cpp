#include "model/tokenizer_document.h"

#include <utility>

namespace lingua {
namespace {

constexpr std::size_t kLargestFile = std::size_t{256} << 20;  // bytes
constexpr int kDeepest = 64;

// Where the values that come next belong.
enum class Place { kTree, kVocabulary, kMerges, kPair };

// Builds the document from the parser's events.
class Builder : public nlohmann::json_sax<SortedJson> {
 public:
  explicit Builder(const TokenizerFields& fields) : fields_(fields) {}

  TokenizerDocument take() { return std::move(document_); }

  bool null() override { return add(nullptr); }
  bool boolean(bool value) override { return add(value); }
  bool number_integer(number_integer_t value) override { return add(value); }
  bool number_unsigned(number_unsigned_t value) override { return add(value); }
  bool number_float(number_float_t value, const string_t&) override { return add(value); }
  bool binary(binary_t& value) override { return add(std::move(value)); }

  bool string(string_t& value) override {
    if (place_ != Place::kMerges) return add(std::move(value));
    document_.merges.push_back({std::move(value)});
    return true;
  }

  bool key(string_t& key) override {
    if (place_ == Place::kVocabulary) {
      piece_ = std::move(key);
      return true;
    }
    if (open_.back()->contains(key)) {
      fields_.fail("the key " + SortedJson(key).dump() + " is there twice");
    }
    keys_.back() = std::move(key);
    return true;
  }

  bool start_object(std::size_t) override { return start(SortedJson::object()); }
  bool start_array(std::size_t) override { return start(SortedJson::array()); }
  bool end_object() override { return end(); }
  bool end_array() override { return end(); }

  bool parse_error(std::size_t, const std::string&, const SortedJson::exception& error) override {
    fields_.fail(std::string("not valid JSON: ") + error.what());
  }

 private:
  bool add(SortedJson value) {
    switch (place_) {
      case Place::kTree:
        put(std::move(value));
        break;
      case Place::kVocabulary: {
        const TokenId id = fields_.id(value, piece_);
        document_.vocabulary.push_back({std::move(piece_), id});
        break;
      }
      case Place::kPair:
        pair_.push_back(std::move(value));
        break;
      case Place::kMerges:
        refuse_merge(value);
    }
    return true;
  }

  bool start(SortedJson container) {
    if (++depth_ > kDeepest) {
      fields_.fail("JSON is nested deeper than " + std::to_string(kDeepest));
    }
    if (place_ == Place::kTree) {
      start_in_tree(std::move(container));
    } else if (place_ == Place::kMerges && container.is_array()) {
      place_ = Place::kPair;
      pair_ = SortedJson::array();
    } else if (place_ == Place::kVocabulary) {
      fields_.id(container, piece_);  // which it is not
    } else {
      refuse_merge(container);
    }
    return true;
  }

  void start_in_tree(SortedJson container) {
    const bool vocabulary = container.is_object() && is_in_model("vocab");
    const bool merges = container.is_array() && is_in_model("merges");
    SortedJson& placed = put(std::move(container));
    if (vocabulary) {
      place_ = Place::kVocabulary;
    } else if (merges) {
      place_ = Place::kMerges;
    } else {
      open_.push_back(&placed);
      keys_.emplace_back();
    }
  }

  bool end() {
    --depth_;
    if (place_ == Place::kPair) {
      end_pair();
    } else if (place_ != Place::kTree) {
      place_ = Place::kTree;
    } else {
      open_.pop_back();
      keys_.pop_back();
    }
    return true;
  }

  void end_pair() {
    if (pair_.size() != 2 || !pair_[0].is_string() || !pair_[1].is_string()) refuse_merge(pair_);
    const auto& left = pair_[0].get_ref<const std::string&>();
    document_.merges.push_back({left + ' ' + pair_[1].get_ref<const std::string&>(), left.size()});
    place_ = Place::kMerges;
  }

  [[noreturn]] void refuse_merge(const SortedJson& merge) const {
    fields_.fail("merge " + merge.dump() + " must be a string or a pair");
  }

  bool is_in_model(const char* key) const {
    return open_.size() == 2 && keys_[0] == "model" && keys_[1] == key;
  }

  // A value into the innermost open container, which stays where it is until it is closed.
  SortedJson& put(SortedJson value) {
    if (open_.empty()) return document_.root = std::move(value);
    SortedJson& parent = *open_.back();
    if (!parent.is_array()) return parent[keys_.back()] = std::move(value);
    parent.push_back(std::move(value));
    return parent.back();
  }

  const TokenizerFields& fields_;
  TokenizerDocument document_;
  Place place_ = Place::kTree;
  int depth_ = 0;                  // of the open containers, the long ones too
  std::vector<SortedJson*> open_;  // containers of the tree, the outermost first
  std::vector<std::string> keys_;  // the current one of each, "" in an array
  std::string piece_;              // whose id comes next
  SortedJson pair_;                // of halves
};

}  // namespace

std::string MergeEntry::as_json() const {
  if (left_bytes == 0) return SortedJson(text).dump();
  return SortedJson::array({text.substr(0, left_bytes), text.substr(left_bytes + 1)}).dump();
}

TokenizerDocument read_tokenizer_document(std::string_view bytes, const TokenizerFields& fields) {
  if (bytes.size() > kLargestFile) {
    fields.fail(std::to_string(bytes.size()) + " bytes, more than a tokenizer can have");
  }
  Builder builder(fields);
  SortedJson::sax_parse(bytes, &builder);
  return builder.take();
}

}  // namespace lingua

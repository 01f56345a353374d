#include "model/pickle_writer.h"

#include <gtest/gtest.h>

#include "tests/error_of.h"

namespace lingua {
namespace {

using namespace std::string_literals;

// Opcodes as Python's pickletools.dis names them.

TEST(PickleWriter, WritesADictOfTextAndIntegers) {
  PickleWriter pickle;
  pickle.begin_dict();
  pickle.text("k");
  pickle.integer(-2);
  pickle.text("é");
  pickle.integer(int64_t{1} << 40);
  pickle.end_dict();
  EXPECT_EQ(pickle.finish(),
            "\x80\x02"                                  // PROTO 2
            "}("                                        // EMPTY_DICT MARK
            "X\x01\x00\x00\x00k"                        // BINUNICODE
            "J\xFE\xFF\xFF\xFF"                         // BININT
            "X\x02\x00\x00\x00\xC3\xA9"                 // BINUNICODE
            "\x8A\x08\x00\x00\x00\x00\x00\x01\x00\x00"  // LONG1
            "u."s);                                     // SETITEMS STOP
}

TEST(PickleWriter, WritesBytesAsLatin1) {
  PickleWriter pickle;
  pickle.bytes("a\xFF"s);
  EXPECT_EQ(pickle.finish(),
            "\x80\x02"
            "c_codecs\nencode\n("  // GLOBAL MARK
            "X\x03\x00\x00\x00"
            "a\xC3\xBF"  // U+00FF
            "X\x06\x00\x00\x00latin1"
            "tR."s);  // TUPLE REDUCE STOP
}

TEST(PickleWriter, WritesATensorByPersistentId) {
  PickleWriter pickle;
  pickle.tensor("HalfStorage", "7", {2, 3});
  EXPECT_EQ(pickle.finish(),
            "\x80\x02"
            "ctorch._utils\n_rebuild_tensor_v2\n("
            "(X\x07\x00\x00\x00storage"
            "ctorch\nHalfStorage\n"
            "X\x01\x00\x00\x00"
            "7"
            "X\x03\x00\x00\x00"
            "cpu"
            "J\x06\x00\x00\x00"                     // elements
            "tQ"                                    // TUPLE BINPERSID
            "J\x00\x00\x00\x00"                     // offset
            "(J\x02\x00\x00\x00J\x03\x00\x00\x00t"  // shape
            "(J\x03\x00\x00\x00J\x01\x00\x00\x00t"  // strides
            "\x89"                                  // no gradient
            "ccollections\nOrderedDict\n)R"         // no hooks
            "tR."s);
}

TEST(PickleWriter, RefusesTextThatIsNotUtf8) {
  PickleWriter pickle;
  EXPECT_TRUE(error_of([&] { pickle.text("\xFF"); }));
}

}  // namespace
}  // namespace lingua

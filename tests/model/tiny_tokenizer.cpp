#include "tests/model/tiny_tokenizer.h"

#include "model/byte_alphabet.h"
#include "support/json.h"

namespace lingua {

std::string tiny_tokenizer_json(const TinyTokenizerParts& parts) {
  std::string vocabulary;
  for (int byte = 0; byte < 256; ++byte) {
    if (parts.without_bytes.find(static_cast<char>(byte)) != std::string::npos) continue;
    vocabulary += dump_json(byte_alphabet()[static_cast<std::size_t>(byte)]) + ":" +
                  std::to_string(byte) + ",";
  }
  return R"({"version":"1.0","truncation":null,"padding":null,"normalizer":null,
"added_tokens":[
 {"id":264,"content":"<|end|>","single_word":false,"lstrip":false,"rstrip":false,"special":true},
 {"id":265,"content":"[x]","special":false},
 {"id":266,"content":"[x][x]","special":false}],
"pre_tokenizer":{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true},
"post_processor":null,"decoder":{"type":"ByteLevel"},
"model":{"type":"BPE","dropout":null,"unk_token":)" +
         parts.unknown + R"(,"ignore_merges":)" + parts.ignore_merges + R"(,"vocab":{)" +
         vocabulary +
         R"("th":256,"he":257,"the":258,"Ġthe":259,"aa":260,"aaaa":261,"Ã©":262,"zz":263,
"<|end|>":264},"merges":[)" +
         parts.merges + "]}}";
}

}  // namespace lingua

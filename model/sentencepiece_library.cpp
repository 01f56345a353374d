#include "model/sentencepiece_library.h"

#ifdef LINGUA_SENTENCEPIECE_ISOLATED
#include <dlfcn.h>

#include <string>

#include "support/error.h"
#endif

namespace lingua {

#ifdef LINGUA_SENTENCEPIECE_ISOLATED

namespace {

[[noreturn]] void fail(const std::string& cause) {
  throw Error(ErrorKind::kInternal, "the module " LINGUA_SENTENCEPIECE_MODULE_NAME ": " + cause,
              "it belongs into the folder lib beside the folder of the programs; build again");
}

std::string last_error() {
  const char* text = dlerror();
  return text == nullptr ? "unknown cause" : text;
}

// Never unloaded: models that it made may live until the end of the process.
const LinguaSpApi& load_module() {
  std::string causes;
  for (const char* path : {LINGUA_SENTENCEPIECE_MODULE_NAME, LINGUA_SENTENCEPIECE_MODULE}) {
    void* module = dlmopen(LM_ID_NEWLM, path, RTLD_NOW | RTLD_LOCAL);
    if (module == nullptr) {
      causes += (causes.empty() ? "" : "; ") + last_error();
      continue;
    }
    void* symbol = dlsym(module, "lingua_sentencepiece_api");
    if (symbol == nullptr) fail(last_error());
    const LinguaSpApi* api = reinterpret_cast<decltype(&lingua_sentencepiece_api)>(symbol)();
    if (api->version != kLinguaSpVersion) {
      fail("version " + std::to_string(api->version) + " instead of " +
           std::to_string(kLinguaSpVersion));
    }
    return *api;
  }
  fail(causes);
}

}  // namespace

const LinguaSpApi& sentencepiece_library() {
  static const LinguaSpApi& api = load_module();
  return api;
}

#else

const LinguaSpApi& sentencepiece_library() { return *lingua_sentencepiece_api(); }

#endif

}  // namespace lingua

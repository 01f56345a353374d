#include <lingua/compress.h>
#include <lingua/lingua.h>

#include <cstdlib>
#include <cstring>
#include <new>

#include "compress/recover.h"
#include "library/failures.h"
#include "library/loaded.h"
#include "library/settings.h"

struct lingua_compressor {
  lingua::LoadedModel model;
};

namespace {

using lingua::Error;
using lingua::ErrorKind;
using lingua::Failure;
using lingua::Json;

// What lingua_error() and lingua_hint() say.
thread_local std::string last_error;
thread_local std::string last_hint;

lingua_status fail(lingua_status status, const char* message, const char* hint) noexcept {
  try {
    last_error = message;
    last_hint = hint;
  } catch (...) {  // no memory left for the text
    last_error.clear();
    last_hint.clear();
  }
  return status;
}

// Runs `work` with every failure turned into a status.
template <typename Work>
lingua_status with_status(const Work& work) noexcept {
  try {
    lingua::with_failures(work);
    return LINGUA_OK;
  } catch (const Failure& failure) {
    return fail(static_cast<lingua_status>(failure.kind()), failure.what(), failure.hint().c_str());
  } catch (const std::bad_alloc&) {
    return fail(LINGUA_INTERNAL, "out of memory", "");
  } catch (...) {
    return fail(LINGUA_INTERNAL, "an exception of no known type", "");
  }
}

void require(const void* argument, const char* name) {
  if (argument == nullptr) throw Error(ErrorKind::kUsage, std::string(name) + " is NULL");
}

// A copy that lingua_free() frees.
char* copy_of(const std::string& text) {
  auto* copy = static_cast<char*>(std::malloc(text.size() + 1));
  if (copy == nullptr) throw std::bad_alloc();
  std::memcpy(copy, text.c_str(), text.size() + 1);
  return copy;
}

// The value of a field, null where there is none.
Json field(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found == object.end() ? Json() : *found;
}

Json compressed(const lingua::LoadedModel& model, Json request) {
  const auto asked = lingua::settings_from_json(field(request, "settings"));
  if (request.is_object()) request.erase("settings");
  if (lingua::is_conversation(request)) {
    const auto conversation = lingua::conversation_from_json(request, "the request");
    const auto chat = model.compress(conversation, asked.settings);
    return asked.tokens ? lingua::to_json_with_tokens(chat) : lingua::to_json(chat);
  }
  const bool of_json = asked.settings.form == "json";
  const auto prompt = lingua::prompt_from_json(request, "the request", of_json);
  const auto result = model.compress(prompt, asked.settings);
  return asked.tokens ? lingua::to_json_with_tokens(result) : lingua::to_json(result);
}

std::vector<lingua::ByteRange> ranges_of(const Json& kept) {
  std::vector<lingua::ByteRange> ranges;
  for (const Json& range : kept) {
    const bool pair = range.is_array() && range.size() == 2 && range[0].is_number_unsigned() &&
                      range[1].is_number_unsigned();
    if (!pair)
      throw Error(ErrorKind::kUsage, "\"kept\" holds " + lingua::dump_json(range) + ", no range");
    ranges.push_back({range[0].get<std::size_t>(), range[1].get<std::size_t>()});
  }
  return ranges;
}

std::string text_field(const Json& object, const char* name) {
  const Json value = object.is_object() ? field(object, name) : Json();
  if (value.is_string()) return value.get<std::string>();
  throw Error(ErrorKind::kUsage, std::string("\"") + name + "\" is missing or no string");
}

}  // namespace

lingua_status lingua_open(const char* model, const char* settings, lingua_compressor** compressor) {
  return with_status([&] {
    require(model, "model");
    require(compressor, "compressor");
    const Json json =
        settings == nullptr ? Json() : lingua::parse_json(settings, "settings", ErrorKind::kUsage);
    *compressor =
        new lingua_compressor{lingua::LoadedModel(model, lingua::model_settings_from_json(json))};
  });
}

void lingua_close(lingua_compressor* compressor) { delete compressor; }

lingua_status lingua_compress_text(const lingua_compressor* compressor, const char* text,
                                   double rate, char** compressed) {
  return with_status([&] {
    require(compressor, "compressor");
    require(text, "text");
    require(compressed, "compressed");
    lingua::Settings settings;
    settings.rate = rate;
    const auto result = compressor->model.compress(lingua::prompt_from_text(text), settings);
    *compressed = copy_of(result.compressed_prompt);
  });
}

lingua_status lingua_compress(const lingua_compressor* compressor, const char* request,
                              char** result) {
  return with_status([&] {
    require(compressor, "compressor");
    require(request, "request");
    require(result, "result");
    const Json json = lingua::parse_json(request, "the request", ErrorKind::kUsage);
    *result = copy_of(lingua::dump_json(compressed(compressor->model, json)));
  });
}

lingua_status lingua_recover(const char* request, char** recovered) {
  return with_status([&] {
    require(request, "request");
    require(recovered, "recovered");
    const Json json = lingua::parse_json(request, "the request", ErrorKind::kUsage);
    const auto recovery = lingua::recover(
        text_field(json, "response"), text_field(json, "original"), ranges_of(field(json, "kept")));
    *recovered = copy_of(recovery.text);
  });
}

void lingua_free(char* text) { std::free(text); }

const char* lingua_error(void) { return last_error.c_str(); }
const char* lingua_hint(void) { return last_hint.c_str(); }
const char* lingua_version(void) { return lingua::version(); }

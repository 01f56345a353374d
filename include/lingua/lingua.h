#ifndef LINGUA_LINGUA_H
#define LINGUA_LINGUA_H

/* lingua for C and for whatever calls C: compresses prompts to a token budget with a small language
 * model, in-process. Link with liblingua.
 *
 *   lingua_compressor* compressor = NULL;
 *   char* text = NULL;
 *   if (lingua_open("aligned.pt", NULL, &compressor) == LINGUA_OK &&
 *       lingua_compress_text(compressor, "A long text...", 0.5, &text) == LINGUA_OK) puts(text);
 *   else fprintf(stderr, "%s\n", lingua_error());
 *   lingua_free(text);
 *   lingua_close(compressor);
 *
 * Strings are UTF-8 and end with a zero byte. No function throws or ends the process. One
 * compressor may be used by several threads at a time, but for lingua_close(). */

#include <lingua/api.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a call came to; the values are the exit codes of the commands. */
typedef enum lingua_status {
  LINGUA_OK = 0,
  LINGUA_INTERNAL = 1, /* a defect of lingua or of a library below it, or memory ran out */
  LINGUA_USAGE = 2,    /* an argument or a setting that cannot be */
  LINGUA_DATA = 3,     /* a prompt that cannot be used, or a budget that it cannot meet */
  LINGUA_MODEL = 4     /* a model that cannot be found or read */
} lingua_status;

/* A loaded model. */
typedef struct lingua_compressor lingua_compressor;

/* Loads a model: an aligned.pt, a Hugging Face directory, a GGUF file, or the name of one that
 * scripts/setup fetched. `settings` is NULL or a JSON object: "dtype" ("auto", "fp32", "bf16" or
 * "int8"), "device" ("cpu", "cuda" or "cuda:N"), "threads" (of the whole process; 0, as without it:
 * all processors). *compressor is set on success alone, and given back by lingua_close(), which
 * takes NULL too. */
LINGUA_API lingua_status lingua_open(const char* model, const char* settings,
                                     lingua_compressor** compressor);
LINGUA_API void lingua_close(lingua_compressor* compressor);

/* Compresses a bare text, whose blank lines separate what may be dropped as a whole, to about
 * `rate` of its tokens, in (0, 1]. *compressed is set on success alone. */
LINGUA_API lingua_status lingua_compress_text(const lingua_compressor* compressor, const char* text,
                                              double rate, char** compressed);

/* Compresses a prompt with any settings. `request` is a JSON object as lingua-compress reads it:
 *   "instruction", "question"  strings that stay; may be missing
 *   "context"                  a list of strings that may be shortened
 *   "rate" or "target_tokens"  the budget of the whole output; without either half remains
 *   "messages"                 a conversation instead of the three
 *   "settings"                 an object of the fields of lingua::Settings (lingua/compress.h),
 *                              under their names, but for the budget and reference_arguments;
 *                              json_rules is an object; and "tokens": true for every token's fate
 *   "args"                     reference mode: the Python package's own arguments
 * *result becomes the JSON object that lingua-compress --json writes: "compressed_prompt",
 * "origin_tokens", "compressed_tokens", "ratio", "rate", "kept" and more; of a conversation it has
 * "messages" in place of the first. Set on success alone. */
LINGUA_API lingua_status lingua_compress(const lingua_compressor* compressor, const char* request,
                                         char** result);

/* Puts spans of the original prompt into a response to the compressed one: `request` is a JSON
 * object of "response", "original" and "kept", the latter as in the result. *recovered is set on
 * success alone. */
LINGUA_API lingua_status lingua_recover(const char* request, char** recovered);

/* Frees a string that one of the functions above set; NULL is allowed. */
LINGUA_API void lingua_free(char* text);

/* What was wrong with this thread's last call that failed, and how to mend it; "" where there is
 * nothing to say. Valid until the thread's next call that fails. Not to be freed. */
LINGUA_API const char* lingua_error(void);
LINGUA_API const char* lingua_hint(void);

/* "0.1.0"; not to be freed. */
LINGUA_API const char* lingua_version(void);

#ifdef __cplusplus
}
#endif

#endif

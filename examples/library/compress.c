/* Compresses the text on standard input: compress_c MODEL [RATE [DTYPE]] */
#include <lingua/lingua.h>
#include <stdio.h>
#include <stdlib.h>

/* All of standard input as a string to be freed, NULL where memory runs out. */
static char* read_all(void) {
  size_t size = 0, room = 4096;
  char* text = malloc(room);
  while (text != NULL) {
    size += fread(text + size, 1, room - size - 1, stdin);
    if (size + 1 < room) break;
    char* larger = realloc(text, room *= 2);
    if (larger == NULL) free(text);
    text = larger;
  }
  if (text != NULL) text[size] = '\0';
  return text;
}

static int report(lingua_status status) {
  fprintf(stderr, "%s\nhint: %s\n", lingua_error(), lingua_hint());
  return (int)status;
}

int main(int count, char** arguments) {
  if (count < 2) {
    fprintf(stderr, "usage: %s MODEL [RATE [DTYPE]] < prompt.txt\n", arguments[0]);
    return LINGUA_USAGE;
  }
  char settings[64];
  snprintf(settings, sizeof settings, "{\"dtype\": \"%s\"}", count > 3 ? arguments[3] : "auto");
  lingua_compressor* compressor = NULL;
  lingua_status status = lingua_open(arguments[1], settings, &compressor);
  if (status != LINGUA_OK) return report(status);

  char* prompt = read_all();
  char* compressed = NULL;
  status =
      lingua_compress_text(compressor, prompt, count > 2 ? atof(arguments[2]) : 0.5, &compressed);
  int exit_code = status == LINGUA_OK ? 0 : report(status);
  if (compressed != NULL) fputs(compressed, stdout);
  lingua_free(compressed);
  free(prompt);
  lingua_close(compressor);
  return exit_code;
}

#ifndef LINGUA_API_H
#define LINGUA_API_H

/* Marks what the shared library gives out; nothing else of it can be linked with. */
#define LINGUA_API __attribute__((visibility("default")))

#endif

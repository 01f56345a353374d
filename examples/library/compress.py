"""Compresses the text on standard input: python3 compress.py liblingua.so MODEL [RATE [DTYPE]]"""

import ctypes
import json
import sys


def load(path):
    library = ctypes.CDLL(path)
    library.lingua_error.restype = ctypes.c_char_p
    library.lingua_free.argtypes = [ctypes.c_void_p]
    library.lingua_free.restype = None
    library.lingua_close.argtypes = [ctypes.c_void_p]
    library.lingua_close.restype = None
    library.lingua_open.argtypes = [
        ctypes.c_char_p, ctypes.c_char_p, ctypes.POINTER(ctypes.c_void_p)]
    library.lingua_compress.argtypes = [
        ctypes.c_void_p, ctypes.c_char_p, ctypes.POINTER(ctypes.c_void_p)]
    return library


class Compressor:
    def __init__(self, library, model, **settings):
        self.library = library
        self.handle = ctypes.c_void_p()
        self.check(library.lingua_open(
            model.encode(), json.dumps(settings).encode(), ctypes.byref(self.handle)))

    def check(self, status):
        if status != 0:
            raise RuntimeError(self.library.lingua_error().decode())

    def compress(self, **request):
        text = ctypes.c_void_p()
        self.check(self.library.lingua_compress(
            self.handle, json.dumps(request).encode(), ctypes.byref(text)))
        try:
            return json.loads(ctypes.string_at(text))
        finally:
            self.library.lingua_free(text)

    def close(self):
        self.library.lingua_close(self.handle)
        self.handle = None


def main(library, model, rate="0.5", dtype="auto"):
    compressor = Compressor(load(library), model, dtype=dtype)
    # Blank lines separate what may be dropped as a whole.
    context = sys.stdin.buffer.read().decode().split("\n\n")
    result = compressor.compress(context=context, rate=float(rate))
    compressor.close()
    sys.stdout.buffer.write(result["compressed_prompt"].encode())
    print(result["origin_tokens"], "->", result["compressed_tokens"], "tokens", file=sys.stderr)


if __name__ == "__main__":
    main(*sys.argv[1:])

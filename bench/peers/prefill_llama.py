"""Times llama.cpp's prefill of a prompt on the CPU. One line of JSON.

usage: prefill_llama.py FILE.gguf TOKENS REPEATS THREADS
"""
import json
import sys
import time

import llama_cpp.llama_cpp as native
from llama_cpp import Llama

defaults = native.llama_model_default_params


def without_amx():
    """On processors with AMX llama.cpp (llama-cpp-python 0.3.36) crashes with Q4_1 weights. What
    else this leaves out, weights repacked at load, is not there for Q4_1."""
    params = defaults()
    params.use_extra_bufts = False
    return params


native.llama_model_default_params = without_amx
path, tokens, repeats, threads = sys.argv[1], *map(int, sys.argv[2:5])
model = Llama(path, n_ctx=tokens + 8, n_batch=tokens, n_ubatch=512, n_threads=threads,
              n_threads_batch=threads, verbose=False)
ids = [i * 7919 % model.n_vocab() for i in range(tokens)]


def run():
    model.reset()
    start = time.perf_counter()
    model.eval(ids)
    return tokens / (time.perf_counter() - start)


run()  # warm-up
print(json.dumps({"what": "prefill", "tokens": tokens, "rates": [run() for _ in range(repeats)]}))

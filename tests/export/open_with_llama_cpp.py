"""Checks that llama.cpp opens GGUF files of lingua-export and computes the same.

  PYTHON tests/export/open_with_llama_cpp.py --bin build/bin [--model smollm2-135m-instruct]

PYTHON is one with llama-cpp-python, which pip compiles for many minutes; so this is run by hand:

  apt-get install libopenblas-dev
  python3 -m venv llama
  CMAKE_ARGS="-DGGML_BLAS=ON -DGGML_BLAS_VENDOR=OpenBLAS" \\
    llama/bin/python -m pip install llama-cpp-python==0.3.36

With OpenBLAS llama.cpp computes in fp32 from any type of weights, for texts of 32 tokens and more.
Its own kernels round what they multiply with to the type of the weights, which alone moves logits
of SmolLM2 by up to 0.06 with F16. For each type of weights, llama.cpp's token ids must be lingua's,
and its logits those that lingua computes from the same file. Exits 1 at the first difference.
"""

import argparse
import tempfile
from pathlib import Path

import llama_cpp
import numpy
from opening import TEXTS, TOKENIZER_TEXTS, Programs

# Of a logit. llama.cpp lays Q4_0 out anew for kernels of its own, which round to 8 bits.
TOLERANCES = {"fp32": 1e-3, "fp16": 1e-2, "bf16": 1e-2, "q8_0": 1e-2, "q4_0": 2.0}
LONG_TEXTS = [" ".join(TEXTS[:3]), " ".join(TEXTS[3:]), " ".join(TEXTS)]
FLOAT32 = 0  # ggml's number of the type, for the cache of keys and values


def open_model(path):
    return llama_cpp.Llama(model_path=str(path), n_ctx=512, n_batch=512, logits_all=True,
                           type_k=FLOAT32, type_v=FLOAT32, flash_attn=False, verbose=False)


def ids_of(model, text):
    # Whether a beginning is added is what the file says: it is not.
    return model.tokenize(text.encode(), add_bos=True, special=True)


def check(programs, source, dtype, folder):
    path = programs.export(source, "gguf", folder / f"{dtype}.gguf", "--dtype", dtype)
    model = open_model(path)
    for text, mine in zip(TOKENIZER_TEXTS, programs.token_ids(path, TOKENIZER_TEXTS), strict=True):
        theirs = ids_of(model, text)
        assert mine == theirs, f"{text!r}: {mine} here, {theirs} in llama.cpp"
    worst = 0.0
    for text, mine in zip(LONG_TEXTS, programs.outputs(path, LONG_TEXTS), strict=True):
        model.reset()
        model.eval(ids_of(model, text))
        logits = numpy.array(model.scores[model.n_tokens - 1])
        worst = max(worst, float(numpy.abs(logits - numpy.array(mine["last_logits"])).max()))
    print(f"{dtype}: ids of {len(TOKENIZER_TEXTS)} texts are equal, logits within {worst:.1e}")
    assert worst <= TOLERANCES[dtype], f"allowed are {TOLERANCES[dtype]}"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", type=Path, required=True)
    parser.add_argument("--model", default="smollm2-135m-instruct")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for dtype in TOLERANCES:
            check(Programs(options.bin), options.model, dtype, Path(folder))


main()

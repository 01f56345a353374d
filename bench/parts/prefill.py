"""Prefill of one prompt beside transformers (SDPA, same dtype, or the best it has beside int8) and
llama.cpp (the GGUF file)."""
from common import BIN, GGUF, MODEL, PEERS, beside, last_line, peers_model, peers_python
from figures import Row
from limits import forward_rate, gemm

TARGETS = {("transformers", "fp32"): 1.15, ("transformers", "bf16"): 1.5,
           ("llama.cpp", "fp32"): 1.5, ("llama.cpp", "bf16"): 4}


def rows(o):
    sizes = [o.tokens, o.repeats, o.threads]
    ours = {dtype: [] for dtype in o.dtypes}
    theirs = {dtype: [] for dtype in o.dtypes}
    llama = []
    for _ in range(o.turns):
        for dtype in o.dtypes:
            ours[dtype] += last_line([BIN / "bench_prefill", MODEL, dtype, *sizes])["rates"]
            theirs[dtype] += last_line([peers_python("new"), PEERS / "prefill.py", peers_model(),
                                        beside(dtype), *sizes])["rates"]
        llama += last_line([peers_python("llama"), PEERS / "prefill_llama.py", GGUF,
                            *sizes])["rates"]
    for dtype in o.dtypes:
        limit = forward_rate(gemm(beside(dtype), o.threads, o.gemm_seconds), o.tokens)
        for peer, samples in (("transformers", theirs[dtype]), ("llama.cpp", llama)):
            yield Row("prefill", f"prefill of {o.tokens} tokens", dtype, "tokens/s", ours[dtype],
                      peer, samples, TARGETS[peer, beside(dtype)], limit)

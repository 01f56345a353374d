"""Times transformers' prefill of a prompt on the CPU, SDPA attention. One line of JSON.

usage: prefill.py MODEL_DIR fp32|bf16 TOKENS REPEATS THREADS
"""
import json
import sys
import time

import torch
from transformers import AutoModelForCausalLM

folder, dtype, tokens, repeats, threads = sys.argv[1], sys.argv[2], *map(int, sys.argv[3:6])
torch.set_num_threads(threads)
model = AutoModelForCausalLM.from_pretrained(
    folder, dtype={"fp32": torch.float32, "bf16": torch.bfloat16}[dtype],
    attn_implementation="sdpa").eval()
ids = (torch.arange(tokens) * 7919 % model.config.vocab_size)[None]


def run():
    start = time.perf_counter()
    with torch.inference_mode():
        model(ids, use_cache=False, logits_to_keep=1).logits.max().item()
    return tokens / (time.perf_counter() - start)


run()  # warm-up
print(json.dumps({"what": "prefill", "dtype": dtype, "tokens": tokens,
                  "rates": [run() for _ in range(repeats)]}))

"""Checks that lingua reads the GGUF file of Gemma 3 270M as Python transformers does.

  gemma_gguf.py LINGUA_SCORE GEMMA.gguf

Token ids must be equal, losses in float32 within 2e-3 nats. The file (Q4_K, Q6_K, Q5_0, Q8_0,
SentencePiece inside) is there where scripts/fetch-gemma put it. Exits 1 at the first difference.
"""

import json
import math
import subprocess
import sys
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer
from transformers.utils import logging

TOLERANCE = 2e-3  # nats
STORY = (
    "The lighthouse keeper wrote down the weather every morning. On the third of March the wind came "
    "from the north-east, and two fishing boats stayed in the harbour. He counted 14 gulls on the "
    "breakwater, filled the lamp, and went to bed at half past nine. ")
TEXTS = [
    "<bos>" + STORY,
    "<bos>" + STORY * 10,  # longer than the sliding window of 512
    "<bos>Grüße aus Köln: fünf Äpfel, 東京の天気は晴れです, привет — naïve café 🙂",
    "<bos>def area(r):\n    return 3.14159 * r ** 2\n\n\tprint(area(2))\n",
    "<bos><start_of_turn>user\nWhat is the capital of France?<end_of_turn>\n<start_of_turn>model\n"
    "The capital of France is Paris.<end_of_turn>\n",
]


def ours(score, gguf):
    lines = "".join(json.dumps({"text": text}) + "\n" for text in TEXTS)
    done = subprocess.run([score, "--model", gguf, "--dtype", "fp32", "--quiet", "--input", "-"],
                          input=lines, stdout=subprocess.PIPE, check=True, text=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def main():
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    score, gguf = sys.argv[1:]
    results = ours(score, gguf)
    folder, name = str(Path(gguf).parent), Path(gguf).name
    tokenizer = AutoTokenizer.from_pretrained(folder, gguf_file=name)
    model = AutoModelForCausalLM.from_pretrained(folder, gguf_file=name, dtype=torch.float32).eval()
    for text, result in zip(TEXTS, results, strict=True):
        ids = tokenizer(text, add_special_tokens=False).input_ids
        if ids != result["ids"]:
            sys.exit(f"{text[:40]!r}: ids {ids[:20]} and {result['ids'][:20]}")
        with torch.no_grad():
            logits = model(torch.tensor([ids])).logits[0, :-1]
        losses = torch.nn.functional.cross_entropy(logits, torch.tensor(ids[1:]), reduction="none")
        worst = (losses - torch.tensor(result["nll"])).abs().max().item()
        mean = losses.mean().item()
        print(f"{text[5:35]!r}: {len(ids)} tokens, perplexity {math.exp(mean):.2f}, "
              f"losses differ by at most {worst:.2g}")
        if worst > TOLERANCE:
            sys.exit("the losses differ")


if __name__ == "__main__":
    main()

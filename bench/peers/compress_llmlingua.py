"""Compresses with llmlingua as prompts come: JSON Lines of {"instruction", "context", "question"}
on standard input, one line {"prompt", "tokens"} each on standard output, "ready" before all.

usage: compress_llmlingua.py MODEL_DIR fp32|bf16 THREADS RATE
"""
import json
import sys

from llmlingua_model import load

compressor = load(sys.argv[1], sys.argv[2], int(sys.argv[3]))
print("ready", flush=True)
for line in sys.stdin:
    prompt = json.loads(line)
    result = compressor.compress_prompt(list(prompt["context"]), instruction=prompt["instruction"],
                                        question=prompt["question"], rate=float(sys.argv[4]))
    print(json.dumps({"prompt": result["compressed_prompt"],
                      "tokens": result["compressed_tokens"]}), flush=True)

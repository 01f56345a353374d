"""Loads llmlingua and compresses the prompt on standard input: instruction, context and question,
apart by blank lines. To be timed from outside.

usage: cold_llmlingua.py MODEL_DIR THREADS < PROMPT
"""
import sys

from llmlingua_model import load

compressor = load(sys.argv[1], "bf16", int(sys.argv[2]))
instruction, context, question = sys.stdin.read().split("\n\n")
print(compressor.compress_prompt([context], instruction=instruction, question=question,
                                 rate=0.5)["compressed_prompt"])

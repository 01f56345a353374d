"""Checks that Python transformers opens what lingua-export wrote and computes the same.

  open_with_transformers.py --bin build/bin --model MODEL
  open_with_transformers.py --bin build/bin --align examples/heldout_outputs.jsonl

The second form makes small new models from that data first, one for each chat template. Exits 1 at
the first difference.
"""

import argparse
import tempfile
from pathlib import Path

import torch
from opening import TOKENIZER_TEXTS, Programs, compare_ids, compare_logits
from transformers import AutoModelForCausalLM, AutoTokenizer
from transformers.utils import logging

CONVERSATION = [{"role": "system", "content": "Don't \\guess"},
                {"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"},
                {"role": "user", "content": "Bye"}]
# What CONVERSATION is written out as, with the beginning of an answer.
RENDERED = {
    "chatml": "<|im_start|>system\nDon't \\guess<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n"
              "<|im_start|>assistant\nHello<|im_end|>\n<|im_start|>user\nBye<|im_end|>\n"
              "<|im_start|>assistant\n",
    "llama2": "<s>[INST] <<SYS>>\nDon't \\guess\n<</SYS>>\n\nHi [/INST]Hello</s><s>[INST] Bye "
              "[/INST]",
    "alpaca": "Don't \\guess\n\n### Instruction:\nHi\n\n### Response:\nHello</s>\n\n"
              "### Instruction:\nBye\n\n### Response:\n",
    "plain": "Don't \\guess\nHi\nHello</s>\nBye\n",
}
# Without a system message, where it matters.
DEFAULTED = {
    "llama2": "<s>[INST] Hi [/INST]Hello</s><s>[INST] Bye [/INST]",
    "alpaca": "Below is an instruction that describes a task. Write a response that appropriately "
              "completes the request.\n\n### Instruction:\nHi\n\n### Response:\nHello</s>\n\n"
              "### Instruction:\nBye\n\n### Response:\n",
    "plain": "Hi\nHello</s>\nBye\n",
}


def render(directory, messages):
    return AutoTokenizer.from_pretrained(directory).apply_chat_template(
        messages, tokenize=False, add_generation_prompt=True)


def check_directory(programs, model, directory):
    programs.export(model, "hf", directory)
    theirs = AutoModelForCausalLM.from_pretrained(directory, dtype=torch.float32).eval()
    worst = compare_logits(theirs, programs.outputs(model))
    tokenizer = AutoTokenizer.from_pretrained(directory)
    compare_ids(programs.token_ids(directory, TOKENIZER_TEXTS),
                lambda text: tokenizer(text).input_ids, TOKENIZER_TEXTS)
    for text in TOKENIZER_TEXTS:
        back = tokenizer.decode(tokenizer(text).input_ids)
        assert back == text, f"{text!r} comes back as {back!r}"
    assert theirs.generation_config.eos_token_id == theirs.config.eos_token_id
    assert tokenizer.eos_token_id == theirs.config.eos_token_id
    print(f"{model}: logits within {worst:.1e}, ids of {len(TOKENIZER_TEXTS)} texts are equal")


def check_template(programs, folder, data, name):
    model = folder / f"{name}.pt"
    programs.run("lingua-align", "--base", "new:tiny", "--data", data, "--output", model,
                 "--max-steps", "1", "--template", name, "--quiet")
    directory = folder / name
    if name == "chatml":
        check_directory(programs, model, directory)
    else:
        programs.export(model, "hf", directory)
    text = render(directory, CONVERSATION)
    assert text == RENDERED[name], f"{name}: {text!r}"
    if name in DEFAULTED:
        text = render(directory, CONVERSATION[1:])
        assert text == DEFAULTED[name], f"{name}: {text!r}"
    print(f"the template {name} renders as it was trained")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", type=Path, required=True)
    parser.add_argument("--model")
    parser.add_argument("--align", type=Path)
    options = parser.parse_args()
    programs = Programs(options.bin)
    logging.disable_progress_bar()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if options.model:
            check_directory(programs, options.model, folder / "exported")
            text = render(folder / "exported", [{"role": "user", "content": "Hi"}])
            assert text.endswith("<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n"), text
        for template in RENDERED if options.align else ():
            check_template(programs, folder, options.align, template)


main()

"""What the peers' trainers have in common: their options, and what they read, JSON Lines {prompt,
completion} or {instruction, input, output}."""
import argparse
import json


def options_of_trainer(description):
    options = argparse.ArgumentParser(description=description)
    options.add_argument("model", help="Hugging Face directory")
    options.add_argument("data")
    options.add_argument("--method", choices=["full", "lora"], default="full")
    options.add_argument("--dtype", choices=["fp32", "bf16"], default="fp32")
    options.add_argument("--max-steps", type=int, default=-1, help="-1: one epoch")
    options.add_argument("--batch", type=int, default=8, help="samples of a step")
    options.add_argument("--threads", type=int, required=True)
    options.add_argument("--lr", type=float, default=1e-4)
    options.add_argument("--save", help="directory for the trained model")
    return options.parse_args()


def conversation(row):
    """The row as TRL takes it: messages of the prompt and of the completion."""
    if "completion" in row:
        prompt, answer = row["prompt"], row["completion"]
    else:
        prompt, answer = row["instruction"], row["output"]
        if row.get("input"):
            prompt += "\n\n" + row["input"]
    return {"prompt": [{"role": "user", "content": prompt}],
            "completion": [{"role": "assistant", "content": answer}]}


def conversations(path):
    return [conversation(json.loads(line)) for line in open(path, encoding="utf-8")]

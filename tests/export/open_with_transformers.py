"""Checks that Python transformers opens what lingua-export wrote and computes the same.

  open_with_transformers.py --bin build/bin --model MODEL
  open_with_transformers.py --bin build/bin --align examples/heldout_outputs.jsonl

The second form makes a small new model from that data first. Exits 1 at the first difference.
"""

import argparse
import json
import subprocess
import tempfile
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

TOLERANCE = 1e-3  # of a logit, and of a loss in nats; both sides compute in fp32

TEXTS = [
    "The museum opens at nine, and on Thursdays it stays open until eight.",
    "Grüße aus Köln: fünf Äpfel, 東京の天気は晴れです, привет — naïve café 🙂👩‍👩‍👧.",
    "def area(r):\n    \"\"\"Area of a circle.\"\"\"\n\treturn 3.14159 * r ** 2\r\n",
    "12345 67 890,12 1e-9 0x7f   spaces  and\u00a0others\u3000here \n\n\n end ",
    "It's we've I'LL don't; WORDS-with_marks/and\\slashes <b>html</b> {\"json\": [1, 2]}",
    "<|im_start|>user\nWhat is 12 * 12?<|im_end|>\n<|im_start|>assistant\n144<|im_end|>",
]
TOKENIZER_TEXTS = TEXTS + [
    "a", " ", "\n", "  \n  ", "ﬁ ligature", "e\u0301 combining", "ｆｕｌｌｗｉｄｔｈ", "ÅΩ≈ç√∫˜µ≤≥÷",
    "नमस्ते दुनिया", "שלום עולם", "สวัสดีชาวโลก", "한국어 텍스트", "\u200bzero\u200dwidth", "\t\ttabs",
    "<|endoftext|> <|im_start|", "a" * 300, "١٢٣ ⅷ ² ½", "don't CAN'T 'quoted'", "x" + "\n" * 7 + "y",
]


def run(binary, *arguments, **options):
    return subprocess.run([binary, *arguments], check=True, text=True, capture_output=True,
                          **options).stdout


def our_outputs(tests, model):
    lines = "".join(json.dumps(text) + "\n" for text in TEXTS)
    return [json.loads(line)
            for line in run(tests / "dump_logits", model, input=lines).splitlines()]


def compare_logits(directory, ours):
    model = AutoModelForCausalLM.from_pretrained(directory, dtype=torch.float32).eval()
    worst_logit = worst_loss = 0.0
    for text, mine in zip(TEXTS, ours, strict=True):
        ids = torch.tensor([mine["ids"]])
        with torch.no_grad():
            logits = model(ids).logits[0]
        losses = torch.nn.functional.cross_entropy(logits[:-1], ids[0, 1:], reduction="none")
        worst_loss = max(worst_loss, (losses - torch.tensor(mine["losses"])).abs().max().item())
        last = torch.tensor(mine["last_logits"])
        worst_logit = max(worst_logit, (logits[-1] - last).abs().max().item())
        assert logits[-1].argmax() == last.argmax(), f"another likeliest token after {text!r}"
    print(f"logits differ by at most {worst_logit:.2e}, losses by {worst_loss:.2e} nats")
    assert worst_logit <= TOLERANCE and worst_loss <= TOLERANCE


def encoder_of(directory):
    if (directory / "tokenizer.json").exists():
        tokenizer = AutoTokenizer.from_pretrained(directory)
        return lambda text: tokenizer(text).input_ids
    from sentencepiece import SentencePieceProcessor
    return SentencePieceProcessor(model_file=str(directory / "tokenizer.model")).encode


def compare_tokenizer(binaries, directory):
    lines = "".join(json.dumps({"text": text}) + "\n" for text in TOKENIZER_TEXTS)
    ours = run(binaries / "lingua-score", "--model", directory, input=lines).splitlines()
    encode = encoder_of(directory)
    for text, line in zip(TOKENIZER_TEXTS, ours, strict=True):
        mine, theirs = json.loads(line)["ids"], encode(text)
        assert mine == theirs, f"{text!r}: {mine} here, {theirs} in Python"
    print(f"token ids of {len(TOKENIZER_TEXTS)} texts are equal")


def compare_chat_template(directory):
    if not (directory / "chat_template.jinja").exists():
        return
    text = AutoTokenizer.from_pretrained(directory).apply_chat_template(
        [{"role": "user", "content": "Hi"}], tokenize=False, add_generation_prompt=True)
    assert text.endswith("<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n"), text
    print("the chat template works")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", type=Path, required=True)
    parser.add_argument("--model")
    parser.add_argument("--align", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        model = options.model
        if options.align:
            model = folder + "/aligned.pt"
            run(options.bin / "lingua-align", "--base", "new:tiny", "--data", options.align,
                "--output", model, "--max-steps", "2", "--quiet")
        directory = Path(folder) / "exported"
        print(run(options.bin / "lingua-export", "--model", model, "--format", "hf", "--output",
                  directory, "--verify"), end="")
        compare_logits(directory, our_outputs(options.bin / "tests", model))
        compare_tokenizer(options.bin, directory)
        compare_chat_template(directory)


main()

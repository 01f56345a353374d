"""What the checks of exported models share: running our programs, comparing with Python."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

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


@dataclass
class Programs:
    """The folder build/bin, and calls of what lies there."""

    folder: Path

    def run(self, name, *arguments, lines=()):
        text = "".join(json.dumps(line) + "\n" for line in lines)
        done = subprocess.run([self.folder / name, *map(str, arguments)], text=True, input=text,
                              capture_output=True)
        assert done.returncode == 0, f"{name} {arguments}: {done.stderr}"
        return done.stdout

    def export(self, model, form, output, *options):
        """lingua-export with --verify; returns the output's path."""
        self.run("lingua-export", "--model", model, "--format", form, "--output", output,
                 "--verify", *options)
        return output

    def outputs(self, model, texts=tuple(TEXTS)):
        """Ids, losses and last logits of each text, adapters added."""
        lines = self.run("tests/dump_logits", model, lines=texts).splitlines()
        return [json.loads(line) for line in lines]

    def token_ids(self, model, texts):
        lines = self.run("lingua-score", "--model", model,
                         lines=[{"text": text} for text in texts]).splitlines()
        return [json.loads(line)["ids"] for line in lines]


def compare_logits(model, ours):
    """`model` is a transformers model in fp32; returns the largest difference of a logit."""
    import torch

    worst = 0.0
    for mine in ours:
        ids = torch.tensor([mine["ids"]])
        with torch.no_grad():
            logits = model(ids).logits[0]
        losses = torch.nn.functional.cross_entropy(logits[:-1], ids[0, 1:], reduction="none")
        worst_loss = (losses - torch.tensor(mine["losses"])).abs().max().item()
        last = torch.tensor(mine["last_logits"])
        worst_logit = (logits[-1] - last).abs().max().item()
        assert worst_logit <= TOLERANCE, f"logits differ by {worst_logit}: {mine['ids']}"
        assert worst_loss <= TOLERANCE, f"losses differ by {worst_loss} nats: {mine['ids']}"
        worst = max(worst, worst_logit)
    return worst


def compare_ids(ours, encode, texts):
    for text, mine in zip(texts, ours, strict=True):
        theirs = encode(text)
        assert mine == theirs, f"{text!r}: {mine} here, {theirs} in Python"

"""Opens what our writer wrote with torch.load(weights_only=True) and compares every value.

Usage: open_aligned.py WRITE_TINY_ALIGNED, the program that writes the tiny model.
"""

import hashlib
import json
import subprocess
import sys
import tempfile
import zipfile

import torch


def expected(name, shape, dtype):
    """The weight that tests/model/tiny_model.h describes."""
    count = 1
    for size in shape:
        count *= size
    steps = (7 * torch.arange(count) + len(name)) % 64 - 32
    return (steps / 16).reshape(shape).to(dtype)


def check_adapters(adapters):
    assert (adapters["rank"], adapters["alpha"]) == (2, 0.3), adapters
    up = "model.layers.1.mlp.up_proj.lora_"
    shapes = {f"{up}A.weight": (2, 16), f"{up}B.weight": (24, 2)}
    assert list(adapters["tensors"]) == list(shapes)
    for name, shape in shapes.items():
        assert torch.equal(adapters["tensors"][name], expected(name, shape, torch.float32)), name


def check(path, dtype):
    loaded = torch.load(path, weights_only=True)
    adapted = ["adapters"] if dtype == torch.bfloat16 else []
    assert list(loaded) == ["model", *adapted, "config", "tokenizer", "report"], list(loaded)
    if adapted:
        check_adapters(loaded["adapters"])
    assert len(loaded["model"]) == 3 + 2 * 9, len(loaded["model"])
    for name, tensor in loaded["model"].items():
        assert tensor.dtype == dtype, (name, tensor.dtype)
        assert torch.equal(tensor, expected(name, tensor.shape, dtype)), name
    config = json.loads(loaded["config"])
    assert config["hidden_size"] == 16 and config["chat_template"] == "{{ 'é' }}", config
    assert json.loads(loaded["report"]) == {"steps": 3, "note": "für"}, loaded["report"]

    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        manifest = json.loads(archive.read("archive/lingua.json"))
    assert isinstance(loaded["tokenizer"], bytes)
    digest = hashlib.sha256(loaded["tokenizer"]).hexdigest()
    assert digest == manifest["tokenizer"]["sha256"], digest
    assert json.loads(loaded["tokenizer"])["model"]["type"] == "BPE"

    mapped = torch.load(path, weights_only=True, mmap=True)
    for name, tensor in mapped["model"].items():
        assert torch.equal(tensor, loaded["model"][name]), name


def main():
    writer = sys.argv[1]
    with tempfile.TemporaryDirectory() as folder:
        for name in ("float32", "float16", "bfloat16"):
            path = f"{folder}/{name}.pt"
            subprocess.run([writer, path, name], check=True)
            check(path, getattr(torch, name))
            print(name, "equal")


if __name__ == "__main__":
    main()

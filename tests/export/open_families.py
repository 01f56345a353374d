"""Checks exports of every family of models by opening them in other programs' libraries.

  open_families.py --bin build/bin --data examples/heldout_outputs.jsonl

Small random checkpoints are made by transformers. What lingua-export writes of them is opened by
transformers (logits), by the gguf package (bytes of every tensor, compared with what that package
quantises itself) and, with adapters that lingua-align trained, by PEFT (logits). Exits 1 at the
first difference.
"""

import argparse
import copy
import sys
import tempfile
import warnings
from pathlib import Path

import gguf
import torch
from opening import TEXTS, TOKENIZER_TEXTS, Programs, compare_ids, compare_logits
from transformers import AutoModelForCausalLM, AutoTokenizer
from transformers.utils import logging

sys.path.insert(0, str(Path(__file__).parent.parent / "model"))
from families_with_transformers import CONFIGS, byte_level_tokenizer, make_model  # noqa: E402

ARCHITECTURES = {"llama": gguf.MODEL_ARCH.LLAMA, "qwen2": gguf.MODEL_ARCH.QWEN2,
                 "qwen3": gguf.MODEL_ARCH.QWEN3, "gpt2": gguf.MODEL_ARCH.GPT2,
                 "gemma3": gguf.MODEL_ARCH.GEMMA3}
TYPES = {"fp32": "F32", "fp16": "F16", "bf16": "BF16", "q8_0": "Q8_0", "q4_0": "Q4_0"}
# Which projections get adapters: all, one name of GPT-2's two, one layer.
ADAPTERS = {"llama": [(), ("--lora-targets", "q,v", "--lora-layers", "1")],
            "qwen2": [()], "qwen3": [()], "gpt2": [(), ("--lora-targets", "o")], "gemma3": [()]}


def checkpoint(family, folder):
    """A random model whose rows are whole blocks of 32, with a tokenizer, as a directory."""
    config = copy.deepcopy(CONFIGS[family])
    changes = {"hidden_size": 64, "intermediate_size": 96, "max_position_embeddings": 2048}
    if family == "gpt2":
        changes = {"n_embd": 64, "n_positions": 2048}
    elif hasattr(config, "head_dim"):
        changes["head_dim"] = 16
    if family == "gemma3":
        changes["query_pre_attn_scalar"] = 16  # as llama.cpp takes for granted
    # The one special token of the tokenizer.
    changes |= {"bos_token_id": 0, "eos_token_id": 0, "pad_token_id": None}
    for name, value in changes.items():
        setattr(config, name, value)
    model = make_model(config)
    directory = folder / "base"
    model.save_pretrained(directory)
    byte_level_tokenizer(family.startswith("qwen")).save(str(directory / "tokenizer.json"))
    return model, directory


def as_llama_cpp(family, name, tensor, config):
    """A weight as llama.cpp's converter stores it."""
    if family == "gpt2" and name.endswith(".weight") and ".c_" in name:
        return tensor.t()
    if family == "gemma3" and name.endswith("norm.weight"):
        return tensor + 1
    if family == "llama" and name.endswith(("q_proj.weight", "k_proj.weight")):
        heads = config.num_attention_heads if "q_proj" in name else config.num_key_value_heads
        return tensor.view(heads, 2, -1, tensor.shape[1]).transpose(1, 2).reshape(tensor.shape)
    return tensor


def check_gguf(programs, family, model, base, folder, dtype):
    path = programs.export(base, "gguf", folder / f"{dtype}.gguf", "--dtype", dtype)
    reader = gguf.GGUFReader(path)
    stored = {tensor.name: tensor for tensor in reader.tensors}
    names = gguf.get_tensor_name_map(ARCHITECTURES[family], model.config.num_hidden_layers)
    state = model.state_dict()
    if model.config.tie_word_embeddings:
        state.pop("lm_head.weight", None)
    for name, weight in state.items():
        tensor = stored.pop(names.get_name(name, try_suffixes=(".weight", ".bias")))
        values = as_llama_cpp(family, name, weight, model.config).contiguous().numpy()
        wanted = gguf.GGMLQuantizationType[TYPES[dtype]]
        if values.ndim == 1 or tensor.name == "position_embd.weight":
            wanted = gguf.GGMLQuantizationType.F32
        elif dtype == "q4_0" and tensor.name in ("token_embd.weight", "output.weight"):
            wanted = gguf.GGMLQuantizationType.Q8_0
        assert tensor.tensor_type == wanted, f"{tensor.name} is {tensor.tensor_type!r}"
        assert list(tensor.shape) == list(reversed(values.shape)), tensor.name
        expected = gguf.quants.quantize(values, wanted)
        assert tensor.data.tobytes() == expected.tobytes(), f"{dtype}: {tensor.name} differs"
    assert not stored, f"more tensors than weights: {sorted(stored)}"
    ids = reader.get_field("tokenizer.ggml.tokens")
    assert len(ids.data) == model.config.vocab_size
    assert reader.get_field("general.architecture").contents() == family


def check_peft(programs, base, folder, data, options):
    from peft import PeftModel

    folder.mkdir()
    model = folder / "lora.pt"
    programs.run("lingua-align", "--base", base, "--data", data, "--output", model, "--method",
                 "lora", "--adapter", "apart", "--lora-rank", "4", "--lr", "0.02", "--max-steps",
                 "4", "--template", "plain", "--quiet", *options)
    adapter = programs.export(model, "peft", folder / "adapter")
    ours = programs.outputs(model)
    plain = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32).eval()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        warnings.simplefilter("error", UserWarning)  # PEFT warns of tensors that it misses or does not know
        theirs = PeftModel.from_pretrained(plain, adapter).eval()
    worst = compare_logits(theirs, ours)
    with theirs.disable_adapter(), torch.no_grad():
        base_logits = theirs(torch.tensor([ours[0]["ids"]])).logits[0, -1]
    change = (base_logits - torch.tensor(ours[0]["last_logits"])).abs().max().item()
    assert change > 0.01, f"the adapters change logits by {change} only"
    return worst


def check_family(programs, family, folder, data):
    folder.mkdir()
    model, base = checkpoint(family, folder)
    exported = programs.export(base, "hf", folder / "hf")
    theirs = AutoModelForCausalLM.from_pretrained(exported, dtype=torch.float32).eval()
    worst = compare_logits(theirs, programs.outputs(base))
    tokenizer = AutoTokenizer.from_pretrained(exported)
    compare_ids(programs.token_ids(base, TOKENIZER_TEXTS),
                lambda text: tokenizer(text).input_ids, TOKENIZER_TEXTS)
    for dtype in TYPES:
        check_gguf(programs, family, model, base, folder, dtype)
    assert programs.outputs(folder / "fp32.gguf", TEXTS[:2])[0]["ids"]
    adapted = [check_peft(programs, base, folder / f"adapter{i}", data, options)
               for i, options in enumerate(ADAPTERS[family])]
    print(f"{family}: hf within {worst:.1e}, every tensor of {len(TYPES)} GGUF files equal, "
          f"peft within {max(adapted):.1e}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    options = parser.parse_args()
    logging.disable_progress_bar()
    with tempfile.TemporaryDirectory() as folder:
        for family in CONFIGS:
            check_family(Programs(options.bin), family, Path(folder) / family, options.data)


main()

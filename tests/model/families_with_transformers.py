"""Checks that lingua computes every family of models as Python transformers does.

  families_with_transformers.py DUMP_STEP

DUMP_STEP is the program of dump_step.cpp. Small random models are made on the spot, with
tokenizers of each family's kind. Exits 1 at the first difference.
"""

import json
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

import sentencepiece
import torch
from safetensors.torch import load_file, save_file
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, trainers
from transformers import (AutoModelForCausalLM, Gemma3TextConfig, GPT2Config, LlamaConfig,
                          Qwen2Config, Qwen3Config)
from transformers.utils import logging

TOLERANCE = 1e-4  # of a logit; of loss and gradients relative to the largest value of a tensor
IDS = [(i * i * 7 + 3 * i + 11) % 299 for i in range(48)]

TEXTS = [
    "The museum opens at nine, and on Thursdays it stays open until eight.",
    "Grüße aus Köln: fünf Äpfel, 東京の天気は晴れです, привет — naïve café 🙂👩‍👩‍👧.",
    "decomposed: cafe\u0301 A\u030a \u1112\u1161\u11ab o\u0308\u0323 \u0344 \u212b \u2126 \ufb01",
    "\u0301starts with a mark, e\u0301e\u0301\n\u0308",
    "def area(r):\n    \"\"\"Area of a circle.\"\"\"\n\treturn 3.14159 * r ** 2\r\n",
    "12345 67 890,12 1e-9 0x7f   spaces  and\u00a0others\u3000here \n\n\n end ",
    "It's we've I'LL don't; WORDS-with_marks/and\\slashes <b>html</b>",
    "<|end|>e\u0301<|end|> a", "", " ", "a",
]

QWEN2 = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*"
         r"|\s*[\r\n]+|\s+(?!\S)|\s+")

SHAPE = dict(vocab_size=400, hidden_size=48, intermediate_size=80, num_hidden_layers=2,
             num_attention_heads=4, num_key_value_heads=2, max_position_embeddings=64,
             bos_token_id=1, eos_token_id=2, pad_token_id=0)

CONFIGS = {
    "llama": LlamaConfig(**SHAPE, rope_parameters={"rope_type": "default", "rope_theta": 5000.0}),
    "qwen2": Qwen2Config(**SHAPE, rms_norm_eps=1e-5),
    "qwen3": Qwen3Config(**SHAPE, head_dim=16, tie_word_embeddings=True),
    "gpt2": GPT2Config(vocab_size=400, n_embd=48, n_layer=2, n_head=4, n_positions=64,
                       bos_token_id=1, eos_token_id=2),
    "gemma3": Gemma3TextConfig(
        **{**SHAPE, "num_hidden_layers": 4}, head_dim=16, query_pre_attn_scalar=24,
        sliding_window=8, layer_types=["sliding_attention", "full_attention"] * 2),
}


def make_model(config):
    torch.manual_seed(1)
    model = AutoModelForCausalLM.from_config(config, attn_implementation="eager").eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.15)
    return model


def byte_level_tokenizer(qwen):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    if qwen:
        tokenizer.normalizer = normalizers.NFC()
        tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
            pre_tokenizers.Split(Regex(QWEN2), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    trainer = trainers.BpeTrainer(vocab_size=300, special_tokens=["<|end|>"], show_progress=False,
                                  initial_alphabet=pre_tokenizers.ByteLevel.alphabet())
    tokenizer.train_from_iterator(TEXTS, trainer)
    return tokenizer


def sentencepiece_model(folder, dummy_prefix):
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter([TEXTS[0], TEXTS[4], TEXTS[6]] * 4), vocab_size=400,
        model_prefix=str(folder / "tokenizer"), model_type="bpe", byte_fallback=True, minloglevel=2,
        normalization_rule_name="identity", add_dummy_prefix=dummy_prefix,
        remove_extra_whitespaces=False, hard_vocab_limit=False)
    return sentencepiece.SentencePieceProcessor(model_file=str(folder / "tokenizer.model"))


def gguf_string(text):
    data = text if isinstance(text, bytes) else text.encode()
    return struct.pack("<Q", len(data)) + data


def gguf_value(value):
    """Type and bytes of a metadata value."""
    if isinstance(value, bool):
        return struct.pack("<I?", 7, value)
    if isinstance(value, int):
        return struct.pack("<II", 4, value)
    if isinstance(value, float):
        return struct.pack("<If", 6, value)
    if isinstance(value, str):
        return struct.pack("<I", 8) + gguf_string(value)
    items = [gguf_value(item) for item in value]
    return struct.pack("<I", 9) + items[0][:4] + struct.pack("<Q", len(items)) + b"".join(
        item[4:] for item in items)


def write_gguf(path, metadata, tensors):
    head = struct.pack("<4sIQQ", b"GGUF", 3, len(tensors), len(metadata))
    for key, value in metadata.items():
        head += gguf_string(key) + gguf_value(value)
    data = b""
    for name, tensor in tensors.items():
        tensor = tensor.detach().float().contiguous()
        head += gguf_string(name) + struct.pack("<I", tensor.dim())
        head += b"".join(struct.pack("<Q", size) for size in reversed(tensor.shape))
        head += struct.pack("<IQ", 0, len(data))
        data += tensor.numpy().tobytes()
        data += b"\0" * (-len(data) % 32)
    path.write_bytes(head + b"\0" * (-len(head) % 32) + data)


def gguf_vocabulary(processor, dummy_prefix):
    ids = range(processor.vocab_size())

    def kind(i):
        kinds = ((processor.is_unknown, 2), (processor.is_control, 3), (processor.is_unused, 5),
                 (processor.is_byte, 6))
        return next((number for test, number in kinds if test(i)), 1)

    return {"tokenizer.ggml.model": "llama", "tokenizer.ggml.add_space_prefix": dummy_prefix,
            "tokenizer.ggml.tokens": [processor.id_to_piece(i) for i in ids],
            "tokenizer.ggml.scores": [float(processor.get_score(i)) for i in ids],
            "tokenizer.ggml.token_type": [kind(i) for i in ids],
            "tokenizer.ggml.bos_token_id": 1, "tokenizer.ggml.eos_token_id": 2,
            "tokenizer.ggml.unknown_token_id": 0}


GGUF_NAMES = {
    "model.embed_tokens": "token_embd", "model.norm": "output_norm", "lm_head": "output",
    "transformer.wte": "token_embd", "transformer.wpe": "position_embd",
    "transformer.ln_f": "output_norm", "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v", "self_attn.o_proj": "attn_output",
    "self_attn.q_norm": "attn_q_norm", "self_attn.k_norm": "attn_k_norm",
    "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up", "mlp.down_proj": "ffn_down",
    "input_layernorm": "attn_norm", "post_attention_layernorm": "ffn_norm",
    "ln_1": "attn_norm", "ln_2": "ffn_norm", "attn.c_attn": "attn_qkv",
    "attn.c_proj": "attn_output", "mlp.c_fc": "ffn_up", "mlp.c_proj": "ffn_down",
}
GEMMA_NAMES = {"post_attention_layernorm": "post_attention_norm",
               "pre_feedforward_layernorm": "ffn_norm",
               "post_feedforward_layernorm": "post_ffw_norm"}


def gguf_tensors(family, state, config):
    """The weights as llama.cpp's converter writes them."""
    names = {**GGUF_NAMES, **(GEMMA_NAMES if family == "gemma3" else {})}
    tensors = {}
    for name, tensor in state.items():
        base, kind = name.rsplit(".", 1)
        prefix = ""
        for outer in ("model.layers.", "transformer.h."):
            if base.startswith(outer):
                number, base = base[len(outer):].split(".", 1)
                prefix = f"blk.{number}."
        if family == "gpt2" and kind == "weight" and base.split(".")[-1].startswith("c_"):
            tensor = tensor.t()
        if family == "gemma3" and base.endswith("norm"):
            tensor = tensor + 1
        if family == "llama" and base.endswith(("q_proj", "k_proj")):
            heads = 4 if base.endswith("q_proj") else 2
            tensor = tensor.view(heads, 2, -1, tensor.shape[1]).transpose(1, 2).reshape(tensor.shape)
        tensors[f"{prefix}{names[base]}.{kind}"] = tensor
    if config.tie_word_embeddings:
        tensors.pop("output.weight", None)
    return tensors


def gguf_metadata(family, config):
    layer_norm = "layer_norm_epsilon" if family == "gpt2" else "layer_norm_rms_epsilon"
    eps = config.layer_norm_epsilon if family == "gpt2" else config.rms_norm_eps
    values = {"block_count": config.num_hidden_layers, "context_length": 64,
              "embedding_length": config.hidden_size, "attention.head_count": 4,
              "feed_forward_length": 192 if family == "gpt2" else 80,
              "attention." + layer_norm: eps}
    if family != "gpt2":
        rope = config.rope_parameters.get("full_attention", config.rope_parameters)
        values |= {"attention.head_count_kv": 2, "rope.freq_base": float(rope["rope_theta"])}
    if family in ("qwen3", "gemma3"):
        values |= {"attention.key_length": 16, "attention.value_length": 16}
    if family == "gemma3":
        values |= {"attention.sliding_window": 8, "attention.sliding_window_pattern": 2}
    return {"general.architecture": family, **{f"{family}.{k}": v for k, v in values.items()}}


class Comparison:
    def __init__(self, dump_step):
        self.dump_step = dump_step

    def run(self, model, folder, ids=(), texts=()):
        lines = "".join(json.dumps(text) + "\n" for text in texts)
        output = subprocess.run([self.dump_step, model, folder, *map(str, ids)], check=True,
                                text=True, stdout=subprocess.PIPE, input=lines).stdout
        return [json.loads(line) for line in output.splitlines()]

    def step(self, model, source, folder):
        """Logits, loss and gradients of the model in `source`, and the way back."""
        folder.mkdir()
        self.run(source, folder, IDS)
        step = load_file(folder / "step.safetensors")
        ids = torch.tensor([IDS])
        model.zero_grad()
        result = model(ids, labels=ids)
        result.loss.backward()
        for name in ("logits", "cached"):
            difference = (step[name] - result.logits[0]).abs().max().item()
            assert difference <= TOLERANCE, f"{source}: {name} differ by {difference}"
        loss = result.loss.item()
        assert abs(step["loss"].item() - loss) <= TOLERANCE * loss, f"{source}: another loss"
        gradients = {name: value.grad for name, value in model.named_parameters()}
        assert set(gradients) == set(step) - {"logits", "cached", "loss"}, sorted(step)
        worst = max(((step[name] - value).abs().max() / value.abs().max()).item()
                    for name, value in gradients.items())
        assert worst <= TOLERANCE, f"{source}: gradients differ by {worst}"
        back = AutoModelForCausalLM.from_pretrained(folder, attn_implementation="eager").eval()
        with torch.no_grad():
            difference = (back(ids).logits - result.logits).abs().max().item()
        assert difference <= TOLERANCE, f"{source}: handed on, logits differ by {difference}"
        print(f"{source.parent.name}/{source.name}: loss {loss:.4f}, gradients within {worst:.1e}")

    def tokens(self, source, encode):
        for text, ours in zip(TEXTS, self.run(source, source.parent, texts=TEXTS), strict=True):
            theirs = encode(text)
            assert ours == theirs, f"{source}: {text!r}: {ours} here, {theirs} in Python"

    def family(self, family, config, folder):
        model = make_model(config)
        hf = folder / "hf"
        model.save_pretrained(hf)
        tokenizer = byte_level_tokenizer(family.startswith("qwen"))
        tokenizer.save(str(hf / "tokenizer.json"))
        self.tokens(hf, lambda text: tokenizer.encode(text, add_special_tokens=False).ids)
        self.step(model, hf, folder / "from_hf")
        if family == "gpt2":
            self.bare_gpt2(model, hf, folder)
        dummy = family == "llama"
        processor = sentencepiece_model(folder, dummy)
        gguf = folder / "model.gguf"
        state = model.state_dict()
        write_gguf(gguf, {**gguf_metadata(family, config), **gguf_vocabulary(processor, dummy)},
                   gguf_tensors(family, state, config))
        self.tokens(gguf, lambda text: processor.encode(text))
        if family != "gemma3":  # whose GGUF files take the scale from the head size
            self.step(model, gguf, folder / "from_gguf")

    def bare_gpt2(self, model, hf, folder):
        """The names of the first GPT-2 files: no prefix, and attention masks among the weights."""
        state = {name.removeprefix("transformer."): value.clone()
                 for name, value in model.state_dict().items() if name != "lm_head.weight"}
        state["h.0.attn.bias"] = torch.ones(1, 1, 64, 64)
        save_file(state, hf / "model.safetensors")
        self.step(model, hf, folder / "from_bare")


def main():
    logging.disable_progress_bar()
    comparison = Comparison(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        for family, config in CONFIGS.items():
            directory = Path(folder) / family
            directory.mkdir()
            comparison.family(family, config, directory)


if __name__ == "__main__":
    main()

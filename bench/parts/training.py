"""Training on the same samples beside TRL's SFTTrainer and a plain loop: tokens a second of the
steps after the first, and peak memory. Tokens are those of the samples, without padding."""
import json

from common import BIN, CACHE, MODEL, PEERS, last_line, peers_model, peers_python
from figures import Row
from limits import gemm, training_rate

TARGETS = {("TRL SFTTrainer", "fp32"): 2, ("TRL SFTTrainer", "bf16"): 4,
           ("plain PyTorch loop", "fp32"): 1.3, ("plain PyTorch loop", "bf16"): 2}
MEMORY_TARGET = 0.3  # of TRL's


def ours(o, dtype, method):
    """Rates of the steps, peak memory, tokens of a sample, share of tokens that are targets."""
    metrics = CACHE / "bench-metrics.jsonl"
    report = last_line([BIN / "lingua-align", "--data", o.data, "--base", MODEL, "--dtype", dtype,
                        "--method", method, "--max-steps", o.steps, "--batch-tokens",
                        o.batch_tokens, "--held-out", 0.01, "--no-preflight", "--threads",
                        o.threads, "--metrics", metrics, "--json", "--quiet", "--output",
                        CACHE / "bench-aligned.pt"])
    steps = [json.loads(line) for line in metrics.read_text(encoding="utf-8").splitlines()]
    rates = [step["tokens_per_second"] for step in steps if step.get("tokens_per_second")]
    training, train = report["training"], report["data"]["train"]
    return (rates, training["peak_memory_bytes"], train["tokens"] / train["samples"],
            training["target_tokens"] / training["tokens"])


def theirs(o, script, dtype, method):
    return last_line([peers_python("new"), PEERS / script, peers_model(), o.data, "--dtype", dtype,
                      "--method", method, "--max-steps", o.steps, "--batch", o.samples, "--threads",
                      o.threads])


def rows_of(o, method):
    peers = {"TRL SFTTrainer": "train_trl.py", "plain PyTorch loop": "train_plain.py"}
    for dtype in o.dtypes:
        rates, memory, length, heads = ours(o, dtype, method)
        limit = training_rate(gemm(dtype, o.threads, o.gemm_seconds), length, heads, method)
        for peer, script in peers.items():
            found = theirs(o, script, dtype, method)
            yield Row(f"training-{method}", f"training, {method}", dtype, "tokens/s", rates, peer,
                      found["rates"], TARGETS[peer, dtype], limit)
            yield Row(f"training-{method}", f"training, {method}: memory", dtype, "GB",
                      [memory / 1e9], peer, [found["peak_memory_bytes"] / 1e9],
                      MEMORY_TARGET if peer.startswith("TRL") else None)


def full(o):
    return rows_of(o, "full")


def lora(o):
    return rows_of(o, "lora")

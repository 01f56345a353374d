"""Compression beside llmlingua 0.2.2, by bench/compress: a prompt at a time with the model loaded,
and many prompts of one front."""
import json
import statistics
import subprocess
import tempfile

from common import ROOT, beside
from figures import Row
from limits import forward_rate, gemm


def least_seconds(o, one):
    """Of the median prompt, what its one pass takes at the machine's rate of products."""
    if not one["passes"]:
        return None
    measured = gemm(beside(one["dtype"]), o.threads, o.gemm_seconds)
    return statistics.median(seen / forward_rate(measured, seen, scored / seen)
                             for seen, scored in one["passes"])


def rows(o):
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        command = [ROOT / "bench/compress", "--dtypes", ",".join(o.dtypes), "--threads", o.threads,
                   "--every", o.every, "--shared", o.shared, "--peer-shared", o.peer_shared,
                   "--output", file.name]
        if o.prompts:
            command += ["--prompts", o.prompts]
        subprocess.run(list(map(str, command)), stdout=subprocess.DEVNULL, check=True)
        found = json.load(open(file.name, encoding="utf-8"))
    for one in found:
        yield Row("compress", one["what"], one["dtype"], "s", one["ours"], "llmlingua 0.2.2",
                  one["theirs"], one["target"], least_seconds(o, one))

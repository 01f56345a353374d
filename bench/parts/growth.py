"""How time and memory grow with the prompt's length, through lingua-compress as a whole: beyond the
model's context it goes on in windows."""
import json

from common import BIN, MODEL, ROOT, wall_and_memory
from figures import Row


def text_of(tokens):
    """About that many tokens of the examples' answers; a token of them has four bytes."""
    lines = (ROOT / "examples/target_outputs.jsonl").read_text(encoding="utf-8").splitlines()
    answers = "\n\n".join(json.loads(line)["output"] for line in lines)
    answers *= 1 + 4 * tokens // len(answers)
    return answers[:4 * tokens]


def rows(o):
    dtype = o.dtypes[-1]
    command = [BIN / "lingua-compress", "--model", MODEL, "--dtype", dtype, "--threads", o.threads]
    load = min(wall_and_memory(command, text_of(16))[0] for _ in range(3))
    for thousands in o.lengths:
        text = text_of(1024 * thousands)
        seconds, memory = wall_and_memory(command, text)
        yield Row("growth", f"{thousands}k tokens: ms a token", dtype, "ms",
                  [1000 * (seconds - load) / (1024 * thousands)])
        yield Row("growth", f"{thousands}k tokens: memory", dtype, "GB", [memory / 1e9])

"""How time and memory grow with the prompt's length, through lingua-compress as a whole: beyond the
model's context it goes on in windows."""
import json
import pathlib
import tempfile

from common import BIN, MODEL, ROOT, wall_and_memory
from figures import Row


def text_of(size):
    """So many bytes of the examples' answers, again and again."""
    lines = (ROOT / "examples/target_outputs.jsonl").read_text(encoding="utf-8").splitlines()
    answers = "\n\n".join(json.loads(line)["output"] for line in lines).encode()
    return (answers * (1 + size // len(answers)))[:size].decode(errors="ignore")


class Compress:
    """Runs of lingua-compress: seconds, memory and the prompt's tokens of each."""

    def __init__(self, o, dtype):
        self.folder = tempfile.TemporaryDirectory()  # gone with the object
        self.output = pathlib.Path(self.folder.name) / "result.json"
        self.command = [BIN / "lingua-compress", "--model", MODEL, "--dtype", dtype, "--threads",
                        o.threads, "--json", "--output", self.output]

    def __call__(self, size, *options):
        found = wall_and_memory([*self.command, *options], text_of(size))
        return *found, json.loads(self.output.read_text(encoding="utf-8"))["origin_tokens"]


def rows(o):
    dtype = o.dtypes[-1]
    compress = Compress(o, dtype)
    load = min(compress(64)[0] for _ in range(3))
    size = 4096 / compress(4096)[2]  # bytes of a token
    for effort in "low", "high":
        for thousands in o.lengths:
            runs = [compress(int(1000 * thousands * size), "--effort", effort)
                    for _ in range(3 if thousands <= 4 else 1)]
            what = f"{thousands}k tokens, effort {effort}"
            yield Row("growth", f"{what}: ms a token", dtype, "ms",
                      [1000 * (seconds - load) / tokens for seconds, _, tokens in runs])
            yield Row("growth", f"{what}: memory", dtype, "GB",
                      [memory / 1e9 for _, memory, _ in runs])

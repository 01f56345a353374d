"""What the benchmarks share: the peers' environments, the weights as they read them, and calls."""
import functools
import json
import os
import pathlib
import shutil
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
BIN = ROOT / "build/bin"
PEERS = ROOT / "bench/peers"
CACHE = pathlib.Path(os.environ.get("LINGUA_CACHE") or pathlib.Path(
    os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "lingua")
MODEL = "smollm2-135m-instruct"
GGUF = CACHE / "models" / f"{MODEL}.gguf"


def beside(dtype):
    """The type of the peers, and of the limit: none of them computes in int8 as we do."""
    if dtype != "int8":
        return dtype
    flags = pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8")
    return "bf16" if "avx512_bf16" in flags else "fp32"


@functools.cache
def peers_python(name="new"):
    """The interpreter of a peers' environment (bench/peers/setup), made where it is missing."""
    done = subprocess.run([PEERS / "setup", name], stdout=subprocess.PIPE, check=True, text=True)
    return done.stdout.strip() + "/bin/python"


def peers_model():
    """The same weights as a Hugging Face directory, float32."""
    folder = CACHE / "bench-model"
    if not (folder / "config.json").exists():
        subprocess.run([BIN / "lingua-export", "--model", MODEL, "--format", "hf", "--output",
                        folder], stdout=subprocess.DEVNULL, check=True)
    return str(folder)


def old_peers_model():
    """The same as transformers 4.38 reads it: other names, merges as strings."""
    folder = CACHE / "bench-model-4.38"
    if folder.exists():
        return str(folder)
    part = folder.with_suffix(".part")
    shutil.rmtree(part, ignore_errors=True)
    shutil.copytree(peers_model(), part)

    def rewrite(name, change):
        path = part / name
        whole = json.loads(path.read_text(encoding="utf-8"))
        change(whole)
        path.write_text(json.dumps(whole, ensure_ascii=False), encoding="utf-8")

    def config(whole):
        whole["rope_theta"] = whole.pop("rope_parameters", whole)["rope_theta"]
        whole["torch_dtype"] = whole.pop("dtype", "float32")

    def tokenizer(whole):
        merges = whole["model"]["merges"]
        whole["model"]["merges"] = [m if isinstance(m, str) else " ".join(m) for m in merges]

    rewrite("config.json", config)
    rewrite("tokenizer_config.json",
            lambda whole: whole.update(tokenizer_class="PreTrainedTokenizerFast"))
    rewrite("tokenizer.json", tokenizer)
    part.rename(folder)
    return str(folder)


def aligned_model():
    """The same weights as an aligned.pt."""
    path = CACHE / "bench-model.pt"
    if not path.exists():
        subprocess.run([BIN / "lingua-export", "--model", MODEL, "--format", "pt", "--output",
                        path], stdout=subprocess.DEVNULL, check=True)
    return str(path)


def read_lines(path):
    """JSON Lines."""
    with open(path, encoding="utf-8") as stream:
        return [json.loads(line) for line in stream if line.strip()]


def write_lines(path, lines):
    """JSON Lines; returns the path."""
    with open(path, "w", encoding="utf-8") as stream:
        stream.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    return path


def run(*command, **more):
    """subprocess.run, of parts that need not be text, with an exception where it fails."""
    return subprocess.run([str(part) for part in command], check=True, text=True, **more)


def prompt_tokens(model, prompts):
    """Tokens of each whole prompt, and of its instruction and question alone."""
    def tokens(some):
        texts = "".join(json.dumps({"text": "\n\n".join(part for part in one if part)}) + "\n"
                        for one in some)
        found = run(BIN / "lingua-score", "--model", model, "--dtype", "bf16", "--input", "-",
                    "--quiet", input=texts, stdout=subprocess.PIPE).stdout
        return [len(json.loads(line)["ids"]) for line in found.splitlines()]
    fixed = [(one.get("instruction", ""), one["question"]) for one in prompts]
    whole = [(i, *one["context"], q) for (i, q), one in zip(fixed, prompts)]
    return list(zip(tokens(whole), tokens(fixed)))


def budgeted(prompts, sizes, rate):
    """The prompts for lingua-compress --input, each to keep this share of its contexts' tokens;
    `sizes` by prompt_tokens()."""
    return [{key: one[key] for key in ("instruction", "context", "question") if key in one} |
            {"target_tokens": fixed + round(rate * (whole - fixed))}
            for one, (whole, fixed) in zip(prompts, sizes)]


def last_line(command):
    """The last line of a program's output, as JSON. What it says on stderr is shown if it fails."""
    done = subprocess.run(list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True)
    if done.returncode != 0:
        sys.exit(f"{done.stderr}\nfailed with {done.returncode}: {' '.join(map(str, command))}")
    return json.loads(done.stdout.strip().splitlines()[-1])


class Program:
    """One that answers a line of JSON with a line, its model loaded."""

    def __init__(self, command):
        self.process = subprocess.Popen(list(map(str, command)), stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True, encoding="utf-8")

    def ask(self, prompt):
        """Seconds, and the answer."""
        start = time.perf_counter()
        self.process.stdin.write(json.dumps(prompt) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        return time.perf_counter() - start, answer

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()


def wall_and_memory(command, stdin=""):
    """Seconds from start to end of a program, and the most memory that it held, in bytes."""
    start = time.perf_counter()
    child = subprocess.Popen(list(map(str, command)), stdin=subprocess.PIPE,
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    child.stdin.write(stdin.encode())
    child.stdin.close()
    _, status, usage = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - start
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        raise subprocess.CalledProcessError(child.returncode, child.args)
    return seconds, usage.ru_maxrss * 1024

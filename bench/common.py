"""What the benchmarks share: the peers' environment, the weights as they read them, and calls."""
import json
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
CACHE = pathlib.Path(os.environ.get("LINGUA_CACHE") or pathlib.Path(
    os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "lingua")
PEERS = ["torch==2.13.0", "transformers==5.23.0", "trl==1.16.0", "peft==0.21.2", "datasets",
         "accelerate", "numpy<2.3"]
MODEL = "smollm2-135m-instruct"


def peers_python():
    """The environment of the peers, made where it is missing."""
    folder = CACHE / "bench-peers"
    python = folder / "bin/python"
    complete = folder / "complete"
    if not complete.exists() or complete.read_text() != "\n".join(PEERS):
        print("installing the peers, once", file=sys.stderr)
        subprocess.run(["/usr/bin/python3", "-m", "venv", folder], check=True)
        subprocess.run([python, "-m", "pip", "install", "-q", *PEERS], check=True)
        complete.write_text("\n".join(PEERS))
    return str(python)


def peers_model():
    """The same weights as a Hugging Face directory, float32."""
    folder = CACHE / "bench-model"
    if not (folder / "config.json").exists():
        subprocess.run([ROOT / "build/bin/lingua-export", "--model", MODEL, "--format", "hf",
                        "--output", folder], check=True)
    return str(folder)


def last_line(command):
    done = subprocess.run(list(map(str, command)), stdout=subprocess.PIPE, check=True, text=True)
    return json.loads(done.stdout.strip().splitlines()[-1])

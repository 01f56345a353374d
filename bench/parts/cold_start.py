"""From the start of the process to the compressed prompt, one of a few words: what loading costs,
beside Python's import and load."""
from common import BIN, GGUF, PEERS, aligned_model, old_peers_model, peers_python, wall_and_memory
from figures import Row

PROMPT = "Answer in one word.\n\nThe sky on a clear day is blue, as we know.\n\nWhat is blue?"
TARGET = 5


def rows(o):
    models = {"aligned.pt": aligned_model(), "GGUF": GGUF}
    ours = {name: [] for name in models}
    theirs = []
    for _ in range(o.repeats):
        for name, path in models.items():
            command = [BIN / "lingua-compress", "--model", path, "--threads", o.threads]
            ours[name].append(wall_and_memory(command, PROMPT)[0])
    for _ in range(o.turns):
        command = [peers_python("old"), PEERS / "cold_llmlingua.py", old_peers_model(), o.threads]
        theirs.append(wall_and_memory(command, PROMPT)[0])
    for name, seconds in ours.items():
        yield Row("cold-start", f"cold start from {name}", "auto", "s", seconds, "llmlingua 0.2.2",
                  theirs, TARGET)

"""Recorded runs: one JSON file each, in the cache folder."""
import json
import time

from common import CACHE
from figures import from_json, to_json

FOLDER = CACHE / "bench-runs"


def save(rows, machine, commit):
    """Writes the run; the path without its ending, for what goes beside it."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    stamp = time.strftime("%Y-%m-%dT%H%M%S")
    path = FOLDER / f"{stamp}.json"
    run = {"time": stamp, "commit": commit, "machine": machine, "rows": [to_json(r) for r in rows]}
    path.write_text(json.dumps(run, indent=1) + "\n", encoding="utf-8")
    return path.with_suffix("")


def newest(machine):
    """The newest figure of each row that was measured on this machine, by the row's key."""
    found = {}
    for path in sorted(FOLDER.glob("*.json")):
        run = json.loads(path.read_text(encoding="utf-8"))
        if run["machine"] == machine:
            rows = [from_json(row) for row in run["rows"]]
            found.update({row.key(): row for row in rows})
    return found

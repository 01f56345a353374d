"""Where a figure was measured: figures of unlike machines are not compared."""
import platform
import re
import subprocess

from common import BIN, ROOT


def cpu_model():
    with open("/proc/cpuinfo", encoding="utf-8") as stream:
        found = re.search(r"^model name\s*:\s*(.*)$", stream.read(), re.MULTILINE)
    return found.group(1) if found else platform.machine()


def torch_library():
    """The path of the libtorch that the benchmarks are linked with, which says its version."""
    linked = subprocess.run(["ldd", BIN / "bench_prefill"], stdout=subprocess.PIPE,
                            text=True, check=True).stdout
    found = re.search(r"libtorch_cpu\S* => (\S+)", linked)
    return found.group(1) if found else "unknown"


def identity(threads):
    return {"name": platform.node(), "cpu": cpu_model(), "threads": threads,
            "libtorch": torch_library()}


def commit():
    done = subprocess.run(["git", "-C", ROOT, "describe", "--always", "--dirty"],
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    return done.stdout.strip()

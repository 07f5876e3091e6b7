"""The Python peers of the bench: a JSON request a line on stdin, a JSON answer a line on stdout."""

import importlib
import json
import os
import sys
import time
from importlib.metadata import version

import memory
from cases import Case, error, load
from contestant import Absent, Contestant, Prepared, Unsupported

# What libraries print must not come between the answers: from here on, file 1 is stderr.
answers = os.fdopen(os.dup(1), "w", buffering=1)
os.dup2(2, 1)

MODULES = {
    "jax": "with_jax",
    "torch": "with_torch",
    "transformers": "with_transformers",
    "mambapy": "with_mambapy",
    "accelerated-scan": "with_accelerated_scan",
    "scipy": "with_scipy",
    "ggml": "with_ggml",
}
VERSIONS = ["numpy", "jax", "jaxlib", "torch", "transformers", "mambapy", "accelerated-scan", "scipy"]

contestants: dict[str, Contestant] = {}
absent: list[dict[str, str]] = []
prepared: dict[str, Prepared] = {}
versions: dict[str, str] = {}  # of what is not a package


def find_contestants() -> None:
    for library, module in MODULES.items():
        try:
            found = importlib.import_module(module)
            for contestant in found.CONTESTANTS:
                contestants[contestant.name] = contestant
            if hasattr(found, "VERSION"):
                versions[library] = found.VERSION
        except Absent as cause:
            absent.append({"name": library, "cause": str(cause), "remedy": cause.remedy})
        except Exception as cause:  # a library can fail to load in any way
            absent.append({"name": library, "cause": sentence(cause)})


def hello() -> dict:
    installed = {"python": sys.version.split()[0], **versions}
    for name in VERSIONS:
        try:
            installed[name] = version(name)
        except importlib.metadata.PackageNotFoundError:
            pass
    listed = [{"name": one.name, "threads": one.threads} for one in contestants.values()]
    return {"name": "python", "versions": installed, "contestants": listed, "absent": absent}


def prepare(contestant: str, case: dict, directory: str) -> dict:
    drop(contestant)
    case = Case.of(case)
    try:
        who = contestants[contestant]
        ready = who.prepare(case, load(case, directory) if who.reads else {})
    except Unsupported as cause:
        return {"unsupported": str(cause)}
    result = ready.run()
    found = error(case, ready.read(result), directory) if ready.read else 0.0
    prepared[contestant] = ready
    settle()
    return {"error": found}


def timed(contestant: str, runs: int = 1) -> dict:
    """The mean of so many runs in a row."""
    run = prepared[contestant].run
    began = time.perf_counter()
    for _ in range(runs):
        result = run()
    milliseconds = 1000 * (time.perf_counter() - began) / runs
    del result
    settle()
    return {"milliseconds": milliseconds}


def drop(contestant: str) -> dict:
    prepared.pop(contestant, None)
    memory.give_back()
    return {}


def settle() -> None:
    """Waits until the threads of the libraries no longer spin: the next to be timed may be another process."""
    for _ in range(100):
        before = time.process_time()
        time.sleep(0.002)
        if time.process_time() - before < 0.0005:
            return


def answer(line: str) -> dict:
    try:
        request = json.loads(line)
        match request:
            case {"hello": _}:
                return hello()
            case {"prepare": details}:
                return prepare(**details)
            case {"time": details}:
                return timed(**details)
            case {"drop": details}:
                return drop(**details)
        return {"failed": f"unknown request: {line.strip()[:100]}"}
    except Exception as cause:
        return {"failed": sentence(cause)}


def sentence(cause: Exception) -> str:
    """What went wrong in one line: libraries write whole pages."""
    lines = [line.strip() for line in str(cause).splitlines() if line.strip()]
    return f"{type(cause).__name__}: {lines[0] if lines else 'no message'}"[:300]


memory.keep()
find_contestants()
for line in sys.stdin:
    if line.strip():
        print(json.dumps(answer(line)), file=answers, flush=True)

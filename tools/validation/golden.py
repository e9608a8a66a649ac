"""Golden records: what the real node did with a program, over several runs, in tests/validate/golden/NAME.json.

Decisions of the optimizing compiler vary between runs, since it works beside the program, and so does all that is
timed. So each record keeps in how many of its runs each decision was seen, and every run's figures.
"""
import collections
import hashlib
import json
import os
import re
import statistics

from . import runs, traces

FORM = 2  # of the file; a record of another form is made again
ROUNDS = {"jit": 5, "gc": 15, "cpu": 5, "nvp": 3}
MACHINE = "machine.json"  # beside the records: of what machine they are


def source_hash(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def record_jit(node, path, rounds):
    optimized, on_stack, deopts = collections.Counter(), collections.Counter(), collections.Counter()
    for _ in range(rounds):
        found = traces.decisions(node.trace_jit(path))
        if found.unread:
            raise runs.Failure("cannot read: " + found.unread[0])
        optimized.update(found.optimized)
        on_stack.update(found.on_stack)
        deopts.update(found.deopts)
    return {
        "flags": runs.TRACE_JIT, "runs": rounds, "optimized": dict(sorted(optimized.items())),
        "optimized_on_stack": dict(sorted(on_stack.items())),
        "deopts": [{"function": deopt.function, "reason": deopt.reason, "runs": seen}
                   for deopt, seen in sorted(deopts.items())],
    }


def record_gc(node, path, rounds):
    scavenges, mark_compacts, pauses = [], [], []
    for _ in range(rounds):
        found, unread = traces.collections_of(node.trace_gc(path))
        if unread:
            raise runs.Failure("cannot read: " + unread[0])
        scavenges.append(sum(c.kind == "Scavenge" for c in found))
        mark_compacts.append(sum(c.kind == "Mark-Compact" for c in found))
        pauses.append([c.pause_ms for c in found])
    return {"flags": runs.TRACE_GC, "runs": rounds, "scavenges": scavenges, "mark_compacts": mark_compacts,
            "pause_ms": [round(sum(p), 3) for p in pauses]}


def record_nvp(node, path, rounds):
    """What each collection moved, of the run with the most usual number of collections: machines differ in how long
    that takes, not in this."""
    runs_seen = [traces.moved(node.trace(path, runs.TRACE_NVP)) for _ in range(rounds)]
    usual = statistics.median_low(map(len, runs_seen))
    return {"flags": runs.TRACE_NVP, "runs": rounds, "columns": list(traces.Moved._fields),
            "collections": [list(row) for row in next(r for r in runs_seen if len(r) == usual)]}


def record_cpu(node, path, rounds):
    modes = {}
    for mode, flags in runs.MODES.items():
        samples = [node.cpu(path, mode) for _ in range(rounds)]
        modes[mode] = {"flags": flags, "user_ms": None if None in samples else [round(s, 3) for s in samples]}
    return modes


RECORDERS = {"jit": record_jit, "gc": record_gc, "cpu": record_cpu, "nvp": record_nvp}


def record(node, path, subjects, rounds=None, old=None):
    """A record of `subjects`; the other parts are those of `old`, when that is of the same program and node."""
    made = {"form": FORM, "program": os.path.basename(path), "sha256": source_hash(path), "node": node.version,
            "v8": node.v8, "program_flags": runs.program_flags(path), "stdout": node.output(path)}
    for subject in RECORDERS:
        if subject in subjects:
            made[subject] = RECORDERS[subject](node, path, rounds or ROUNDS[subject])
        elif old and subject in old and is_current(old, path) and old["node"] == node.version:
            made[subject] = old[subject]
    return made


def is_current(made, path):
    return made["form"] == FORM and made["sha256"] == source_hash(path)


def path_of(folder, program):
    return os.path.join(folder, os.path.basename(program)[:-3] + ".json")


def load(folder, program):
    try:
        with open(path_of(folder, program), encoding="utf-8") as file:
            return json.load(file)
    except FileNotFoundError:
        return None


def machine(folder):
    """The machine of a folder's records: its name, and the machine.speed and machine.cores by which nsim predicts it."""
    path = os.path.join(folder, MACHINE)
    try:
        with open(path, encoding="utf-8") as file:
            found = json.load(file)
    except FileNotFoundError:
        return {"cpu": "not known", "speed": 1, "cores": None}
    except ValueError as error:
        raise runs.Failure(f"{path}: no JSON: {error}") from None
    for key, kinds, expected in (("cpu", str, "a name"), ("speed", (int, float), "a number"), ("cores", int, "a whole number")):
        if not isinstance(found, dict) or not isinstance(found.get(key), kinds):
            value = json.dumps(found.get(key)) if isinstance(found, dict) else json.dumps(found)
            raise runs.Failure(f"{path}: {key}: found {value}, expected {expected}")
    return found


def machine_of(folder):
    """(speed, cores)"""
    found = machine(folder)
    return found["speed"], found["cores"]


def save(folder, program, made):
    os.makedirs(folder, exist_ok=True)
    with open(path_of(folder, program), "w", encoding="utf-8") as file:
        text = json.dumps(made, indent=1)
        # Lists of figures and small objects on one line each.
        file.write(re.sub(r"[\[{]\n\s+[^][{}]*?[\]}]", lambda m: re.sub(r"\n\s+", " ", m[0]), text) + "\n")

#!/usr/bin/env python3
"""check.py NSIM NODE: what of optimized code is computed once or not at all; which loops are peeled, as node
--trace-turbo-loop says; what loops with and without an invariant cost, in node and in nsim."""
import json
import os
import re
import sqlite3
import statistics
import subprocess
import sys
import tempfile

NSIM, NODE = sys.argv[1:3]
HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAM = os.path.join(HERE, "kernels.js")
KINDS = ("folded", "invariant", "redundant", "unchecked", "reduced")
# What becomes of each kernel's code, besides constants of outer functions and methods.
DECISIONS = {
    "divisionInvariant": {("invariant", "divide")},
    "divisionVarying": set(),
    "moduloInvariant": {("invariant", "divide")},
    "moduloVarying": set(),
    "moduloConstant": {("reduced", "divide")},
    "moduloPower": {("reduced", "divide")},
    "rootInvariant": {("invariant", "call_method")},
    "rootVarying": set(),
    "divisionConstant": {("folded", "divide")},
    "fieldInvariant": {("invariant", "load")},
    "fieldStored": {("invariant", "load")},
    "elementInvariant": {("invariant", "keyed_load")},
    "elementVarying": set(),
    "twice": {("redundant", "divide")},
    "nested": {("invariant", "divide"), ("unchecked", "post_step")},
    "bounded": {("unchecked", "post_step")},
    "typeKnown": {("folded", "typeof"), ("folded", "equal"), ("folded", "branch")},
}
# Loops that are left where V8 has a mark for it, and such that are not and so cannot be peeled.
LEFT = {"leavesByReturn": True, "leavesByThrow": True, "inlinesReturn": True,
        "leavesUnseen": False, "inlinesThrow": False, "inlinesUnseen": False}
# The first costs less than the second where the compiler knows that it is the same in each round.
PAIRS = (("divisionInvariant", "divisionVarying"), ("moduloInvariant", "moduloVarying"),
         ("rootInvariant", "rootVarying"), ("sineInvariant", "sineVarying"))
NODE_ROUNDS, NSIM_ROUNDS = 5_000_000, 1_000_000  # many times a compilation, so that its code runs


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True, stdin=subprocess.DEVNULL).stdout


def decisions(folder, kernel, *flags, program="kernels.js", rounds=100000):
    database = os.path.join(folder, "run.db")
    if os.path.exists(database):
        os.remove(database)
    run(NSIM, "run", "--quiet", "-o", database, "--set", f"node.flags=[{','.join(flags)}]",
        os.path.join(HERE, program), "--", kernel, str(rounds))
    rows = sqlite3.connect(database).execute(
        "SELECT e.kind, e.detail, e.reason FROM jit_event e JOIN jit_function f ON f.run_id = e.run_id"
        " AND f.id = e.function_id WHERE f.name = ?", (kernel,)).fetchall()
    return rows


def small(rows):
    return {(kind, detail) for kind, detail, _ in rows if kind in KINDS and not detail.startswith(("load_method", "get_context"))}


def peeled_by_node(kernel, program=PROGRAM, rounds="100000"):
    text = run(NODE, "--trace-turbo-loop", f"--turbo-filter={kernel}", "--no-concurrent-recompilation", program, kernel, rounds)
    return len(re.findall(r"^Peeling loop with header", text, re.M)) - len(re.findall(r"^Cannot peel loop", text, re.M))


def node_time(kernel):
    return min(float(run(NODE, PROGRAM, kernel, str(NODE_ROUNDS))) for _ in range(2))


def nsim_time(kernel):
    return float(run(NSIM, "run", "--quiet", PROGRAM, "--", kernel, str(NSIM_ROUNDS)))


with tempfile.TemporaryDirectory() as temporary:
    for kernel, expected in DECISIONS.items():
        rows = decisions(temporary, kernel)
        assert small(rows) == expected, (kernel, small(rows))
        loops = {reason for kind, _, reason in rows if kind == "peeled"}
        assert (len(loops) > 0) == (peeled_by_node(kernel) > 0), (kernel, loops, peeled_by_node(kernel))
    for kernel, expected in LEFT.items():
        peeled = {kind == "peeled" for kind, *_ in decisions(temporary, kernel) if kind in ("peeled", "not-peeled")}
        assert peeled == {expected} == {peeled_by_node(kernel) > 0}, (kernel, peeled, peeled_by_node(kernel))
    for count in (200, 300):  # statements
        real = peeled_by_node("", os.path.join(HERE, "large.js"), str(count))
        rows = decisions(temporary, "anonymous", program="large.js", rounds=count)
        assert (real > 0) == any(kind == "peeled" for kind, *_ in rows) == (count < 250), (count, real)
    assert not any(kind == "invariant" for kind, _ in small(decisions(temporary, "fieldInvariant", "--no-turbo-loop-peeling")))
    assert not small(decisions(temporary, "fieldInvariant", "--no-turbo-load-elimination"))
    assert not small(decisions(temporary, "bounded", "--no-turbo-loop-variable"))

tiers = run(NSIM, "inspect", "--tiers", os.path.join(HERE, "large.js"))
assert re.search(r"computed once for the loop divide at large.js:\d+:\d+: operands do not change in the loop", tiers), tiers
for one, other in PAIRS:
    model = nsim_time(one) / nsim_time(other)
    for _ in range(4):  # other work on the machine can only make a time longer
        real = node_time(one) / node_time(other)
        if real < 0.8:
            break
    print(f"{one} / {other}: node {real:.2f}, nsim {model:.2f}")
    assert real < 0.8 and model < 0.8, (one, other, real, model)

# What a round takes, beside what the real node took (bench/fit-tiers --record-kernels).
golden = json.load(open(os.path.join(HERE, "kernels.json"), encoding="utf-8"))
ratios = {kernel: nsim_time(kernel) / (ns * golden["speed"]) for kernel, ns in golden["ns"].items()}
factors = {kernel: max(ratio, 1 / ratio) for kernel, ratio in ratios.items()}
median = statistics.median(factors.values())
print("rounds: median factor %.2f; " % median + ", ".join(f"{kernel} {ratio:.2f}" for kernel, ratio in ratios.items()))
assert median < 1.35 and max(factors.values()) < 2.2, ratios

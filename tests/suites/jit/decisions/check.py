#!/usr/bin/env python3
"""check.py NSIM NODE: what is inlined is what node --trace-turbo-inlining says; decisions have their reasons; removed
objects are made where code that holds them is taken back."""
import os
import re
import sqlite3
import subprocess
import sys
import tempfile

NSIM, NODE = sys.argv[1:3]
HERE = os.path.dirname(os.path.abspath(__file__))


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True, stdin=subprocess.DEVNULL).stdout


def events(folder, program, *flags):
    database = os.path.join(folder, "run.db")
    if os.path.exists(database):
        os.remove(database)
    run(NSIM, "run", "--quiet", "-o", database, "--set", f"node.flags=[{','.join(flags)}]", os.path.join(HERE, program))
    return sqlite3.connect(database).execute(
        "SELECT f.name, e.kind, e.reason, e.detail FROM jit_event e JOIN jit_function f ON f.run_id = e.run_id"
        " AND f.id = e.function_id WHERE f.script LIKE '/app/%' ORDER BY e.rowid").fetchall()


def inlined(rows, into):
    return {detail.split(",")[0] for name, kind, _, detail in rows if kind == "inline" and name == into}


def left_out(rows, into):
    return {(detail.split(",")[0], reason) for name, kind, reason, detail in rows
            if kind == "not-inlined" and name == into}


with tempfile.TemporaryDirectory() as temporary:
    real = run(NODE, "--trace-turbo-inlining", os.path.join(HERE, "inline.js"))
    expected = set(re.findall(r"^Inlining 0x\w+ \{0x\w+ <SharedFunctionInfo (\w+)>\} into 0x\w+ "
                              r"\{0x\w+ <SharedFunctionInfo caller>\}", real, re.M))
    made = events(temporary, "inline.js")
    assert inlined(made, "caller") == expected == {"small", "middle", "again", "pick"}, (inlined(made, "caller"), expected)
    reasons = left_out(made, "caller")
    assert reasons >= {("large", "exceeds bytecode limit"), ("again", "recursive inlining"),
                       ("seldom", "called too seldom")}, reasons
    assert ("small", "small function") in {(d.split(",")[0], r) for n, k, r, d in made if k == "inline"}, made
    assert ("middle", "hot call") in {(d.split(",")[0], r) for n, k, r, d in made if k == "inline"}, made
    assert any(r == "several targets" for n, k, r, d in made if k == "not-inlined"), made
    # V8's limits, one by one.
    assert not inlined(events(temporary, "inline.js", "--no-turbo-inlining"), "caller")
    assert "middle" not in inlined(events(temporary, "inline.js", "--max-inlined-bytecode-size=30"), "caller")
    spent = events(temporary, "inline.js", "--max-inlined-bytecode-size-cumulative=20")
    assert ("middle", "budget is spent") in left_out(spent, "caller"), left_out(spent, "caller")
    assert "seldom" in inlined(events(temporary, "inline.js", "--min-inlining-frequency=0"), "caller")
    few = events(temporary, "inline.js", "--max-inlined-bytecode-size-small=0")
    assert all(reason != "small function" for _, kind, reason, _ in few if kind == "inline"), few

    made = events(temporary, "removed.js")
    kinds = [(kind, detail) for name, kind, _, detail in made if name == "length"]
    at = [kind for kind, _ in kinds].index("deopt-eager")
    assert kinds[at + 1] == ("materialize", "2 objects, 104 bytes"), kinds
    kept = events(temporary, "removed.js", "--no-turbo-escape")
    assert all(kind not in ("materialize", "allocation") for _, kind, _, _ in kept), kept

tiers = run(NSIM, "inspect", "--tiers", os.path.join(HERE, "inline.js"))
assert re.search(r"inlines small, \d+ bytes; called \S+ times per call at inline.js:\d+:\d+: small function", tiers), tiers
assert re.search(r"does not inline large, \d+ bytes at inline.js:\d+:\d+: exceeds bytecode limit", tiers), tiers
print("decisions as node's, with their reasons")

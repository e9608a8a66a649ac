#!/usr/bin/env python3
"""check.py NSIM NODE: the bytecode of the same functions is dropped as by node --trace-flush-bytecode.

Functions of flush.js only; when mark-compacts come is not compared. The same under stress, which drops all that does
not run. A function that is called again is compiled again.
"""
import os
import re
import sqlite3
import subprocess
import sys
import tempfile

NSIM, NODE = sys.argv[1:3]
HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAM = os.path.join(HERE, "flush.js")
# "double" goes with "once", silently.
NAMES = {"once", "sometimes", "hot", "warm", "generator", "later", "Point", "norm", "churn"}


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True, stdin=subprocess.DEVNULL).stdout


def dropped(text):
    return set(re.findall(r"discarding compiled metadata for 0x\w+ <SharedFunctionInfo (\S+)>", text)) & NAMES


def nsim(folder, *flags):
    database = os.path.join(folder, "run.db")
    if os.path.exists(database):
        os.remove(database)
    printed = run(NSIM, "run", "--quiet", "-o", database, "--set", f"node.flags=[{','.join(flags)}]", PROGRAM)
    return database, printed, dropped(run(NSIM, "trace", "--format", "trace-flush-bytecode", database))


with tempfile.TemporaryDirectory() as temporary:
    for flags in ((), ("--stress-flush-code",)):
        real = run(NODE, "--trace-flush-bytecode", *flags, PROGRAM)
        file, output, ours = nsim(temporary, *flags)
        theirs = dropped(real)
        print(flags, sorted(theirs), sorted(ours))
        assert output in real, output
        assert ours == theirs, (flags, theirs - ours, ours - theirs)
        events = sqlite3.connect(file).execute(
            "SELECT f.name, e.kind FROM jit_event e JOIN jit_function f ON f.run_id = e.run_id AND f.id = e.function_id "
            "WHERE e.kind IN ('flush', 'compile-lazy') ORDER BY e.rowid").fetchall()
        again = [kind for name, kind in events if name == "once"]
        assert again[:2] == (["flush", "compile-lazy"] if "once" in theirs else []), again

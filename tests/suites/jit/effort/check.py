#!/usr/bin/env python3
"""check.py NSIM: how long TurboFan works on functions of kernels.js, beside the real node's times.

golden.json has these: ns of this machine's node, the shortest of 15 runs, times the machine's speed beside that of the
profile. `check.py record SPEED` makes it (as root: with real-time priority; SPEED: `tools/validate speed`).
"""
import collections
import json
import os
import re
import sqlite3
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAM, GOLDEN = (os.path.join(HERE, name) for name in ("kernels.js", "golden.json"))
TOOK = re.compile(r"completed compiling 0x\w+ <JSFunction (\w+) .*?\(target TURBOFAN\) - took [\d.]+, ([\d.]+), ")
FACTOR = 2.4  # nine in ten functions are within it (bench/fit-compile)
WHAT = {"straight": "bytes of bytecode", "loops": "4 loops", "builtins": "6 builtins", "iterations": "iterations",
        "polymorphic": "further shapes"}


def record(speed):
    took = collections.defaultdict(list)
    for _ in range(15):
        text = subprocess.run(["chrt", "-r", "1", "node", "--trace-opt", PROGRAM], capture_output=True, text=True, check=True).stdout
        for name, time in dict(reversed(TOOK.findall(text))).items():
            took[name].append(float(time))
    version = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout.strip()
    with open(GOLDEN, "w", encoding="utf-8") as file:
        json.dump({"node": version, "speed": speed,
                   "ns": {name: round(min(took[name]) * 1e6 * speed) for name in WHAT}}, file, indent=1)
        file.write("\n")


def check(nsim):
    with open(GOLDEN, encoding="utf-8") as file:
        expected = json.load(file)["ns"]
    with tempfile.TemporaryDirectory() as scratch:
        database = os.path.join(scratch, "run.db")
        subprocess.run([nsim, "run", "--quiet", "--output", database, PROGRAM], check=True, capture_output=True)
        with sqlite3.connect(database) as db:
            rows = db.execute("SELECT f.name, e.execute_ns, e.detail FROM jit_event e JOIN jit_function f ON f.run_id = e.run_id"
                              " AND f.id = e.function_id WHERE e.kind = 'compiled' AND NOT e.osr ORDER BY e.t_ns DESC").fetchall()
    found = {name: (ns, detail) for name, ns, detail in rows}
    for name, words in WHAT.items():
        ns, detail = found[name]
        print(f"{name:12} {expected[name]:8} ns in node, {ns:8} in nsim: {detail}")
        assert words in detail, f"{name}: {detail}"
        assert 1 / FACTOR < ns / expected[name] < FACTOR, name
    assert expected["loops"] > expected["straight"] and found["loops"][0] > found["straight"][0]


if __name__ == "__main__":
    if sys.argv[1] == "record":
        record(float(sys.argv[2]))
    else:
        check(sys.argv[1])

#!/usr/bin/env python3
"""safepoint.py NSIM NODE: collections wait for threads that compile, in nsim as in node by its own trace events
(V8.GC_TIME_TO_SAFEPOINT), and for nothing when TurboFan compiles on the main thread."""
import glob
import json
import os
import sqlite3
import subprocess
import sys
import tempfile

nsim, node = sys.argv[1:]
program = os.path.join(os.path.dirname(os.path.abspath(__file__)), "safepoint.js")
ALONE = "--no-concurrent-recompilation"
NOBODY_US = 20  # what main takes to find that there is nobody to wait for


def check(condition, text):
    if not condition:
        sys.exit(f"safepoint: {text}")


def run(command, scratch):
    done = subprocess.run(command, cwd=scratch, capture_output=True, text=True, check=False)
    check(done.returncode == 0, f"{command}: exit code {done.returncode}\n{done.stderr}")
    return done.stdout


def of_node(*flags):
    """how many collections waited for a thread, of how many"""
    with tempfile.TemporaryDirectory() as scratch:
        run([node, "--trace-event-categories", "disabled-by-default-v8.gc", *flags, program], scratch)
        with open(glob.glob(os.path.join(scratch, "node_trace*"))[0], encoding="utf-8") as file:
            events = json.load(file)["traceEvents"]
    waits = [e["dur"] for e in events if e["name"] == "V8.GC_TIME_TO_SAFEPOINT"]
    return sum(us > NOBODY_US for us in waits), len(waits)


def of_nsim(cores, *flags, replay=False):
    """the rows of gc_event, the summary, and the names of the functions"""
    with tempfile.TemporaryDirectory() as scratch:
        options = ["--set", f"node.flags=[{', '.join(flags)}]"] if flags else []
        text = run([nsim, "run", "--set", f"machine.cores={cores}", *options, "-o", "run.db", program], scratch)
        if replay:
            run([nsim, "run", "--quiet", "--set", f"machine.cores={cores}", "--trace", "run.nst", "--no-db", program],
                scratch)
            run([nsim, "replay", "--quiet", "-o", "run.db", "run.nst"], scratch)
        db = sqlite3.connect(os.path.join(scratch, "run.db"))
        rows = db.execute("SELECT pause_ns, to_safepoint_ns, safepoint_function FROM gc_event").fetchall()
        names = {name or "(anonymous)" for name, in db.execute("SELECT name FROM jit_function")}
        return rows, text, names


rows, text, names = of_nsim(2)
waited = [row for row in rows if row[1] > 0]
check(waited, "nsim: no collection waited")
for pause, wait, function in rows:
    check(0 <= wait < pause, f"nsim: waited {wait} ns of a pause of {pause}")
    check((function in names) if wait > 0 else function == "", f"nsim: waited {wait} ns for {function!r}")
check("waiting for threads that compiled" in text, f"the summary does not tell of it:\n{text}")
check(of_nsim(2, replay=True)[0] == rows, "nsim: the replay of another run differs")
many, alone = (max(row[1] for row in of_nsim(cores)[0]) for cores in (16, 1))
check(many < 50_000 < alone, f"nsim: the longest wait is {many} ns on 16 cores, {alone} on one")

others, text, _ = of_nsim(2, ALONE)
check(others and not any(row[1] for row in others), f"nsim {ALONE}: a collection waited")
check("waiting for threads that compiled" not in text, f"{ALONE}: the summary tells of waits")

beside, count = of_node()
check(beside > 0, f"node: none of {count} collections waited")
main_alone, count = of_node(ALONE)
check(main_alone * 20 <= count, f"node {ALONE}: {main_alone} of {count} collections waited")
print(f"nsim: {len(waited)} of {len(rows)}; node: {beside} and {ALONE} {main_alone} of {count}")

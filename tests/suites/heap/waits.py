#!/usr/bin/env python3
"""waits.py NSIM: what collections waited for threads that compile is told apart from the collections: in the parts of
each request, the summary, its JSON and verdicts, a replay, the views of inspect, sweeps, and the pictures gc and blame."""
import csv
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile

nsim = os.path.abspath(sys.argv[1])
here = os.path.dirname(os.path.abspath(__file__))
PARTS = ("loop_wait", "own_js", "other_js", "pool_queue", "pool_service", "device", "gc", "safepoint", "rest")
WORKLOAD = """script: waits.js
machine: {cores: 2}
arrivals:
  work: {rate: 300, duration: 80 ms}
"""
ALONE = ("--set", "node.flags=[--no-concurrent-recompilation]")


def check(condition, text):
    if not condition:
        sys.exit(f"waits: {text}")


with tempfile.TemporaryDirectory() as scratch:
    def call(*args):
        done = subprocess.run([nsim, *args], cwd=scratch, capture_output=True, text=True, check=False)
        check(done.returncode == 0, f"{args}: exit code {done.returncode}\n{done.stderr}")
        return done.stdout

    def rows(name, query):
        return sqlite3.connect(os.path.join(scratch, name)).execute(query).fetchall()

    def drawn(kind, name):
        call("plot", name, kind, "-o", "p", "--script", "--format", "svg")
        with open(os.path.join(scratch, "p.gp"), encoding="utf-8") as script, \
                open(os.path.join(scratch, "p.svg"), encoding="utf-8") as svg:
            return script.read(), svg.read()

    def waits_of(name):
        """what the records say: pieces of time, all pauses, and the longest of a picture's columns"""
        pieces = []
        for start, pause, to, after in rows(
                name, "SELECT start_ns, pause_ns, to_safepoint_ns, after_safepoint_ns FROM gc_event"):
            pieces += [(start, start + to), (start + pause - after, start + pause)]
        return pieces

    for name in ("waits.js", "steps.js"):
        shutil.copy(os.path.join(here, name), scratch)
    with open(os.path.join(scratch, "waits.yaml"), "w", encoding="utf-8") as file:
        file.write(WORKLOAD)
    text = call("run", "-o", "run.db", "--trace", "run.nst", "waits.yaml")
    pieces = waits_of("run.db")
    total = sum(end - start for start, end in pieces)
    check(total > 0, "no collection waited")

    # The requests run one after the other and wait for nothing but the loop, so a collection in one's time is a part of it.
    requests = rows("run.db", f"SELECT arrival_ns, done_ns, {', '.join(part + '_ns' for part in PARTS)} FROM request")
    check(len(requests) > 15, f"{len(requests)} requests")
    for arrival, done, *parts in requests:
        expected = sum(max(0, min(done, end) - max(arrival, start)) for start, end in pieces)
        check(parts[PARTS.index("safepoint")] == expected, f"a request waited {expected} ns: {parts}")
        check(sum(parts) == done - arrival and min(parts) >= 0, f"the parts of {done - arrival} ns: {parts}")

    summary = json.loads(call("summary", "--json", "run.db"))
    blamed = sum(row[2 + PARTS.index("safepoint")] for row in requests)
    check(0 < blamed == summary["requests"]["work"]["blame"]["safepoint_ns"], f"{blamed}: {summary['requests']}")
    check(summary["heap"]["safepoint"]["total_ns"] == total, summary["heap"])
    check(re.search(r"mean split.* gc +safepoint +rest", text), text)
    (paused,), = rows("run.db", "SELECT sum(pause_ns) FROM gc_event")
    (longest,), = rows("run.db", "SELECT safepoint_function FROM gc_event ORDER BY to_safepoint_ns + after_safepoint_ns "
                       "DESC, start_ns LIMIT 1")
    check(f"of the pauses ({100 * total / paused:.0f}%) was waiting for threads that compiled" in text, text)
    check(f"for the compilation of `{longest}`" in text, text)
    check(total > 5e6 and total > paused / 4, f"{total} of {paused} ns are too few for the verdict")
    check("gc-waits" in [verdict["id"] for verdict in summary["verdicts"]], summary["verdicts"])

    call("replay", "--quiet", "-o", "again.db", "run.nst")
    check(rows("again.db", "SELECT id, gc_ns, safepoint_ns FROM request ORDER BY id") ==
          rows("run.db", "SELECT id, gc_ns, safepoint_ns FROM request ORDER BY id"), "the replay's parts differ")

    # Each wait stands with the compilation that it was for.
    tiers = json.loads(call("inspect", "--tiers", "--json", "waits.yaml"))["tiers"]
    named = [e["wait_ns"] for f in tiers if f["name"].startswith("step")
             for e in f["waits"]]
    (count, wait), = rows("run.db", "SELECT count(*), sum(to_safepoint_ns + after_safepoint_ns) FROM gc_event "
                          "WHERE safepoint_function LIKE 'step%' AND to_safepoint_ns + after_safepoint_ns > 0")
    check((len(named), sum(named)) == (count, wait) and count > 0, f"inspect: {len(named)} waits, {sum(named)} of {wait} ns")
    text = call("inspect", "--tiers", "waits.yaml")
    check(re.search(r"collections waited .* for threads that compile", text), text)
    check(re.search(r"\d+ collections wait .* for this compilation, the longest .* of a pause of", text), text)

    # As figures of sweeps.
    table = csv.DictReader(call("sweep", "--csv", "-n", "1", "--vary", "machine.cores=2,16", "-m", "gc.safepoint.*",
                                "-o", "sweep.db", "waits.yaml").splitlines())
    means = {(row["metric"], row["machine.cores"]): float(row["mean"]) for row in table}
    most = max(to + after for to, after in rows("run.db", "SELECT to_safepoint_ns, after_safepoint_ns FROM gc_event"))
    check(means["gc.safepoint.total", "2"] == total > means["gc.safepoint.total", "16"], f"{total}: {means}")
    check(means["gc.safepoint.max", "2"] == most > means["gc.safepoint.max", "16"], f"{most}: {means}")

    script, svg = drawn("gc", "run.db")
    block = re.search(r"^\$waits << EOD\n# .*\n((?:.*\n)*?)EOD$", script, re.M)
    shown = max(float(line.split()[1]) for line in block[1].splitlines())
    check(abs(shown * 1e6 - most) < 1e-4 * most, f"drawn {shown} ms, recorded {most} ns")
    check("wait for compilers" in svg, "the key of the picture gc")
    check(">safepoint<" in drawn("blame", "run.db")[1], "the key of the picture blame")

    text = call("run", *ALONE, "-o", "alone.db", "waits.yaml")
    check(sum(end - start for start, end in waits_of("alone.db")) == 0, f"{ALONE}: a collection waited")
    check("mean split" in text and "safepoint" not in text and "that compiled" not in text, text)
    check("waiting" not in drawn("gc", "alone.db")[1], "the picture gc tells of waits that are not there")
    check("safepoint" not in drawn("blame", "alone.db")[1], "the picture blame has a part that is not there")
print(f"{blamed / 1e6:.1f} of {total / 1e6:.1f} ms of waits in {len(requests)} requests")

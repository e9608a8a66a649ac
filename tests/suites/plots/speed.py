#!/usr/bin/env python3
"""speed.py NSIM GROWING: a program on cores of speed 1 and of speed 4. What a user reads is time on the machine of the run, so it is a
quarter, and the shares stay: of the summary, the page, the picture of the tiers, traces, exports and nsim inspect. Only the
columns that hold a demand on a core of speed 1 stay what they are. GROWING: a workload whose heap is marked in steps."""
import json
import os
import re
import sqlite3
import subprocess
import sys
import tempfile

NSIM, GROWING, SPEED = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2]), 4
PROGRAM = """
const crypto = require('crypto');
function mix(a, b) { return (a * 31 + b) | 0; }
const kept = [];
let sum = 0;
for (let round = 0; round < 300; round++) {
  for (let i = 0; i < 3000; i++) sum = mix(sum, i);
  const row = [];
  for (let i = 0; i < 800; i++) row.push({ i, round, text: 'k' + i });
  kept.push(row);
  sum += JSON.stringify(kept[round]).length;
}
for (let i = 0; i < 8; i++) crypto.pbkdf2('a', 'b', 20000, 32, 'sha256', () => { sum++; });
"""
UNITS = {"s": 1e9, "ms": 1e6, "us": 1e3, "ns": 1}
failed = compared = 0


def near(name, slow, fast, factor=SPEED, share=0.02):
    global failed, compared
    compared += 1
    if not (slow > 0 and abs(fast * factor / slow - 1) < share):
        print(f"{name}: {slow:g} at speed 1, {fast:g} at speed {SPEED}; expected 1/{factor:g} of it")
        failed += 1


def nsim(*arguments):
    done = subprocess.run([NSIM, *arguments], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"nsim {' '.join(arguments)}: {done.stderr}")
    return done.stdout


def whole(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def times(text):
    """All times of a text, in ns."""
    return [float(number) * UNITS[unit] for number, unit in re.findall(r"([\d.]+) (s|ms|us|ns)\b", text)]


class Run:
    def __init__(self, place, script, speed, *flags):
        self.script, self.stem = script, os.path.join(place, f"{speed}")
        self.db = self.stem + ".db"
        self.sets = ["--set", f"machine.speed={speed}", "--set", "machine.cores=8", "--set", f"node.flags=[{','.join(flags)}]"]
        self.json = json.loads(nsim("run", "--json", *self.sets, "-o", self.db, script))

    def trace(self, format_, pattern):
        """What a pattern finds in a trace: the sum of each of its numbers, in ms."""
        rows = [match.groups() for match in re.finditer(pattern, nsim("trace", self.db, "--format", format_))]
        return [sum(map(float, column)) for column in zip(*rows)]

    def sum(self, table, column):
        with sqlite3.connect(self.db) as db:
            return db.execute(f"SELECT sum({column}) FROM {table}").fetchone()[0]


def summary(slow, fast):
    for at in ("ignition", "sparkplug", "turbofan", "builtins", "parser", "compilers", "compile", "compile_helpers"):
        near(f"tiers.{at}_ns", *(r.json["tiers"][f"{at}_ns"] for r in (slow, fast)))
    for one, other in zip(slow.json["tiers"]["top"][:3], fast.json["tiers"]["top"]):
        if one["turbofan_ns"] or other["turbofan_ns"]:
            near("TurboFan of " + one["name"], one["turbofan_ns"], other["turbofan_ns"], share=0.05)
    near("heap.helpers_ns", *(r.json["heap"]["helpers_ns"] for r in (slow, fast)), share=0.1)
    near("pool.kinds.crypto.cpu_ns", *(r.json["pool"]["kinds"]["crypto"]["cpu_ns"] for r in (slow, fast)))
    near("longest callback's CPU time", *(r.json["loop"]["longest"][0]["cpu_ns"] for r in (slow, fast)))
    near("the run", *(r.json["virtual_ns"] for r in (slow, fast)), share=0.1)
    texts = [nsim("summary", r.db) for r in (slow, fast)]
    for line in (r"  Ignition.*\n", r"  TurboFan compiled.*\n", r"helper threads [\d.]+ \w+\n"):
        for pair in zip(*(times(re.search(line, text)[0]) for text in texts)):
            near(line, *pair, share=0.1)


def pages(slow, fast):
    for r in (slow, fast):
        nsim("report", r.db, "-o", r.stem + ".html")
        nsim("plot", r.db, "tiers", "--script", "--format", "svg", "-o", r.stem)
    row = r"<td>([^<]*)</td><td>([^<]*)</td><td>([^<]*)</td><td>2</td><td>1</td>"  # the callback: optimized twice
    for pair in zip(*(times(" ".join(re.search(row, whole(r.stem + ".html")).groups())) for r in (slow, fast))):
        near("a function of the page", *pair)
    plots = [whole(r.stem + ".gp") for r in (slow, fast)]
    for pair in zip(*(times(" ".join(re.findall(r"title '([^']*)', ", plot))) for plot in plots)):
        near("key of the picture", *pair)
    shares = [re.search(r"\$tiers << \w+\n(.*?)\n[A-Z]\w*\n", plot, re.S)[1].splitlines() for plot in plots]
    means = [sum(sum(map(float, line.split()[1:])) for line in lines if line[0] != "#") / len(lines) for lines in shares]
    near("mean share of the picture", *means, factor=1, share=0.05)
    if not 0.3 < means[0] < 1:
        sys.exit(f"the picture's shares sum to {means[0]:.3f}")


def traces(slow, fast):
    took = r"completed compiling.* took ([\d.]+), ([\d.]+), ([\d.]+) ms"
    for pair in zip(*(r.trace("trace-opt", took) for r in (slow, fast))):
        near("trace-opt's times", *pair, share=0.3)  # of single us, to the us
    for pair in zip(*(r.trace("trace-gc", r"MB, ([\d.]+) (?=/)") for r in (slow, fast))):
        near("trace-gc's pauses", *pair, share=0.1)


def exports(slow, fast):
    events = [json.loads(nsim("export", r.db, "--format", "chrome"))["traceEvents"] for r in (slow, fast)]
    for key in ("cpu_ns", "concurrent_ns", "helpers_cpu_ns", "prepare_ns", "execute_ns", "finalize_ns"):
        near(f"chrome's {key}", *(sum(e.get("args", {}).get(key, 0) for e in of_run) for of_run in events), share=0.1)
    views = [json.loads(nsim("inspect", "--tiers", "--json", *r.sets, r.script))["tiers"] for r in (slow, fast)]
    for key in ("ignition_ns", "sparkplug_ns", "turbofan_ns"):
        near(f"inspect's {key}", *(sum(f[key] for f in view) for view in views))
    for key in ("prepare_ns", "execute_ns", "finalize_ns"):
        near(f"inspect's {key}", *(sum(e[key] for f in view for e in f["events"]) for view in views))


def columns(slow, fast):
    for table, column in (("jit_function", "turbofan_ns"), ("jit_event", "execute_ns"), ("pool_task", "cpu_ns")):
        near(f"{table}.{column}", *(r.sum(table, column) for r in (slow, fast)), factor=1)


def main():
    with tempfile.TemporaryDirectory() as place:
        script = os.path.join(place, "mix.js")
        with open(script, "w", encoding="utf-8") as file:
            file.write(PROGRAM)
        runs = [Run(place, script, speed) for speed in (1, SPEED)]
        for check in (summary, pages, traces, exports, columns):
            check(*runs)
        marked = [Run(place, GROWING, speed, "--single-threaded-gc").sum("gc_event", "steps_ns") for speed in (1, SPEED)]
        near("steps of marking, which trace-gc prints", *marked, share=0.15)
    print(f"{compared - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

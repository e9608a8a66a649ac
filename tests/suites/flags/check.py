#!/usr/bin/env python3
"""check.py NSIM WORKLOADS: what-if switches under node.flags change what they should, and nothing else is said."""
import json
import os
import re
import subprocess
import sys
import tempfile

NSIM, WORKLOADS = sys.argv[1:3]


def summary(name, *flags):
    options = ["--set", f"node.flags=[{','.join(flags)}]"] if flags else []
    done = subprocess.run([NSIM, "run", "--json", "--no-db", *options, os.path.join(WORKLOADS, name + ".yaml")],
                          capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert done.stdout, done.stderr
    return json.loads(done.stdout)


def tiers(*flags):
    return summary("add-types", *flags)["tiers"]


plain = tiers()
assert plain["turbofan_ns"] > 0 and plain["sparkplug_ns"] > 0 and plain["optimized"] > 0, plain


def time(t):
    return t["ignition_ns"] + t["sparkplug_ns"] + t["maglev_ns"] + t["turbofan_ns"]


no_opt = tiers("--no-opt")
assert no_opt["turbofan_ns"] == no_opt["optimized"] == no_opt["deoptimizations"] == 0, no_opt
assert no_opt["sparkplug_ns"] > plain["sparkplug_ns"], no_opt
# A loop that is long enough to be worth a compilation.
times = [time(summary("osr", *flags)["tiers"]) for flags in ([], ["--no-opt"], ["--jitless"])]
assert 2 * times[0] < times[1] < times[2], times

assert tiers("--noopt")["optimized"] == 0
no_sparkplug = tiers("--no-sparkplug")
assert no_sparkplug["sparkplug_ns"] == 0 and no_sparkplug["optimized"] > 0, no_sparkplug
assert no_sparkplug["ignition_ns"] > plain["ignition_ns"], no_sparkplug

jitless = tiers("--jitless")
assert jitless["turbofan_ns"] == jitless["sparkplug_ns"] == jitless["optimized"] == 0, jitless
assert time(jitless) > time(no_opt), (jitless, no_opt)
assert all(f["history"] == [] for f in jitless["top"]), jitless

# What optimized code depends on changes while it is compiled: it is not installed, and the loop is compiled again.
slow, fast = (summary("growing-cache", f"--max-semi-space-size={size}")["virtual_ns"] for size in (2, 4))
assert slow < 1.3 * fast, (slow, fast)
# Maglev: a program whose functions are warm is faster with it; deopts of its code show.
maglev, without = (summary("maglev", *flags)["tiers"] for flags in ([], ["--no-maglev"]))
assert maglev["maglev_ns"] > maglev["sparkplug_ns"] > 0 and without["maglev_ns"] == 0, (maglev, without)
assert 1.5 * time(maglev) < time(without), (maglev, without)
assert "maglev" in {step["kind"] for f in maglev["top"] for step in f["history"]}, maglev["top"]
only = tiers("--maglev", "--no-turbofan")
assert only["turbofan_ns"] == 0 < only["deoptimizations"] and only["maglev_ns"] > 0, only
with tempfile.TemporaryDirectory() as folder:
    database = os.path.join(folder, "maglev.db")
    subprocess.run([NSIM, "run", "-q", "-o", database, "--set", "node.flags=[--maglev,--no-turbofan]",
                    os.path.join(WORKLOADS, "add-types.yaml")], check=True, capture_output=True)
    opt, deopt = (subprocess.run([NSIM, "trace", "--format", kind, database], check=True, capture_output=True,
                                 text=True).stdout for kind in ("trace-opt", "trace-deopt"))
    assert re.search(r"marking 0x\w+ <JSFunction add .*> for optimization to MAGLEV,.*hot and stable", opt), opt
    assert re.search(r"completed compiling 0x\w+ <JSFunction add .*\(target MAGLEV\) - took", opt), opt
    assert "TURBOFAN" not in opt + deopt, (opt, deopt)
    assert re.search(r"reason: not a Smi\): begin. deoptimizing 0x\w+ <JSFunction add .*<Code MAGLEV>", deopt), deopt
    loop = os.path.join(folder, "loop.js")
    with open(loop, "w", encoding="utf-8") as file:
        file.write("function warm(n) { let t = 0; for (let i = 0; i < n; i++) t = t + i & 0xffff; return t; }\n"
                   "for (let i = 0; i < 150; i++) warm(20);\nsetTimeout(() => warm(3e6), 10);\n")
    subprocess.run([NSIM, "run", "-q", "-o", database, "--set", "node.flags=[--maglev]", loop], check=True,
                   capture_output=True)
    deopt = subprocess.run([NSIM, "trace", "--format", "trace-deopt", database], check=True, capture_output=True,
                           text=True).stdout
    assert "reason: prepare for on stack replacement (OSR)): begin" in deopt, deopt
    subprocess.run([NSIM, "run", "-q", "-o", database, "--set", "node.flags=[--maglev]",
                    os.path.join(WORKLOADS, "maglev.yaml")], check=True, capture_output=True)
    svg = subprocess.run([NSIM, "plot", database, "tiers", "-f", "svg", "-o", os.path.join(folder, "tiers")],
                         capture_output=True, text=True)
    assert svg.returncode == 0, svg.stderr
    text = open(os.path.join(folder, "tiers.svg"), encoding="utf-8").read()
    assert "Maglev" in text, text[:2000]

heap = summary("leak")["heap"]  # it ends when the heap is full
single = summary("leak", "--single-threaded-gc")["heap"]
assert heap["helpers_ns"] > 0 and single["helpers_ns"] == 0, (heap, single)
for kind in ("scavenge", "mark_compact"):
    assert heap[kind]["count"] > 0
    mean = [h[kind]["total_ns"] / h[kind]["count"] for h in (heap, single)]
    assert mean[1] > mean[0], (kind, mean)  # what the helpers did is now part of the pause
print("the switches do what they say")

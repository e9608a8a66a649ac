#!/usr/bin/env python3
"""check.py NSIM WORKLOADS: what-if switches under node.flags change what they should, and nothing else is said."""
import json
import os
import subprocess
import sys

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
    return t["ignition_ns"] + t["sparkplug_ns"] + t["turbofan_ns"]


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

heap = summary("leak")["heap"]  # it ends when the heap is full
single = summary("leak", "--single-threaded-gc")["heap"]
assert heap["helpers_ns"] > 0 and single["helpers_ns"] == 0, (heap, single)
for kind in ("scavenge", "mark_compact"):
    assert heap[kind]["count"] > 0
    mean = [h[kind]["total_ns"] / h[kind]["count"] for h in (heap, single)]
    assert mean[1] > mean[0], (kind, mean)  # what the helpers did is now part of the pause
print("four switches do what they say")

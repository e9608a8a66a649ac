#!/usr/bin/env python3
"""check.py NSIM NODE: parsing and compiling cost what they cost in node, and when; caches save it.

Lazy functions are pre-parsed first and compiled at their first call, parenthesized ones and those of new Function are
compiled at once, inner ones wait; a text that is compiled again comes from the compilation cache, or from cached data.
Node's own times are the machine's: nsim's are within a factor of 2.5 of them, where they are large enough to be told.
"""
import json
import os
import subprocess
import sys

NSIM, NODE = sys.argv[1:3]
HERE = os.path.dirname(os.path.abspath(__file__))


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True, stdin=subprocess.DEVNULL).stdout


def costs(*command):
    return {row["name"]: row for row in map(json.loads, run(*command, os.path.join(HERE, "costs.js")).splitlines())}


ours, theirs = costs(NSIM, "run", "--quiet", "--no-db"), costs(NODE)
for name, row in theirs.items():
    print(f"{name:16} made {row['made']:8.1f} us, nsim {ours[name]['made']:8.1f}; "
          f"called {row['used']:8.1f} us, nsim {ours[name]['used']:8.1f}")
for name, row in theirs.items():
    whole = [side[name]["made"] + side[name]["used"] for side in (ours, theirs)]
    if min(whole) > 60:
        assert 1 / 2.5 < whole[0] / whole[1] < 2.5, (name, whole)
for side in (ours, theirs):
    assert side["lazy"]["used"] > 1.2 * side["lazy"]["made"], side["lazy"]
    assert side["nested"]["used"] < 0.3 * side["lazy"]["used"], side["nested"]
    assert side["the same eval"]["made"] < 0.2 * side["eval"]["made"], side["the same eval"]
    assert side["the same script"]["made"] < 0.2 * side["eval"]["made"], side["the same script"]
    whole = {name: row["made"] + row["used"] for name, row in side.items()}
    assert whole["parenthesized"] < 0.95 * whole["lazy"], whole
    assert whole["new Function"] < 0.95 * whole["lazy"], whole
    assert whole["cached data"] < 0.5 * whole["without"], whole
assert ours["argument"]["used"] > 0.9 * ours["lazy"]["used"], ours["argument"]

cached = [run(*command, os.path.join(HERE, "cached.js")) for command in ((NSIM, "run", "--quiet", "--no-db"), (NODE,))]
assert cached[0] == cached[1], cached
print("parsing costs what it costs in node")

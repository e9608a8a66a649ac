#!/usr/bin/env python3
"""check.py NSIM NODE: parsing and compiling cost what they cost in node, and when; caches save it.

Lazy functions are pre-parsed first and compiled at their first call, parenthesized ones and those of new Function are
compiled at once, inner ones wait; a text that is compiled again comes from the compilation cache, or from cached data.
Node's own times are the machine's, and nsim is told how fast that is (machine.speed): its times are within a factor of 2.5 of
node's, where they are large enough to be told. The prices are those of texts that are new; the texts here are the same but for
a name, and node pre-parses them in half the time ("nested": 1.9). What a time is made of is not compared: nsim makes the bytecode of
parenthesized functions and those of new Function at their first call, node before it.
"""
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "../../../..")
sys.path.insert(0, os.path.join(ROOT, "tools"))
from validation import runs, speed  # noqa: E402

NSIM, NODE = sys.argv[1:3]
ATTEMPTS = 6


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True, stdin=subprocess.DEVNULL).stdout


def costs(*command):
    return {row["name"]: row for row in map(json.loads, run(*command, os.path.join(HERE, "costs.js")).splitlines())}


def is_as_said(side):
    """Whether a run's times have the order that they should have."""
    whole = {name: row["made"] + row["used"] for name, row in side.items()}
    return (side["lazy"]["used"] > 1.2 * side["lazy"]["made"] and
            side["nested"]["used"] < 0.3 * side["lazy"]["used"] and
            side["the same eval"]["made"] < 0.3 * side["eval"]["made"] and
            side["the same script"]["made"] < 0.3 * side["eval"]["made"] and
            whole["parenthesized"] < 0.95 * whole["lazy"] and whole["new Function"] < 0.95 * whole["lazy"] and
            whole["cached data"] < 0.5 * whole["without"])


def far_off(ours, theirs):
    """The names of those whose times differ too much."""
    whole = {name: [side[name]["made"] + side[name]["used"] for side in (ours, theirs)] for name in theirs}
    return [name for name, (one, two) in whole.items() if min(one, two) > 60 and not 1 / 2.5 < one / two < 2.5]


def least(rows, more):
    """The least of two runs' times."""
    return {name: {"made": min(row["made"], more[name]["made"]), "used": min(row["used"], more[name]["used"])}
            for name, row in rows.items()}


machine = speed.measure(runs.Node(NODE), os.path.join(ROOT, "tests/validate/programs"),
                        os.path.join(ROOT, "tests/validate/golden"), rounds=1)[0]
made = costs(NSIM, "run", "--quiet", "--no-db", "--set", f"machine.speed={machine}")
assert is_as_said(made), made
assert made["argument"]["used"] > 0.9 * made["lazy"]["used"], made["argument"]
# Node's own times vary with the machine's load: the least of as many runs as it takes, up to some.
real = costs(NODE)
for _ in range(1, ATTEMPTS):
    if is_as_said(real) and not far_off(made, real):
        break
    real = least(real, costs(NODE))
print(f"machine.speed {machine}")
for name, row in real.items():
    print(f"{name:16} made {row['made']:8.1f} us, nsim {made[name]['made']:8.1f}; "
          f"called {row['used']:8.1f} us, nsim {made[name]['used']:8.1f}")
assert is_as_said(real), real
assert not far_off(made, real), far_off(made, real)

cached = [run(*command, os.path.join(HERE, "cached.js")) for command in ((NSIM, "run", "--quiet", "--no-db"), (NODE,))]
assert cached[0] == cached[1], cached
print("parsing costs what it costs in node")

#!/usr/bin/env python3
"""constructs.py NSIM NODE PROGRAM: bytes that constructs of JavaScript allocate, by nsim and by the real node.

Optimized code and, with --no-opt, code that is not. Bytes must agree within 2 or 5%, but for those that are known to
differ (DIFFERS). Whether node's compiler is done in time hangs on the machine's load: one of
three runs must agree for each construct.
"""
import os
import subprocess
import sys

FLAGS = ["--max-semi-space-size=64", "--min-semi-space-size=64", "--expose-gc"]
MODES = {"optimized": [], "not optimized": ["--no-opt"]}

# Constructs whose bytes are known to differ, by program and mode.
DIFFERS = {
    "constructs.js": {
        "optimized": [
            # Node's own figure varies: the sum overflows, and when its code is made anew hangs on the load.
            "instance that does not escape",
            "call of a large function with doubles", "spread of array", "spread of a local array", "map", "filter", "reduce",
            "for in", "Object.entries", "object spread", "emit, two listeners", "on and off"],
        "not optimized": [
            "spread of array", "for in", "Object.entries", "object spread",
            "private double field", "on and off"],
    },
    # What is optimized there, and when, varies with the load.
    "tasks.js": {
        "not optimized": [
            "timeout and clear", "any of 4 rejected", "await throwing async", "for await of async generator"],
    },
}


def table(command):
    made = subprocess.run(command, capture_output=True, text=True, check=True)
    return {name: float(count) for name, count in (line.split("\t") for line in made.stdout.splitlines())}


def agrees(ours, theirs):
    return abs(ours - theirs) <= max(2, 0.05 * max(ours, theirs))


def main():
    nsim, node, program = sys.argv[1:4]
    wrong, differs = [], DIFFERS[os.path.basename(program)]
    for mode in differs:
        flags = FLAGS + MODES[mode]
        ours = table([nsim, "run", "-q", "--no-db", "--set", f"node.flags=[{', '.join(flags)}]", program])
        differ, runs = set(ours), 0
        while differ - set(differs[mode]) and runs < 3:
            theirs = table([node, *flags, program])
            assert theirs.keys() == ours.keys(), (theirs, ours)
            differ = {name for name in differ if not agrees(ours[name], theirs[name])}
            runs += 1
        for name in ours:
            known = name in differs[mode]
            print(f"{mode:14} {name:40} node {theirs[name]:8.1f} nsim {ours[name]:8.1f}"
                  f"{' differs' if name in differ else ''}{', as is known' if name in differ and known else ''}")
            if name in differ and not known:
                wrong.append(f"{mode}: {name}")
        assert not set(differs[mode]) - set(ours), "no such construct"
    assert not wrong, "differ: " + "; ".join(wrong)


main()

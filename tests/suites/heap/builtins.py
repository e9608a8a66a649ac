#!/usr/bin/env python3
"""builtins.py NSIM NODE: the bytes that one call of each of V8's builtins allocates (builtins.js), by nsim and by node.

Each must agree within 10% or 16 bytes, but for those that are known to differ. What node allocates for itself meanwhile
only adds to its figures, so the least of three runs counts.
"""
import json
import os
import subprocess
import sys

FLAGS = ["--no-opt", "--expose-gc", "--max-semi-space-size=64", "--min-semi-space-size=64"]
KNOWN = {
    "string: as a key", "regexp: matchAll", "object: defineProperty", "json: parse a record", "json: parse strings",
    "json: parse, reviver", "bigint: exponent",
}


def main():
    nsim, node = sys.argv[1:3]
    program = os.path.join(os.path.dirname(os.path.abspath(__file__)), "builtins.js")
    runs = [json.loads(subprocess.run([node, *FLAGS, program], capture_output=True, check=True).stdout) for _ in range(3)]
    real = {name: min(run[name] for run in runs) for name in runs[0]}
    made = subprocess.run([nsim, "run", "--quiet", "--no-db", "--set", f"node.flags=[{', '.join(FLAGS)}]", program],
                          capture_output=True, check=True).stdout
    found = json.loads(made)
    assert found.keys() == real.keys(), sorted(found.keys() ^ real.keys())
    assert KNOWN <= real.keys(), sorted(KNOWN - real.keys())
    failed = 0
    for name, theirs in real.items():
        good = abs(found[name] - theirs) <= max(16, 0.1 * theirs)
        bad = not good and name not in KNOWN
        failed += bad
        word = "FAILED" if bad else "ok" if good else "known"
        print(f"{word:6} {name:45} node {theirs:6}, nsim {found[name]:6} bytes")
    sys.exit(1 if failed else 0)


main()

#!/usr/bin/env python3
"""test_output.py NSIM: each program of tests/validate prints in nsim what it prints in the real node."""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../../tools"))
from validation import golden, runs  # noqa: E402

nsim, wrong, count = runs.Nsim(sys.argv[1]), [], 0
for path in runs.programs_of(os.path.join(HERE, "programs"), None):
    made = golden.load(os.path.join(HERE, "golden"), path)
    if made["cpu"]["default"]["user_ms"] is None:
        continue  # it runs until the heap is full
    count += 1
    output = nsim.output(path)
    if output != made["stdout"]:
        wrong.append(f"{path}: {output!r}, in node {made['stdout']!r}")
print("\n".join(wrong + [f"{count} programs, {len(wrong)} differ"]))
sys.exit(1 if wrong or count == 0 else 0)

#!/usr/bin/env python3
"""instructions.py NSIM: loops of one kind of instruction (instructions.js) beside what they took in the real node.

instructions.json has the real node's figures, by `bench/fit-tiers --record-kernels`; the prices are fitted to them, too.
"""
import json
import os
import statistics
import subprocess
import sys

NSIM = sys.argv[1]
HERE = os.path.dirname(os.path.abspath(__file__))
MEDIAN, LARGEST = 1.25, 1.8

with open(os.path.join(HERE, "instructions.json"), encoding="utf-8") as f:
    golden = json.load(f)
failed = False
for mode, real in golden["ns"].items():
    out = subprocess.run([NSIM, "run", "--quiet", "--set", "record=off", "--set", f"machine.speed={golden['speed']}", "--set",
                          f"node.flags=[--{mode}]", "--set", "env={SIMULATED: '1'}", os.path.join(HERE, "instructions.js")],
                         capture_output=True, text=True, check=True).stdout
    ratios = {name: ns / real[name] for name, ns in json.loads(out).items()}
    assert ratios.keys() == real.keys(), ratios.keys() ^ real.keys()
    factors = [max(ratio, 1 / ratio) for ratio in ratios.values()]
    print(f"{mode}: median factor {statistics.median(factors):.2f}; "
          + ", ".join(f"{name} {ratio:.2f}" for name, ratio in ratios.items()))
    failed |= statistics.median(factors) > MEDIAN or max(factors) > LARGEST
sys.exit(failed)

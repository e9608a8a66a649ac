#!/usr/bin/env python3
"""compare.py NSIM NODE PROGRAM: the collections of a program, by nsim and by node --trace-gc.

The number of scavenges must agree within 15% or 2, that of mark-compacts within 25% or 1, and what the
program prints exactly. Pauses are printed beside each other: they are the machine's.
"""
import os
import re
import subprocess
import sys
import tempfile

LINE = re.compile(r"^\[\d+:0x[0-9a-f]+\] +\d+ ms: (Scavenge|Mark-Compact)[^.]* [0-9.]+ \([0-9.]+\) -> "
                  r"[0-9.]+ \([0-9.]+\) MB, ([0-9.]+) / ")


def collections(text):
    found = [(m.group(1), float(m.group(2))) for m in map(LINE.match, text.splitlines()) if m]
    return {kind: [ms for k, ms in found if k == kind] for kind in ("Scavenge", "Mark-Compact")}


def within(ours, theirs, share, least):
    return abs(ours - theirs) <= max(least, share * theirs)


def main():
    nsim, node, program = sys.argv[1:4]
    real = subprocess.run([node, "--trace-gc", program], capture_output=True, text=True, check=True).stdout
    with tempfile.TemporaryDirectory() as folder:
        db = os.path.join(folder, "run.db")
        output = subprocess.run([nsim, "run", "-q", "-o", db, program], capture_output=True, text=True,
                                check=True).stdout
        trace = subprocess.run([nsim, "trace", "--format", "trace-gc", db], capture_output=True, text=True,
                               check=True).stdout
    assert output == "".join(line for line in real.splitlines(True) if not line.startswith("[")), output
    unknown = [line for line in trace.splitlines() if not LINE.match(line)]
    assert not unknown, f"node prints no such line: {unknown[0]}"
    theirs, ours = collections(real), collections(trace)
    for kind in ours:
        print(f"{kind}: node {len(theirs[kind])}, {sum(theirs[kind]):.1f} ms; "
              f"nsim {len(ours[kind])}, {sum(ours[kind]):.1f} ms")
    assert within(len(ours["Scavenge"]), len(theirs["Scavenge"]), 0.15, 2)
    assert within(len(ours["Mark-Compact"]), len(theirs["Mark-Compact"]), 0.25, 1)


main()

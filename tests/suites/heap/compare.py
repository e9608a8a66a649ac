#!/usr/bin/env python3
"""compare.py NSIM NODE PROGRAM: the collections of a program, by nsim and by node --trace-gc.

The number of scavenges must agree within 15% or 2, that of mark-compacts within 25% or 1, and what the
program prints exactly. Pauses are printed beside each other: they are the machine's. Node's own figures vary
with the machine's load, so that one of five of its runs must agree, or nsim be inside of their range.
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


def flags_of(program):
    """Those behind "// flags:" in the first line."""
    with open(program, encoding="utf-8") as f:
        first = f.readline()
    return first.split(":", 1)[1].split() if first.startswith("// flags:") else []


def fatal(text):
    """Why the process died. Whether the limit was reached or collections were ineffective near it depends on the
    machine's speed."""
    return [line[line.index("Allocation failed"):] for line in text.splitlines() if line.startswith("FATAL ERROR")]


def check(made, trace, real, counts):
    """Asserts that a run by nsim agrees with one by node. `counts`: collections of the runs so far; this one's are added."""
    status = real.returncode if real.returncode >= 0 else 128 - real.returncode
    assert made.returncode == status, f"exit code {made.returncode}, node's is {status}: {made.stderr}"
    assert made.stdout == "".join(line for line in real.stdout.splitlines(True) if not LINE.match(line)) or \
        fatal(real.stderr), made.stdout
    assert fatal(made.stderr) == fatal(real.stderr), made.stderr
    theirs, ours = collections(real.stdout), collections(trace)
    for kind in ours:
        print(f"{kind}: node {len(theirs[kind])}, {sum(theirs[kind]):.1f} ms; "
              f"nsim {len(ours[kind])}, {sum(ours[kind]):.1f} ms")
    counts.append({kind: len(theirs[kind]) for kind in theirs})
    for kind, share, least in (("Scavenge", 0.15, 2), ("Mark-Compact", 0.25, 1)):
        of_node = [count[kind] for count in counts]
        assert min(of_node) <= len(ours[kind]) <= max(of_node) or within(len(ours[kind]), of_node[-1], share, least), kind


def main():
    nsim, node, program = sys.argv[1:4]
    flags = flags_of(program)
    with tempfile.TemporaryDirectory() as folder:
        db = os.path.join(folder, "run.db")
        # How far marking comes near the limit hangs on the cores that are left for it.
        made = subprocess.run([nsim, "run", "-q", "-o", db, "--set", f"machine.cores={os.cpu_count()}",
                               "--set", f"node.flags=[{', '.join(flags)}]", program], capture_output=True, text=True)
        trace = subprocess.run([nsim, "trace", "--format", "trace-gc", db], capture_output=True, text=True,
                               check=True).stdout
    unknown = [line for line in trace.splitlines() if not LINE.match(line)]
    assert not unknown, f"node prints no such line: {unknown[0]}"
    counts = []
    for last in (False, False, False, False, True):
        real = subprocess.run([node, *flags, "--trace-gc", program], capture_output=True, text=True)
        try:
            return check(made, trace, real, counts)
        except AssertionError:
            if last:
                raise


main()

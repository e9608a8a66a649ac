#!/usr/bin/env python3
"""faults.py NSIM NODE: how much slower rounds of faults.js are while they touch new pages, and how many of them are, by
nsim and by the real node.

Two semi-spaces of 1 MiB are touched in turn. Times are ratios of one process, medians of rounds and of runs: what else
the machine does hardly matters.
"""
import os
import statistics
import subprocess
import sys

FLAGS = ["--no-opt", "--single-threaded", "--max-semi-space-size=1"]
RUNS = 5
EARLY, LATE = slice(2, 10), slice(-15, None)
SLOWER = 1.4      # at least; node: objects 2.0 to 3.1, arrays 2.0 to 2.7
RATIO = 2.0       # of the two factors, at most
LENGTH = 0.25     # of the numbers of rounds


def measure(command):
    """(rounds until they become fast, how much slower those are)"""
    times = [float(word) for word in subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()]
    slow, fast = statistics.median(times[EARLY]), statistics.median(times[LATE])
    between = (slow * fast) ** 0.5
    count = next(i for i in range(len(times)) if statistics.median(times[i:i + 5]) < between)
    return count, slow / fast


def main():
    nsim, node = sys.argv[1:3]
    program = os.path.join(os.path.dirname(os.path.abspath(__file__)), "faults.js")
    for kind in ("objects", "arrays"):
        ours = measure([nsim, "run", "-q", "--no-db", "--set", f"node.flags=[{', '.join(FLAGS)}]", program, "--", kind])
        runs = [measure([node, *FLAGS, program, kind]) for _ in range(RUNS)]
        theirs = [statistics.median(numbers) for numbers in zip(*runs)]
        print(f"{kind}: {theirs[0]} and {ours[0]} slow rounds, {theirs[1]:.2f} and {ours[1]:.2f} times the time; in each run",
              *(f"{count} {factor:.2f}" for count, factor in runs))
        assert min(theirs[1], ours[1]) >= SLOWER, "no slower"
        assert 1 / RATIO <= ours[1] / theirs[1] <= RATIO, "another price"
        assert abs(ours[0] - theirs[0]) <= LENGTH * theirs[0], "other pages"


main()

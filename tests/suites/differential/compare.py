#!/usr/bin/env python3
"""compare.py NSIM NODE FIRST COUNT: random programs FIRST to FIRST+COUNT-1, by nsim and by the real node,
must print the same bytes. A program that differs is shown, and kept in the temporary folder."""
import concurrent.futures
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from generate import Program  # noqa: E402


def output(command, folder):
    done = subprocess.run(command, cwd=folder, capture_output=True, stdin=subprocess.DEVNULL)
    return done.stdout, done.returncode, done.stderr


def compare(nsim, node, seed, folder):
    name = f"program{seed}.js"
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as f:
        f.write(Program(seed).text())
    expected = output([node, name], folder)
    found = output([nsim, "run", "--quiet", "--no-db", name], folder)
    return seed, path, expected, found


def main():
    nsim, node, first, count = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    folder = tempfile.mkdtemp(prefix="nsim-differential-")
    failed = empty = 0
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        jobs = [pool.submit(compare, os.path.abspath(nsim), node, seed, folder) for seed in range(first, first + count)]
        for job in jobs:
            seed, path, expected, found = job.result()
            empty += not expected[0]
            if expected[:2] == found[:2]:
                os.unlink(path)
                continue
            failed += 1
            print(f"program {seed} differs ({path})\n  node: {expected[0].decode()}  nsim: {found[0].decode()}"
                  f"  exit codes {expected[1]} and {found[1]}\n{found[2].decode()[:600]}")
    if empty:
        print(f"{empty} programs printed nothing")
    print(f"{count - failed} passed, {failed} failed")
    return 1 if failed or empty else 0


if __name__ == "__main__":
    sys.exit(main())

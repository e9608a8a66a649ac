#!/usr/bin/env python3
"""compare.py NSIM NODE PROGRAM: both must print the same and leave with the same code."""
import difflib
import subprocess
import sys


def run(command):
    done = subprocess.run(command, capture_output=True, text=True, errors="replace")
    return done.stdout.splitlines(), done.returncode, done.stderr


def main():
    nsim, node, program = sys.argv[1:]
    expected, expected_code, _ = run([node, program])
    found, code, errors = run([nsim, "run", "--quiet", program])
    if not expected:
        sys.exit(f"{program} prints nothing under the real node")
    if found == expected and code == expected_code:
        return
    print(f"exit code {code}, expected {expected_code}", errors, sep="\n")
    for line in list(difflib.unified_diff(expected, found, "node", "nsim", lineterm="", n=0))[:40]:
        print(line[:400])
    sys.exit(1)


main()

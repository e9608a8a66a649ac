#!/usr/bin/env python3
"""test_octane.py NSIM: Octane's programs, which no model was fitted to, beside the records of the real node
(`tools/validate all`): the bars that are reached, and how near the others are. Skipped where npm reaches no registry."""
import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
TOOL = os.path.join(HERE, "../../tools/validate")
SKIP = 77
# Bars of docs/octane.md that are missed: what was reached, of programs or as a score.
NEAR = {"scavenges within": 11, "pause within": 8}


def value_of(bar):
    """"precision of (function, optimized) 0.94, at least 0.8": 0.94; "scavenges within 2 or 15%: 7 of 12 programs": 7"""
    return float(bar.rsplit(" ", 3)[0].rsplit(" ", 1)[-1].rstrip(",")) if "at least" in bar else int(bar.split(": ")[1].split()[0])


def main():
    with tempfile.TemporaryDirectory() as folder:
        made = subprocess.run([sys.executable, TOOL, "octane", folder], capture_output=True, text=True)
        if made.returncode != 0 and any(code in made.stderr for code in ("ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ETIMEDOUT", "No such file")):
            print("skipped:", made.stderr)
            sys.exit(SKIP)
        assert made.returncode == 0, made.stderr
        done = subprocess.run([sys.executable, TOOL, "all", folder, "--nsim", sys.argv[1], "--json"], capture_output=True, text=True)
    tables = json.loads(done.stdout)
    for table in tables.values():
        assert not table["failures"], table["failures"]
        assert len(table["programs"]) == 12
        for bar in table["bars"]:
            print(bar["bar"], "" if bar["reached"] else "(missed)")
            near = [least for text, least in NEAR.items() if bar["bar"].startswith(text)]
            assert bar["reached"] or (near and value_of(bar["bar"]) >= near[0]), bar["bar"]


main()

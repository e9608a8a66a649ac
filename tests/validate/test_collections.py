#!/usr/bin/env python3
"""test_collections.py NSIM: how many programs of tests/validate/programs are within each bar of collections
(`tools/validate gc`), and how many more inside the range of node's own runs: no fewer than were reached."""
import json
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
REACHED = {"scavenges": 55, "mark-compacts": 56, "pause": 53}
WITH_OWN = {"scavenges": 56, "mark-compacts": 56, "pause": 54}


def main():
    tool = os.path.join(HERE, "../../tools/validate")
    done = subprocess.run([sys.executable, tool, "gc", os.path.join(HERE, "programs"), "--nsim", sys.argv[1], "--json"],
                          capture_output=True, text=True)
    table = json.loads(done.stdout)["gc"]
    assert not table["failures"], table["failures"]
    for bar in table["bars"]:
        print(bar["bar"])
        kind, programs, total, own = re.match(r"(\S+) within .*: (\d+) of (\d+) programs(?:; (\d+) more)?", bar["bar"]).groups()
        assert int(total) == len(table["programs"]) >= 56, total
        assert int(programs) >= REACHED[kind], f"{kind}: {programs} of {total}, {REACHED[kind]} were reached"
        assert int(programs) + int(own or 0) >= WITH_OWN[kind], f"{kind}: {bar['bar']}, {WITH_OWN[kind]} were reached"
    assert len(table["bars"]) == len(REACHED)


main()

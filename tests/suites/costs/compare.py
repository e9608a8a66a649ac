#!/usr/bin/env python3
"""What crypto and zlib cost in nsim, beside figures of the real node.

    compare.py NSIM             each operation within a factor of the real node's figure
    compare.py --record NODE    measures the real node's figures: operations.json

The real node's figures are kept, because a busy machine cannot give them again: CPU time of
operations.js, the least of 15 rounds. The operations use contents, sizes and parameters other than
those that the profile's constants were measured on (bench/fit-crypto.js).
"""
import json
import os
import platform
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
GOLDEN = os.path.join(HERE, "operations.json")
# How far off an operation may be. Encodings of keys were measured on one kind of key; content matters
# to compression in more ways than a sample tells.
FACTOR, FACTORS = 1.25, {"key": 1.6, "deflate": 1.8, "gunzip": 1.6, "brotli": 2}


def record(node):
    out = subprocess.run([node, os.path.join(HERE, "operations.js")], capture_output=True, check=True).stdout
    version = subprocess.run([node, "-p", "process.version"], capture_output=True, text=True, check=True).stdout.strip()
    with open("/proc/cpuinfo", encoding="utf-8") as f:
        cpu = next((line.split(":")[1].strip() for line in f if line.startswith("model name")), platform.machine())
    with open(GOLDEN, "w", encoding="utf-8") as f:
        json.dump({"made": f"compare.py --record {node}: {version}, {cpu}", "ns": json.loads(out)}, f, indent=1)
        f.write("\n")


def check(nsim):
    with open(GOLDEN, encoding="utf-8") as f:
        real = json.load(f)["ns"]
    with tempfile.TemporaryDirectory() as folder:
        workload = os.path.join(folder, "costs.yaml")
        with open(workload, "w", encoding="utf-8") as f:
            f.write("script: operations.js\nrecord: off\nenv: {SIMULATED: '1'}\n")
        with open(os.path.join(HERE, "operations.js"), "rb") as source, \
                open(os.path.join(folder, "operations.js"), "wb") as f:
            f.write(source.read())
        out = subprocess.run([nsim, "run", "--quiet", workload], capture_output=True, check=True).stdout
    found = json.loads(out)
    if found.keys() != real.keys():
        sys.exit(f"other operations than recorded: {sorted(found.keys() ^ real.keys())}")
    failed = 0
    for name, ns in real.items():
        factor = FACTORS.get(name.split()[0], FACTOR)
        ratio = found[name] / ns
        bad = not 1 / factor <= ratio <= factor
        failed += bad
        print(f"{'FAILED' if bad else 'ok':6} {name:36} node {ns / 1000:10.1f} us, nsim {found[name] / 1000:10.1f} us, "
              f"{ratio:5.2f}")
    return failed


def main():
    if sys.argv[1] == "--record":
        record(sys.argv[2])
    else:
        sys.exit(1 if check(sys.argv[1]) else 0)


main()

#!/usr/bin/env python3
"""What crypto and zlib (operations), builtins, first calls and modules (builtins), what TurboFan makes of calls and
closures (optimized), regular expressions (regexps), and what services do (services) cost in nsim, beside the real node.

    compare.py NSIM WHAT                    each operation within a factor of the real node's figure
    compare.py --record NODE WHAT [SPEED]   measures the real node's figures: WHAT.json. SPEED: how fast this machine is
                                            beside the profile's (tools/validate speed), 1 without it

The real node's figures are kept, because a busy machine cannot give them again: CPU time of WHAT.js, the least of
some rounds. The operations use contents, sizes and parameters other than those that the profile's constants
were measured on (bench/fit-crypto.js); the profile's prices of builtins are from builtins.js itself, and others.js has other
builtins, inputs, sizes and callers than those that gave a price.
"""
import json
import os
import platform
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
# How far off an operation may be. Encodings of keys were measured on one kind of key; content matters
# to compression in more ways than a sample tells. One price stands for many builtins of a kind. The prices of
# the parser are those of files as people write them: what is the same again and again costs half of that or less, when the
# processor has learnt it.
FACTOR = {"operations": 1.25, "builtins": 2, "others": 2, "optimized": 2, "regexps": 1.5, "regexps-jitless": 1.6,
          "services": 2, "services-baseline": 2}
QUIET = ["--single-threaded", "--min-semi-space-size=64", "--max-semi-space-size=64"]
# Of those that need some; what follows a "-" is not of the program's name.
FLAGS = {"regexps-jitless": ["--jitless"], "services": QUIET, "services-baseline": [*QUIET, "--no-opt"]}
FACTORS = {"key": 1.6, "deflate": 1.8, "gunzip": 1.6, "brotli": 2,
           "a module of 100 functions": 2, "a module that calls 10": 2, "an empty module": 2.5, "node's own modules": 2.5,
          "vm.Script": 2.5, "tasks:": 2.6, "a function is made: a long body": 2.5, "first call: a long body": 3}


def golden(what):
    return os.path.join(HERE, f"{what}.json")


def program(what):
    return f"{what.split('-')[0] if what in FLAGS else what}.js"


def record(node, what, speed):
    with tempfile.TemporaryDirectory() as folder:
        out = subprocess.run([node, *FLAGS.get(what, []), os.path.join(HERE, program(what))], capture_output=True, check=True, cwd=folder).stdout
    version = subprocess.run([node, "-p", "process.version"], capture_output=True, text=True, check=True).stdout.strip()
    with open("/proc/cpuinfo", encoding="utf-8") as f:
        cpu = next((line.split(":")[1].strip() for line in f if line.startswith("model name")), platform.machine())
    with open(golden(what), "w", encoding="utf-8") as f:
        json.dump({"made": f"compare.py --record {node} {what} {speed}: {version}, {cpu}", "speed": speed,
                   "ns": json.loads(out)}, f, indent=1)
        f.write("\n")


def check(nsim, what):
    with open(golden(what), encoding="utf-8") as f:
        kept = json.load(f)
    real = kept["ns"]
    with tempfile.TemporaryDirectory() as folder:
        workload = os.path.join(folder, "costs.yaml")
        with open(workload, "w", encoding="utf-8") as f:
            f.write(f"script: {program(what)}\nrecord: off\nmachine: {{speed: {kept.get('speed', 1)}}}\nenv: {{SIMULATED: '1'}}\n"
                    f"node: {{flags: {json.dumps(FLAGS.get(what, []))}}}\n")
        with open(os.path.join(HERE, program(what)), "rb") as source, \
                open(os.path.join(folder, program(what)), "wb") as f:
            f.write(source.read())
        out = subprocess.run([nsim, "run", "--quiet", workload], capture_output=True, check=True).stdout
    found = json.loads(out)
    if found.keys() != real.keys():
        sys.exit(f"other operations than recorded: {sorted(found.keys() ^ real.keys())}")
    failed = 0
    for name, ns in real.items():
        factor = FACTORS.get(name) or FACTORS.get(name.split()[0], FACTOR[what])
        ratio = found[name] / ns
        bad = not 1 / factor <= ratio <= factor
        failed += bad
        print(f"{'FAILED' if bad else 'ok':6} {name:36} node {ns / 1000:10.2f} us, nsim {found[name] / 1000:10.2f} us, "
              f"{ratio:5.2f}")
    return failed


def main():
    if sys.argv[1] == "--record":
        record(sys.argv[2], sys.argv[3], float(sys.argv[4]) if len(sys.argv) > 4 else 1)
    elif check(*sys.argv[1:3]):
        sys.exit(1)


main()

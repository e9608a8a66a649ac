#!/usr/bin/env python3
"""check.py NSIM NODE: code of on-stack replacement that deoptimizes behind its loop is kept, as by the real node.

`behind` is optimized by on-stack replacement once, `within` more often: as often as its compilations find time for, so
one of five runs of node has to say so. What was kept is entered, and deoptimizes, again.
Without a thread that compiles a function that is replaced in its first call forgets that it was marked.
"""
import collections
import os
import re
import subprocess
import sys
import tempfile

NAMES = ("behind", "within")


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True, stdin=subprocess.DEVNULL).stdout


def count(text, pattern):
    found = collections.Counter(re.findall(pattern, text, re.M))
    return {name: found[name] for name in NAMES}


def replacements(text):
    return count(text, r"^\[completed optimizing 0x\w+ <JSFunction (\S+) .*\(target TURBOFAN\) OSR\]")


def as_told(made):
    return made["behind"] == 1 < made["within"]


def compilations(text):
    """(function, whether on-stack replacement) in their order"""
    return re.findall(r"^\[completed compiling 0x\w+ <JSFunction (first|later) .*\(target TURBOFAN\)( OSR|)", text, re.M)


def compare_synchronous(nsim, node):
    program = os.path.join(os.path.dirname(os.path.abspath(__file__)), "first.js")
    flag = "--no-concurrent-recompilation"
    with tempfile.TemporaryDirectory() as folder:
        database = os.path.join(folder, "out.db")
        run(nsim, "run", "--quiet", "--set", f"node.flags=[{flag}]", "-o", database, program)
        ours = compilations(run(nsim, "trace", "--format", "trace-opt", database))
    theirs = compilations(run(node, flag, "--trace-opt", program))
    print("nsim", ours, "node", theirs)
    assert ours == theirs and ("first", " OSR") in theirs and ("later", "") in theirs


def main():
    nsim, node = sys.argv[1:3]
    compare_synchronous(nsim, node)
    program = os.path.join(os.path.dirname(os.path.abspath(__file__)), "loops.js")
    with tempfile.TemporaryDirectory() as folder:
        database = os.path.join(folder, "out.db")
        printed = run(nsim, "run", "--quiet", "-o", database, program)
        ours = replacements(run(nsim, "trace", "--format", "trace-opt", database))
        left = count(run(nsim, "trace", "--format", "trace-deopt", database),
                     r"^\[bailout .*? deoptimizing 0x\w+ <JSFunction (\S+) ")
    assert printed == run(node, program)
    print("nsim", ours, "deoptimized", left)
    assert as_told(ours) and left["behind"] > 1
    for _ in range(5):
        theirs = replacements(run(node, "--trace-opt", program))
        print("node", theirs)
        if as_told(theirs):
            return
    raise AssertionError("the real node does otherwise")



main()

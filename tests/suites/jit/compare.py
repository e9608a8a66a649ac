#!/usr/bin/env python3
"""compare.py NSIM NODE PROGRAM.js: a program's functions are optimized and deoptimized as by the real node.

A line "// compare: NAME ..." of the program names the functions: for each of them, whether it was optimized, and
the set of the reasons for which it was deoptimized, must be the same in both. Output must be the same, too.
"""
import os
import re
import subprocess
import sys
import tempfile

nsim, node, program = sys.argv[1:4]
names = re.search(r"^// compare: (.*)$", open(program, encoding="utf-8").read(), re.M).group(1).split()


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True, stdin=subprocess.DEVNULL).stdout


def facts(text):
    """(function, "optimized" or the reason of a deoptimization)"""
    found = set()
    for line in text.splitlines():
        name = re.search(r"<JSFunction (\S+) <", line)
        reason = re.match(r"\[bailout \(kind: deopt-\w+, reason: (.*?)\): begin", line)
        if name and line.startswith("[completed optimizing"):
            found.add((name.group(1), "optimized"))
        elif name and reason:
            found.add((name.group(1), reason.group(1)))
        invalid = re.match(r"\[marking dependent code .* <SharedFunctionInfo (\S+)>\) .*, reason: (.*)\]$", line)
        if invalid:
            found.add(invalid.groups())
    return {fact for fact in found if fact[0] in names}


def output(text):
    return [line for line in text.splitlines() if not re.match(r"\[(marking|comp|bailout|not )|\s+; ", line)]


with tempfile.TemporaryDirectory() as folder:
    database = os.path.join(folder, "out.db")
    printed = run(nsim, "run", "--quiet", "-o", database, program)
    ours = facts(run(nsim, "trace", "--format", "trace-opt", database) +
                 run(nsim, "trace", "--format", "trace-deopt", database))
for _ in range(4):  # the thread that compiles may have had no core, on a busy machine
    real = run(node, "--trace-opt", "--trace-deopt", "--trace-file-names", program)
    theirs = facts(real)
    if ours == theirs:
        break
for fact in sorted(theirs - ours):
    print("only the real node:", *fact)
for fact in sorted(ours - theirs):
    print("only nsim:", *fact)
assert theirs, "the real node says nothing of these functions"
sys.exit(ours != theirs or printed.splitlines() != output(real))

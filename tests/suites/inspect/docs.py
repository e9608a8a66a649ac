#!/usr/bin/env python3
"""docs.py NSIM DOCUMENT [--write]: the output of each command in docs/inspect.md is what nsim prints.

A block of the document that begins with "$ nsim inspect" is run on the programs of its blocks of JavaScript, "app.js" and "kinds.js"; "..." stands for
lines that are left out. Times, the order of a function's steps, addresses of maps and counts of Node's own objects are not compared. --write fills the
blocks in.
"""
import os
import re
import shlex
import subprocess
import sys
import tempfile

NSIM, DOCUMENT = os.path.abspath(sys.argv[1]), sys.argv[2]
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.M | re.S)


def same(text):
    text = re.sub(r" *\d+(\.\d+)? (ns|us|ms|s)\b", " T", text)
    text = re.sub(r"\bmap \d+ *", "map N ", text)
    return re.sub(r"\d+ alive", "N alive", text)


def output(command, folder):
    words = shlex.split(command)
    assert words[:2] == ["nsim", "inspect"], command
    done = subprocess.run([NSIM, *words[1:]], cwd=folder, capture_output=True, text=True, check=True,
                          stdin=subprocess.DEVNULL, env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"})
    return done.stdout


def same_steps(expected, found):
    """Of --tiers: when a step comes is the model's affair, and changes with it; that there is each kind of step is not."""
    steps = ("feedback vector", "marked for TurboFan", "TurboFan is done", "optimized, code", "eager deoptimization")
    heads = [next((line for line in text.split("\n") if "loop iterations" in line), "") for text in (expected, found)]
    return heads[0] == heads[1] and all(step in expected and step in found for step in steps)


def matches(expected, found):
    """Whether the lines of `expected`, of which some may be "...", are those of `found`."""
    parts = [part.strip("\n").split("\n") for part in re.split(r"^ *\.\.\.$\n?", same(expected), flags=re.M)]
    lines = same(found).rstrip("\n").split("\n")
    if len(parts) == 1:
        return parts[0] == lines
    at = 0
    for i, part in enumerate(parts):
        if part == [""]:
            continue
        places = [k for k in range(at, len(lines) - len(part) + 1) if lines[k:k + len(part)] == part]
        if i == 0:
            places = [k for k in places if k == 0]
        if not places:
            return False
        at = places[0] + len(part)
    return True


def main():
    text = open(DOCUMENT, encoding="utf-8").read()
    programs = [body for kind, body in BLOCK.findall(text) if kind == "js"]
    failed = count = 0
    with tempfile.TemporaryDirectory() as folder:
        for name, program in zip(("app.js", "kinds.js"), programs, strict=True):
            with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                file.write(program)

        def fill(match):
            body = match[2]
            if not body.startswith("$ "):
                return match[0]
            return f"```{match[1]}\n{body.split(chr(10))[0]}\n{output(body.split(chr(10))[0][2:], folder)}```"

        if "--write" in sys.argv:
            with open(DOCUMENT, "w", encoding="utf-8") as file:
                file.write(BLOCK.sub(fill, text))
            return 0
        for _, body in BLOCK.findall(text):
            if not body.startswith("$ "):
                continue
            command, expected = body.split("\n", 1)
            found = output(command[2:], folder)
            count += 1
            if not (same_steps if "--tiers" in command else matches)(expected, found):
                failed += 1
                print(f"{command}\n{found}")
    print(f"{count} commands, {failed} differ")
    return failed > 0 or count < 8


sys.exit(main())

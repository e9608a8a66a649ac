#!/usr/bin/env python3
"""Run cases (bad_input/README.md has their form) and compare the answers, byte by byte.

run_cases.py NSIM CASE...            what nsim answers
run_cases.py --oracle NODE CASE...   the expected text of "$ node" cases is what the real Node prints
"""
import difflib
import os
import re
import shlex
import subprocess
import sys
import tempfile

HEADER = re.compile(r"^-- (?:link (?P<target>\S+): )?(?P<name>\S+) --$", re.M)


class Case:
    def __init__(self, path):
        self.path = path
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            text = file.read()
        marks = list(HEADER.finditer(text))
        head = text[: marks[0].start()] if marks else text
        self.command = re.search(r"^\$ (.*)$", head, re.M).group(1)
        self.exit = int(re.search(r"^exit (\d+)$", head, re.M).group(1))
        self.files, self.links = {}, {}
        for mark, after in zip(marks, marks[1:] + [None]):
            body = text[mark.end() + 1 : after.start() if after else len(text)]
            if mark["target"]:
                self.links[mark["name"]] = mark["target"]
            else:
                self.files[mark["name"]] = body
        self.stdout = self.files.pop("stdout", "")
        self.stderr = self.files.pop("stderr", "")

    def unpack(self, folder):
        for name, body in self.files.items():
            path = os.path.join(folder, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8", errors="surrogateescape") as file:
                file.write(body)
        for name, target in self.links.items():
            os.symlink(target, os.path.join(folder, name))


def normal(text, folder):
    text = text.replace(folder + "/", "$DIR/")
    text = re.sub(r"^Node\.js v20\.\d+\.\d+$", "Node.js v20", text, flags=re.M)
    text = re.sub(r"^node:(\S+?):\d+$", r"node:\1", text, flags=re.M)
    # Frames inside Node; a brace after the last of them is kept.
    text = re.sub(r"^ +at [^\n]*?\(?node:[^\s)]+\)?( \{)?\n",
                  lambda m: "    ...{\n" if m[1] else "", text, flags=re.M)
    return re.sub(r"^ +\[?\.\.\. (\d+ )?lines matching \w+ stack trace \.\.\.\]?\n", "", text,
                  flags=re.M)


def run(case, words, seen, problems):
    """`seen`: where the program sees the folder of the case; None: where it is."""
    with tempfile.TemporaryDirectory() as folder:
        folder = os.path.realpath(folder)
        case.unpack(folder)
        env = {"PATH": os.environ["PATH"], "HOME": folder, "NO_COLOR": "1", "TERM": "dumb"}
        if "ASAN_OPTIONS" in os.environ:
            env["ASAN_OPTIONS"] = os.environ["ASAN_OPTIONS"]
        done = subprocess.run(words, cwd=folder, env=env, stdin=subprocess.DEVNULL,
                              capture_output=True)
        answers = (("stdout", case.stdout, done.stdout), ("stderr", case.stderr, done.stderr))
        for name, expected, found in answers:
            found = normal(found.decode("utf-8", "surrogateescape"), seen or folder)
            if found != expected:
                diff = difflib.unified_diff(expected.splitlines(), found.splitlines(),
                                            "expected", "found", lineterm="")
                problems.append(f"{case.path}: {name}:\n" + "\n".join(diff))
        if done.returncode != case.exit:
            problems.append(f"{case.path}: exit code {done.returncode}, expected {case.exit}")


def main():
    arguments = sys.argv[1:]
    oracle = arguments[0] == "--oracle"
    program = os.path.realpath(arguments[1 if oracle else 0])
    problems, count = [], 0
    for path in arguments[2 if oracle else 1 :]:
        case = Case(path)
        words = shlex.split(case.command)
        if oracle:
            if words[0] != "node":
                continue
            words = [program] + words[1:]
        elif words[0] == "node":
            words = [program, "run", "--quiet", "--no-db"] + words[1:]
        else:
            words = [program] + words[1:]
        run(case, words, None if oracle else "/app", problems)
        count += 1
    print("\n".join(problems + [f"{count} cases, {len(problems)} problems"]))
    return 1 if problems or count == 0 else 0


sys.exit(main())

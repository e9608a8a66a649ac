#!/usr/bin/env python3
"""Programs with packages from npm, unmodified, under nsim and under the real node: the same output and exit code.

    check.py install FOLDER             npm brings the packages
    check.py run FOLDER NSIM NODE NAME  programs/NAME.js, in FOLDER
"""
import difflib
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.realpath(__file__))
sys.path.append(os.path.join(HERE, ".."))
import npm  # noqa: E402


def output(command, folder):
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    return done.stdout.splitlines(), done.returncode, done.stderr


def run(folder, nsim, node, name):
    if not os.path.exists(os.path.join(folder, "node_modules", ".stamp")):
        npm.skip("npm has not brought the packages")
    program = f"{name}.js"
    with open(os.path.join(HERE, "programs", program), "rb") as source, open(os.path.join(folder, program), "wb") as file:
        file.write(source.read())
    expected, code, errors = output([node, program], folder)
    assert code == 0 and expected, (code, errors)
    found, ours, ours_errors = output([nsim, "run", "--quiet", "--no-db", program], folder)
    if (found, ours) != (expected, code):
        print(f"exit code {ours}, expected {code}", ours_errors[:2000], sep="\n")
        for line in list(difflib.unified_diff(expected, found, "node", "nsim", lineterm="", n=0))[:20]:
            print(line[:400])
        sys.exit(1)


def main():
    if sys.argv[1] == "install":
        npm.install(HERE, sys.argv[2], "--omit=optional")
    else:
        run(*sys.argv[2:])


main()

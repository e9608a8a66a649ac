#!/usr/bin/env python3
"""compare.py NSIM NODE PROGRAM: see README.md."""
import difflib
import os
import shutil
import subprocess
import sys
import tempfile

NOBODY = 65534


def as_nobody():
    os.umask(0o022)
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)


def run(command, program, **options):
    with tempfile.TemporaryDirectory() as folder:
        folder = os.path.realpath(folder)
        here = os.path.dirname(os.path.abspath(program))
        shutil.copy(program, folder)
        shutil.copytree(os.path.join(here, "data"), os.path.join(folder, "data"))
        if os.geteuid() == 0:
            for place, folders, files in os.walk(folder):
                for name in [place] + [os.path.join(place, file) for file in folders + files]:
                    os.chown(name, NOBODY, NOBODY)
        done = subprocess.run(command + [os.path.basename(program)], cwd=folder, text=True,
                              capture_output=True, errors="replace",
                              env={**os.environ, "HOME": "/app"}, **options)
        return done.stdout.replace(folder, "/app").splitlines(), done.returncode, done.stderr


def main():
    nsim, node, program = sys.argv[1:]
    expected, expected_code, noise = run([node, "--no-warnings"], program, preexec_fn=as_nobody)
    found, code, errors = run([nsim, "run", "--quiet", "--no-db"], program)
    if not expected:
        sys.exit(f"{program} prints nothing under the real node: {noise}")
    if found == expected and code == expected_code:
        return
    print(f"exit code {code}, expected {expected_code}", errors, sep="\n")
    for line in list(difflib.unified_diff(expected, found, "node", "nsim", lineterm="", n=0))[:40]:
        print(line[:400])
    sys.exit(1)


main()

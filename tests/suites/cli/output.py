#!/usr/bin/env python3
"""Where output goes: the program's streams, the summary, JSON, the database."""
import json
import os
import subprocess
import sys
import tempfile

NSIM = os.path.realpath(sys.argv[1])
SCRIPT = "console.log('out'); console.error('err'); process.exitCode = 4;"


def run(folder, *words, stdout=subprocess.PIPE):
    done = subprocess.run([NSIM, "run", *words], cwd=folder, stdin=subprocess.DEVNULL,
                          stdout=stdout, stderr=subprocess.PIPE, check=False)
    return done.returncode, done.stdout, done.stderr


with tempfile.TemporaryDirectory() as folder:
    with open(os.path.join(folder, "app.js"), "w", encoding="utf-8") as file:
        file.write(SCRIPT)
    # The summary follows what the program prints, without colours: this is no terminal.
    code, out, err = run(folder, "app.js")
    assert code == 4 and err == b"err\n", (code, err)
    assert out.startswith(b"out\n") and len(out) > 100, out
    assert b"\033" not in out, out
    assert os.listdir(folder).count("app.db") == 1, os.listdir(folder)
    # With --quiet there is nothing else.
    assert run(folder, "--quiet", "--no-db", "app.js") == (4, b"out\n", b"err\n")
    # With --json stdout is one JSON document.
    code, out, err = run(folder, "--json", "-o", "other.db", "app.js")
    assert code == 4 and err == b"out\nerr\n", (code, err)
    assert isinstance(json.loads(out), dict)
    assert os.path.exists(os.path.join(folder, "other.db"))
    # --no-db and record: off leave no file behind.
    before = sorted(os.listdir(folder))
    run(folder, "--no-db", "app.js")
    run(folder, "--record", "off", "--set", "name=third", "app.js")
    assert sorted(os.listdir(folder)) == before, os.listdir(folder)
    # stdout and stderr keep their order when they are one file.
    with open(os.path.join(folder, "mixed.js"), "w", encoding="utf-8") as file:
        file.write("for (let i = 0; i < 50; i++) { console.log(i); console.error(i); }")
    done = subprocess.run([NSIM, "run", "-q", "--no-db", "mixed.js"], cwd=folder, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert done.stdout == b"".join(b"%d\n%d\n" % (i, i) for i in range(50)), done.stdout
    # A reader that goes away does not end the run: the database is complete.
    with open(os.path.join(folder, "long.js"), "w", encoding="utf-8") as file:
        file.write("for (let i = 0; i < 20000; i++) console.log('a line of output', i);"
                   "process.exitCode = 6;")
    done = subprocess.run(f"'{NSIM}' run -o long.db long.js | head -1; exit ${{PIPESTATUS[0]}}",
                          shell=True, executable="/bin/bash", cwd=folder, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert done.returncode == 6 and done.stderr == b"", (done.returncode, done.stderr)

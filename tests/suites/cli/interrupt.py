#!/usr/bin/env python3
"""Ctrl-C: the first ends the run in order, with a complete database; the second kills."""
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile

NSIM = os.path.realpath(sys.argv[1])


def start(folder, text):
    with open(os.path.join(folder, "app.js"), "w", encoding="utf-8") as file:
        file.write(text)
    process = subprocess.Popen([NSIM, "run", "--quiet", "-o", "run.db", "app.js"], cwd=folder,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout.readline() == b"running\n"
    process.send_signal(signal.SIGINT)
    return process


with tempfile.TemporaryDirectory() as folder:
    # In the loop, and in JavaScript that never returns to it.
    for text in ("console.log('running'); setInterval(() => {}, 1);",
                 "console.log('running'); for (;;);"):
        process = start(folder, text)
        _, stderr = process.communicate()
        assert process.returncode == 130, process.returncode
        assert stderr == b"", stderr
        database = sqlite3.connect(os.path.join(folder, "run.db"))
        rows = database.execute("SELECT status FROM run ORDER BY id").fetchall()
        assert rows[-1] == ("interrupted",), rows
        database.close()

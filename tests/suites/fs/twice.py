#!/usr/bin/env python3
"""twice.py NSIM PROGRAM: see README.md."""
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile


def run(nsim, program, prefix):
    with tempfile.TemporaryDirectory(prefix=prefix) as folder, tempfile.TemporaryDirectory() as out:
        here = os.path.dirname(os.path.abspath(program))
        shutil.copy(program, folder)
        shutil.copytree(os.path.join(here, "data"), os.path.join(folder, "data"))
        for name in os.listdir(os.path.join(folder, "data")):  # times on the host must not matter
            os.utime(os.path.join(folder, "data", name), (len(prefix), len(prefix)))
        db = os.path.join(out, "run.db")
        done = subprocess.run([nsim, "run", "--quiet", "-o", db, os.path.basename(program)],
                              cwd=folder, capture_output=True)
        if done.returncode != 0:
            sys.exit(f"exit code {done.returncode}: {done.stderr.decode(errors='replace')}")
        base = sqlite3.connect(db)
        tables = [row[0] for row in base.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        rows = {table: base.execute(f"SELECT * FROM {table}").fetchall()
                for table in tables if table not in ("run", "sqlite_sequence")}
        return done.stdout, rows


def main():
    nsim, program = sys.argv[1:]
    first, second = run(nsim, program, "a-"), run(nsim, program, "a-much-longer-name-")
    if not first[0] or not any(first[1].values()):
        sys.exit("nothing was printed or recorded")
    if first[0] != second[0]:
        sys.exit("stdout differs")
    for table, rows in first[1].items():
        if rows != second[1][table]:
            sys.exit(f"table {table} differs")


main()

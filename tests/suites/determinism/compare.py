#!/usr/bin/env python3
"""compare.py NSIM WORKLOAD...: the same workload and seed leave the same database, to the byte of its SQL
dump, and print the same: in a second run, from a copy of the folder elsewhere, and with another host
environment. Another seed leaves another database."""
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile


def run(nsim, folder, name, extra, env):
    database = os.path.join(tempfile.mkdtemp(dir=os.path.dirname(folder)), "run.db")
    done = subprocess.run([nsim, "run", "--quiet", "-o", database, *extra, os.path.join(folder, name)],
                          capture_output=True, env=env, stdin=subprocess.DEVNULL)
    with sqlite3.connect(database) as db:
        dump = "\n".join(db.iterdump())
    os.unlink(database)
    return done.stdout, done.returncode, dump


def main():
    nsim, failed = os.path.abspath(sys.argv[1]), 0
    for workload in sys.argv[2:]:
        with tempfile.TemporaryDirectory() as place:
            source, name = os.path.split(os.path.abspath(workload))
            here, there = os.path.join(place, "a"), os.path.join(place, "elsewhere", "deeper", "b")
            shutil.copytree(source, here)
            shutil.copytree(source, there)
            plain = {"PATH": os.environ["PATH"], "HOME": place}
            other = dict(plain, HOME="/nowhere", TZ="Asia/Tokyo", LANG="tr_TR.UTF-8", LC_ALL="tr_TR.UTF-8", X="1")
            first = run(nsim, here, name, [], plain)
            second = run(nsim, there, name, [], other)
            seeded = run(nsim, here, name, ["--seed", "99"], plain)
            same, differs = first == second, first[2] != seeded[2]
            print(f"{name}: {len(first[2])} bytes of SQL, repeated: {same}, another seed differs: {differs}")
            failed += not (same and differs and len(first[2]) > 1000)
    print(f"{len(sys.argv) - 2 - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

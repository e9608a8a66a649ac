#!/usr/bin/env python3
"""same.py NSIM WORKLOAD...: a run with --trace leaves the same database as one without it, and so does the
replay of the trace with the same configuration, to the byte of the SQL dump."""
import os
import sqlite3
import subprocess
import sys
import tempfile


def dump(path):
    with sqlite3.connect(path) as db:
        return "\n".join(db.iterdump())


def main():
    nsim, failed = os.path.abspath(sys.argv[1]), 0
    with tempfile.TemporaryDirectory() as place:
        database, trace = os.path.join(place, "run.db"), os.path.join(place, "run.nst")

        def run(*arguments):
            done = subprocess.run([nsim, *arguments, "--quiet", "-o", database], capture_output=True, text=True)
            return done.returncode, dump(database), done.stderr

        for workload in sys.argv[2:]:
            plain = run("run", workload)
            traced = run("run", "--trace", trace, workload)
            replayed = run("replay", trace)
            same = plain[:2] == traced[:2] == replayed[:2]
            failed += not same
            print(f"{os.path.basename(workload)}: {len(plain[1])} bytes of SQL, trace {os.path.getsize(trace)} bytes,"
                  f" traced alike: {plain[:2] == traced[:2]}, replayed alike: {plain[:2] == replayed[:2]}")
            if not same:
                sys.stderr.write(replayed[2])
                for a, b in zip(plain[1].split("\n"), replayed[1].split("\n")):
                    if a != b:
                        print(f"  run:    {a[:300]}\n  replay: {b[:300]}")
                        break
    print(f"{len(sys.argv) - 2 - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""same.py NSIM WORKLOAD...: a run with --trace leaves the same database as one without it, and so does the
replay of the trace with the same configuration, to the byte of the SQL dump.

same.py NSIM --node SOURCE PATTERN...: the same of programs of Node's test/parallel."""
import concurrent.futures
import glob
import os
import re
import sqlite3
import subprocess
import sys
import tempfile


def dump(path):
    with sqlite3.connect(path) as db:
        return "\n".join(db.iterdump())


def run(nsim, database, *arguments):
    done = subprocess.run([nsim, *arguments, "--quiet", "-o", database], capture_output=True, text=True)
    return done.returncode, dump(database) if os.path.exists(database) else "", done.stderr


def compare(nsim, workload):
    """What to print, and whether all is alike."""
    with tempfile.TemporaryDirectory() as place:
        database, trace = os.path.join(place, "run.db"), os.path.join(place, "run.nst")
        plain = run(nsim, database, "run", workload)
        traced = run(nsim, database, "run", "--trace", trace, workload)
        os.remove(database)
        replayed = run(nsim, database, "replay", trace)
        same = plain[:2] == traced[:2] == replayed[:2]
        text = (f"{os.path.basename(workload)}: {len(plain[1])} bytes of SQL, trace {os.path.getsize(trace)} bytes,"
                f" traced alike: {plain[:2] == traced[:2]}, replayed alike: {plain[:2] == replayed[:2]}")
        if not same:
            text += "\n" + replayed[2]
            for a, b in zip(plain[1].split("\n"), replayed[1].split("\n")):
                if a != b:
                    return text + f"\n  run:    {a[:300]}\n  replay: {b[:300]}", same
        return text, same


def node_workloads(source, patterns, place):
    workloads = []
    for script in sorted(path for pattern in patterns for path in glob.glob(os.path.join(source, "test/parallel", pattern))):
        name = os.path.basename(script)
        with open(script, encoding="utf-8") as file:
            flags = re.search(r"^// Flags: (.*)$", file.read(), re.M)
        workloads.append(os.path.join(place, name + ".yaml"))
        with open(workloads[-1], "w", encoding="utf-8") as file:
            file.write(f"dir: {os.path.relpath(source, place)}\nscript: test/parallel/{name}\n")
            file.write("limits: {virtual_time: 120 s, host_time: 60 s, memory: 1 GiB}\n")
            if flags:
                file.write("node:\n  flags: [" + ", ".join(f'"{flag}"' for flag in flags[1].split()) + "]\n")
    return workloads


def main():
    nsim, failed = os.path.abspath(sys.argv[1]), 0
    with tempfile.TemporaryDirectory() as place:
        node = sys.argv[2] == "--node"
        workloads = node_workloads(sys.argv[3], sys.argv[4:], place) if node else sys.argv[2:]
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            for text, same in pool.map(lambda workload: compare(nsim, workload), workloads):
                failed += not same
                print(text, flush=True)
    print(f"{len(workloads) - failed} passed, {failed} failed")
    return 1 if failed or not workloads else 0


if __name__ == "__main__":
    sys.exit(main())

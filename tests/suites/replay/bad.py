#!/usr/bin/env python3
"""bad.py NSIM WORKLOAD: what is no trace, a trace that is cut off, damaged, of another version or of another workload,
and keys that cannot be replayed: one message on stderr, exit code 2."""
import os
import shutil
import subprocess
import sys
import tempfile


def main():
    nsim, failed, checks = os.path.abspath(sys.argv[1]), 0, 0
    with tempfile.TemporaryDirectory() as place:
        folder = os.path.join(place, "workloads")
        shutil.copytree(os.path.dirname(os.path.abspath(sys.argv[2])), folder)
        workload, trace = os.path.join(folder, os.path.basename(sys.argv[2])), os.path.join(place, "run.nst")
        subprocess.run([nsim, "run", "--quiet", "--no-db", "--trace", trace, workload], check=True, capture_output=True)
        with open(trace, "rb") as file:
            good = file.read()

        def check(what, data, expected, *arguments):
            nonlocal failed, checks
            path = os.path.join(place, "bad.nst")
            with open(path, "wb") as file:
                file.write(data)
            done = subprocess.run([nsim, "replay", "--quiet", "--no-db", *arguments, path],
                                  capture_output=True, text=True, timeout=60)
            fine = (done.returncode == 2 and done.stdout == "" and expected in done.stderr
                    and done.stderr.startswith("nsim: ") and done.stderr.count("\n") == 1)
            checks += 1
            failed += not fine
            if not fine:
                print(f"{what}: exit code {done.returncode}, {done.stderr!r}, expected {expected!r}")

        check("nothing", b"", "is no trace")
        check("text", b"script: a.js\n", "is no trace")
        for length in (4, 12, 27):
            check(f"{length} bytes", good[:length], "is cut off")
        for share in (1, 10, 50, 90, 99):
            check(f"{share}%", good[:28 + len(good) * share // 110], "is cut off")
        check("more", good + b"x", "is damaged")
        check("another version", good[:8] + b"\xff\0\0\0" + good[12:], "expected 9")
        for at in range(28, len(good), max(1, len(good) // 40)):
            check(f"byte {at}", good[:at] + bytes([good[at] ^ 0x10]) + good[at + 1:], "is damaged")
        for setting in ("seed=2", "env.A=1", "node.flags=[--no-opt]", "argv=[x]"):
            check(setting, good, "cannot be replayed", "--set", setting)
        check("an unknown key", good, "machine.corse", "--set", "machine.corse=2")
        with open(workload.replace(".yaml", ".js"), "a", encoding="utf-8") as file:
            file.write("\n")
        check("another script", good, "has changed")
    print(f"{checks - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

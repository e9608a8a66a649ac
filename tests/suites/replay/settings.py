#!/usr/bin/env python3
"""settings.py NSIM WORKLOAD CLASSES SET...: one traced run, replayed at each setting, beside full runs of them:
median, 99th percentile and mean of the latency, and the number of requests, of the classes (with commas), within 2%,
or within what stands behind an @ at the setting, in per cent."""
import json
import os
import subprocess
import sys
import tempfile

BAR = 0.02


def classes(nsim, *arguments):
    done = subprocess.run([nsim, *arguments, "--json", "--no-db"], capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr)
    return json.loads(done.stdout)["requests"]


def figures(requests, name):
    latency = requests[name]["latency"]
    return {"p50": latency["p50_ns"], "p99": latency["p99_ns"], "mean": latency["mean_ns"],
            "count": requests[name]["count"]}


def main():
    nsim, workload, names, failed = os.path.abspath(sys.argv[1]), sys.argv[2], sys.argv[3].split(","), 0
    with tempfile.TemporaryDirectory() as place:
        trace = os.path.join(place, "run.nst")
        subprocess.run([nsim, "run", "--quiet", "--no-db", "--trace", trace, workload], check=True, capture_output=True)
        for argument in sys.argv[4:]:
            setting, _, bar = argument.partition("@")
            bar = float(bar) / 100 if bar else BAR
            full = classes(nsim, "run", "--set", setting, workload)
            replayed = classes(nsim, "replay", "--set", setting, trace)
            worst, at = 0, ""
            for name in names:
                a, b = figures(full, name), figures(replayed, name)
                for key, value in a.items():
                    if value and abs(b[key] - value) / value >= worst:
                        worst, at = abs(b[key] - value) / value, f"{name} {key}: {value} and {b[key]}"
            failed += worst > bar
            print(f"{setting}: largest difference {100 * worst:.2f}%, at most {100 * bar:g}% ({at})")
    print(f"{len(sys.argv) - 4 - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

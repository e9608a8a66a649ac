#!/usr/bin/env python3
"""settings.py NSIM WORKLOAD CLASSES SET...: one traced run, replayed at each setting, beside full runs of them: median,
99th percentile and mean of the latency, and the throughput, of the classes (with commas), within 2%, or within what
stands behind an @ at the setting, in per cent. The percentiles are exact: those of the summary are of a histogram,
whose buckets are up to 2% wide. A setting of several keys has them with ';' between."""
import os
import sqlite3
import subprocess
import sys
import tempfile

BAR = 0.02


def requests(nsim, database, *arguments):
    """Latencies by class, and by it the requests per second."""
    done = subprocess.run([nsim, *arguments, "--quiet", "-o", database], capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr)
    classes = {}
    with sqlite3.connect(database) as db:
        for name, arrival, end in db.execute(
                "SELECT class, arrival_ns, done_ns FROM request WHERE NOT warmup AND status = 'ok' ORDER BY id"):
            classes.setdefault(name, []).append((arrival, end))
    os.remove(database)
    return classes


def figures(served):
    latency = sorted(end - arrival for arrival, end in served)
    span = max(end for _, end in served) - min(arrival for arrival, _ in served)
    at = lambda share: latency[min(len(latency) - 1, int(share * len(latency)))]
    return {"p50": at(0.5), "p99": at(0.99), "mean": sum(latency) / len(latency),
            "throughput": len(latency) / span * 1e9}


def main():
    nsim, workload, names, failed = os.path.abspath(sys.argv[1]), sys.argv[2], sys.argv[3].split(","), 0
    with tempfile.TemporaryDirectory() as place:
        trace, database = os.path.join(place, "run.nst"), os.path.join(place, "run.db")
        subprocess.run([nsim, "run", "--quiet", "--no-db", "--trace", trace, workload], check=True, capture_output=True)
        for argument in sys.argv[4:]:
            setting, _, bar = argument.partition("@")
            bar = float(bar) / 100 if bar else BAR
            sets = [part for key in setting.split(";") for part in ("--set", key)]
            full = requests(nsim, database, "run", *sets, workload)
            replayed = requests(nsim, database, "replay", *sets, trace)
            worst, at = 0, ""
            for name in names:
                a, b = figures(full[name]), figures(replayed[name])
                for key, value in a.items():
                    if abs(b[key] - value) / value >= worst:
                        worst, at = abs(b[key] - value) / value, f"{name} {key}: {value:.0f} and {b[key]:.0f}"
            failed += worst > bar
            print(f"{setting}: largest difference {100 * worst:.2f}%, at most {100 * bar:g}% ({at})", flush=True)
    print(f"{len(sys.argv) - 4 - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""settings.py [--seeds N] NSIM WORKLOAD CLASSES SET...: one traced run, replayed at each setting, beside full runs of
them, within 2%, or within what stands behind an @ at the setting, in per cent: of the classes (with commas) median, 99th percentile
and mean of the latency, and the throughput; of a class 'gc' the length of the run, the number of scavenges and of
mark-compacts (or one of them), and the sum of their pauses (or one thousandth of the run's length). The percentiles are
exact. A setting of several keys has them with
';' between; so has the workload, for what all runs have. With --seeds the runs of N seeds are taken together, each
replayed from its own trace: where threads wait for cores, which of them comes first decides about single requests, and
percentiles of one run differ by more than that when the machine is 0.03% faster.

With 'gc', a 99th percentile may be any that the full run has within two standard errors of its rank: of 889 requests
the 3rd to 15th largest. Which of them meet a collection depends on some kilobytes more or less of garbage."""
import math
import os
import sqlite3
import subprocess
import sys
import tempfile

BAR = 0.02
LEAST_PAUSE = 0.001  # of the run's length


def run(nsim, database, *arguments):
    """Latencies by class; length of the run, collections by kind, their pauses."""
    done = subprocess.run([nsim, *arguments, "--quiet", "-o", database], capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr)
    classes = {}
    with sqlite3.connect(database) as db:
        for name, arrival, end in db.execute(
                "SELECT class, arrival_ns, done_ns FROM request WHERE NOT warmup AND status = 'ok' ORDER BY id"):
            classes.setdefault(name, []).append((arrival, end))
        (length,), = db.execute("SELECT virtual_ns FROM run")
        kinds = dict(db.execute("SELECT kind, count(*) FROM gc_event GROUP BY kind"))
        (pause,), = db.execute("SELECT coalesce(sum(pause_ns), 0) FROM gc_event")
    os.remove(database)
    return classes, {"length": length, "pause": pause, "scavenges": kinds.get("scavenge", 0),
                     "mark-compacts": kinds.get("mark-compact", 0)}


def of_class(runs):
    """Of the requests of a class in each of the runs, together."""
    latency = sorted(end - arrival for served in runs for arrival, end in served)
    span = sum(max(end for _, end in served) - min(arrival for arrival, _ in served) for served in runs)
    at = lambda share: latency[min(len(latency) - 1, int(share * len(latency)))]
    error = 2 * math.sqrt(0.99 * 0.01 / len(latency))
    return {"p50": at(0.5), "p99": at(0.99), "low": at(0.99 - error), "high": at(0.99 + error),
            "mean": sum(latency) / len(latency), "throughput": len(latency) / span * 1e9}


def together(runs):
    """Of runs: by class the requests of each, and the sums of their other figures."""
    classes = {name: [served[name] for served, _ in runs] for name in runs[0][0]}
    return classes, {key: sum(figures[key] for _, figures in runs) for key in runs[0][1]}


def differences(full, replayed, names):
    """(part by which it differs, what, full run, replay): of everything that is compared."""
    least = {"scavenges": 1, "mark-compacts": 1, "pause": LEAST_PAUSE * full[1]["length"]}
    pairs = [(name + " ", of_class(full[0][name]), of_class(replayed[0][name])) for name in names if name != "gc"]
    if "gc" in names:
        pairs.append(("", full[1], replayed[1]))
    for name, a, b in pairs:
        low, high = a.pop("low", 0), a.pop("high", 0)
        for key, value in a.items():
            if key == "p99" and "gc" in names and low <= b[key] <= high:
                continue
            apart = abs(b[key] - value)
            yield apart / max(value, 1) if apart > least.get(key, 0) else 0, name + key, value, b[key]


def compare(setting, bar, full, replayed, names):
    worst, what, a, b = max(differences(full, replayed, names))
    gc = ", ".join(f"{full[1][key]} and {replayed[1][key]} {key}" for key in ("scavenges", "mark-compacts"))
    print(f"{setting}: largest difference {100 * worst:.2f}%, at most {100 * bar:g}% ({what}: {a:.0f} and {b:.0f}"
          f"; {gc}; {full[1]['pause'] / 1e6:.2f} and {replayed[1]['pause'] / 1e6:.2f} ms of pause)", flush=True)
    return worst > bar


def main():
    seeds, arguments = None, sys.argv[1:]
    if arguments[0] == "--seeds":
        seeds, arguments = int(arguments[1]), arguments[2:]
    nsim, failed, settings = os.path.abspath(arguments[0]), 0, arguments[3:]
    workload, *base = arguments[1].split(";")
    names = arguments[2].split(",")
    runs = [[*base, f"seed={seed}"] for seed in range(1, seeds + 1)] if seeds else [base]
    runs = [[part for key in keys for part in ("--set", key)] for keys in runs]
    with tempfile.TemporaryDirectory() as place:
        database = os.path.join(place, "run.db")
        traces = [os.path.join(place, f"{number}.nst") for number in range(len(runs))]
        for trace, base in zip(traces, runs):
            subprocess.run([nsim, "run", "--quiet", "--no-db", "--trace", trace, *base, workload], check=True,
                           capture_output=True)
        for argument in settings:
            setting, _, bar = argument.partition("@")
            bar = float(bar) / 100 if bar else BAR
            sets = [part for key in setting.split(";") for part in ("--set", key)]
            full = together([run(nsim, database, "run", *base, *sets, workload) for base in runs])
            replayed = together([run(nsim, database, "replay", *sets, trace) for trace in traces])
            failed += compare(setting, bar, full, replayed, names)
    print(f"{len(settings) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

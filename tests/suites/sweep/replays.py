#!/usr/bin/env python3
"""replays.py NSIM WORKLOADS CASE: sweeps that replay most of their runs. Each case is a function below."""
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import check
from check import command, count_runs, dump, nsim, rows, sweep

WORKLOADS = os.path.realpath(sys.argv[2])
HOW = "SELECT made, count(*) FROM sweep_point GROUP BY made ORDER BY made"
SPEC = ["--vary", "node.threadpool=1,2,4,8", "-n", "3"]


def made(path):
    return dict(rows(path, HOW))


def metrics(path):
    """Median, 99th percentile, mean and throughput of all requests, by run."""
    return {(r, m): v for r, m, v in rows(path, """SELECT run_id, metric, value FROM run_metric WHERE metric IN
        ('request.p50', 'request.p99', 'request.mean', 'request.throughput')""")}


def bar():
    """Sixteen sizes of the pool for 10,000 requests: one traced run, fifteen replays, two of them beside full runs."""
    login = os.path.join(WORKLOADS, "login.yaml")
    longer = [part for name in ("login", "read", "compute") for part in ("--set", f"arrivals.{name}.duration=40s")]
    spec = ["sweep", login, *longer, "--vary", "node.threadpool=1..16", "-n", "1"]
    report = json.loads(nsim(*spec, "-o", "a.db", "--json").stdout)
    assert made("a.db") == {"full": 2, "traced": 1, "replayed": 13}, made("a.db")
    assert rows("a.db", "SELECT min(value) FROM run_metric WHERE metric = 'request.count'")[0][0] > 9000
    checks = report["replay"]["checks"]
    assert [c["point"] for c in checks] == ["1", "16"], checks
    nsim(*spec, "-o", "full.db", "-q", "--full")
    assert made("full.db") == {"full": 16}
    full, replayed = metrics("full.db"), metrics("a.db")
    assert full.keys() == replayed.keys() and len(full) == 64
    # The checks are the replays beside these full runs; what they say is so.
    for check_of in checks:
        for name, value in check_of["metrics"].items():
            assert value["full"] == rows("full.db", f"""SELECT value FROM run_metric WHERE metric = '{name}'
                AND run_id = {check_of['run_id']}""")[0][0], (name, value)
            if (check_of["run_id"], name) in full:
                replayed[check_of["run_id"], name] = value["replayed"]
    worst = max(full, key=lambda key: abs(replayed[key] / full[key] - 1))
    off = abs(replayed[worst] / full[worst] - 1)
    print(f"largest difference of 15 replays: {100 * off:.2f}% ({worst[1]} of node.threadpool={worst[0]})")
    assert off < 0.02


def same():
    """The same database whatever --jobs, shards, resuming; a replay is that of nsim replay; --records."""
    sweep("a.db", *SPEC, "-q", "--jobs", "1", "--records", "all")
    assert made("a.db") == {"full": 2, "traced": 3, "replayed": 7}
    assert rows("a.db", "SELECT DISTINCT trace_run_id FROM sweep_point ORDER BY 1") == [(7,), (8,), (9,)]
    for count in ("2", "5"):
        sweep("b.db", *SPEC, "-q", "--force", "--jobs", count)
        with open("a.db", "rb") as a, open("b.db", "rb") as b:
            assert a.read() == b.read(), count
    nsim("run", "-q", "-o", "run.db", "--trace", "t.nst", "--set", "node.threadpool=4", "--seed", "2", "quick.yaml")
    nsim("replay", "-q", "-o", "r.db", "--set", "node.threadpool=1", "t.nst")
    assert dump("r.db") == dump("all/run-2.db")
    # Full runs have the same figures here, up to when code comes from a compilation: no two threads want the same core.
    sweep("full.db", *SPEC, "-q", "--full")
    full, replayed = metrics("full.db"), metrics("a.db")
    assert full.keys() == replayed.keys() and all(abs(replayed[k] / v - 1) < 1e-5 for k, v in full.items())
    # Three shards, and one of them again.
    whole = dump("a.db")
    for k in (1, 2, 3):
        sweep(f"{k}.db", *SPEC, "-q", "--shard", f"{k}/3")
    sweep("5.db", *SPEC, "-q", "--shard", "3/5")
    nsim("merge", "-q", "-o", "m.db", "3.db", "5.db", "1.db", "2.db", "1.db")
    assert dump("m.db") == whole
    for done in range(1, 12):  # after each number of runs
        shutil.copy("a.db", "c.db")
        order = [r[0] for r in rows("a.db", "SELECT run_id FROM sweep_point ORDER BY trace_run_id, run_id")]
        cut("c.db", order[done:])
        sweep("c.db", *SPEC, "-q", "--resume")
        assert rows("c.db", "SELECT * FROM sweep_point") == rows("a.db", "SELECT * FROM sweep_point"), done
        assert rows("c.db", "SELECT * FROM run_metric") == rows("a.db", "SELECT * FROM run_metric"), done
    # Full and replayed runs do not mix.
    assert "it is of another sweep" in sweep("a.db", *SPEC, "--resume", "--full", code=2).stderr
    assert "do not fit together" in nsim("merge", "-o", "x.db", "1.db", "full.db", code=2).stderr


def cut(path, ids):
    listed = ",".join(map(str, ids))
    rows_of = [("run", "id"), ("sweep_point", "run_id"), ("run_metric", "run_id"), ("sweep_check", "run_id"),
               ("histogram_data", "run_id")]
    with check.sqlite3.connect(path) as db:
        for table, column in rows_of:
            db.execute(f"DELETE FROM {table} WHERE {column} IN ({listed})")


def full_again():
    """What cannot be replayed, or is too far off, is run in full, and the table says why, once."""
    # A tolerance that nothing meets.
    done = sweep("a.db", *SPEC, "--tolerance", "0")
    assert made("a.db") == {"full": 11, "traced": 1}
    assert done.stdout.count("9 runs are full, not replayed: the check at node.threadpool=") == 1, done.stdout
    sweep("full.db", *SPEC, "-q", "--full")
    assert metrics("a.db") == metrics("full.db")
    for part in ("1/2", "2/2"):
        sweep(part[0] + ".db", *SPEC, "--tolerance", "0", "-q", "--shard", part)
    nsim("merge", "-q", "-o", "m.db", "2.db", "1.db")
    assert dump("m.db") == dump("a.db")
    # A key that changes what the JavaScript does splits the points; a pair of points is not worth a check.
    sweep("b.db", "--vary", "node.threadpool=1,2,4,8", "--vary", "argv=[],[x]", "-n", "1", "-q")
    assert made("b.db") == {"full": 4, "traced": 2, "replayed": 2}
    assert rows("b.db", "SELECT count(*) FROM sweep_point p JOIN sweep_point t ON t.run_id = p.trace_run_id WHERE"
                " json_extract(p.params_json, '$.argv') <> json_extract(t.params_json, '$.argv')") == [(0,)]
    done = sweep("c.db", "--vary", "argv=[],[x]", "-n", "2")
    assert made("c.db") == {"full": 4} and "replay" not in done.stdout
    assert rows("c.db", "SELECT DISTINCT why, trace_run_id FROM sweep_point") == [(None, None)]
    # Flags of the heap can be replayed from each other, those of the compilers cannot.
    flags = "node.flags=[--max-semi-space-size=1],[--max-semi-space-size=8],[--no-opt],[--max-semi-space-size=2]"
    sweep("d.db", "--vary", flags, "-n", "2", "-q")
    assert rows("d.db", "SELECT point, trace_run_id IS NULL FROM sweep_point WHERE replicate = 1") == [
        (1, 0), (2, 0), (3, 1), (4, 0)]
    # The most requests are traced: a lower rate needs fewer. The section `sweep` has the same options.
    with open("quick.yaml", encoding="utf-8") as file:
        text = file.read()
    with open("s.yaml", "w", encoding="utf-8") as file:
        file.write(text + "sweep: {vary: {arrivals.login.count: [100, 60, 20, 80, 40]}, replicates: 2}\n")
    nsim("sweep", "s.yaml", "-q", "-o", "e.db")
    assert rows("e.db", "SELECT point, made FROM sweep_point WHERE replicate = 2") == [
        (1, "traced"), *[(p, "replayed") for p in (2, 3, 4, 5)]]
    nsim("sweep", "s.yaml", "-q", "-o", "f.db", "--set", "sweep.replay=false")
    assert made("f.db") == {"full": 10}
    # A traced run that breaks, and the rest of its seed.
    extra = ["--set", "arrivals.fail={rate: 100, count: 5}", "--set", "argv=[throw]"]
    sweep("g.db", *SPEC, *extra, "-q")
    assert rows("g.db", "SELECT DISTINCT made, why FROM sweep_point") == [("full", "the traced run broke")]
    for arguments, text in ((["--full", "--tolerance", "1%"], "exclude each other"),
                            (["--tolerance", "200%"], "expected a share from 0% to 100%")):
        assert text in sweep("x.db", *SPEC, *arguments, code=2).stderr


def edited():
    """A workload that is edited while the sweep runs: what follows is of another sweep, and is refused."""
    process = subprocess.Popen(command("sweep", "quick.yaml", "-o", "a.db", "-q", "-j", "1", "--vary",
                                       "node.threadpool=1..40", "-n", "6"))
    while process.poll() is None and count_runs("a.db") < 60:
        time.sleep(0.005)
    with open("quick.js", "a", encoding="utf-8") as file:
        file.write("// changed\n")
    assert process.wait() == 0
    found = dict(rows("a.db", "SELECT status, count(*) FROM run GROUP BY status"))
    assert found["error"] >= 1 and found["ok"] >= 60, found
    assert rows("a.db", "SELECT DISTINCT message FROM sweep_point WHERE message IS NOT NULL") == [
        ("quick.yaml was changed while the sweep ran",)]


def find():
    """A search traces the first run of each seed, and checks each probe with its first one."""
    text = "min node.threadpool in 1..64 where wait.mean < 40 ms"
    spec = ["--find", text, "-n", "4"]
    report = json.loads(sweep("a.db", *spec, "--json").stdout)
    full = json.loads(sweep("full.db", *spec, "--json", "--full").stdout)
    assert full["replay"] is None and full["answer"] == report["answer"], (full["sentence"], report["sentence"])
    for a, b in zip(full["probes"], report["probes"], strict=True):
        assert all(a[k] == b[k] for k in ("value", "runs", "decision")), (a, b)
        assert abs(a["conditions"][0]["mean"] / b["conditions"][0]["mean"] - 1) < 1e-4, (a, b)  # pauses differ by some us
    found = made("a.db")
    traced = rows("a.db", "SELECT max(replicate) FROM sweep_point")[0][0]
    assert found["traced"] == traced and found["replayed"] > found["full"] == len(report["probes"]) - 1, found
    assert {c["metric"] for c in report["replay"]["checks"]} == {"pool.wait.mean"}
    whole = dump("a.db")
    for k in range(8):
        process = subprocess.Popen(command("sweep", "quick.yaml", "-o", "b.db", "-q", "--resume", *spec))
        while process.poll() is None and count_runs("b.db") < 3 + 5 * k:
            time.sleep(0.002)
        process.send_signal(signal.SIGKILL)
        process.wait()
    sweep("b.db", *spec, "-q", "--resume")
    assert dump("b.db") == whole


def main():
    with tempfile.TemporaryDirectory() as folder:
        for name in ("quick.js", "quick.yaml", "slow-pbkdf2.json"):
            shutil.copy(os.path.join(check.HERE, name), folder)
        os.chdir(folder)
        globals()[sys.argv[3]]()
    print(f"{sys.argv[3]}: ok")


if __name__ == "__main__":
    main()

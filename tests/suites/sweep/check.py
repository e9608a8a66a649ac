#!/usr/bin/env python3
"""check.py NSIM CASE: sweeps from the outside. Each case is a function below."""
import csv
import io
import json
import math
import contextlib
import os
import pty
import random
import re
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

NSIM, HERE = os.path.realpath(sys.argv[1]), os.path.dirname(os.path.realpath(__file__))
SPEC = ["--vary", "node.threadpool=1,2,4,8", "-n", "3"]


def command(*arguments):
    return [NSIM, *arguments]


def nsim(*arguments, code=0, **more):
    done = subprocess.run(command(*arguments), capture_output=True, text=True, stdin=subprocess.DEVNULL,
                          check=False, **more)
    assert done.returncode == code, (arguments, done.returncode, done.stdout, done.stderr)
    return done


def dump(path):
    with sqlite3.connect(path) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return "\n".join(db.iterdump())


def rows(path, sql):
    with contextlib.closing(sqlite3.connect(path)) as db:
        return db.execute(sql).fetchall()


def sweep(database, *arguments, code=0, **more):
    return nsim("sweep", "quick.yaml", "-o", database, *arguments, code=code, **more)


def quantile(values, share):
    at = share * (len(values) - 1)
    below = min(int(at), len(values) - 2)
    return values[below] + (at - below) * (values[below + 1] - values[below])


# -- Cases ------------------------------------------------------------------------------------------


def grid():
    """Each run of a sweep is the run that `nsim run` makes; the tables follow from the runs."""
    report = json.loads(sweep("a.db", *SPEC, "--json", "--full").stdout)
    points = rows("a.db", "SELECT run_id, point, params_json, replicate, message FROM sweep_point ORDER BY run_id")
    assert len(points) == 12, points
    for run_id, point, params, replicate, message in points:
        threads = json.loads(params)["node.threadpool"]
        assert run_id == (point - 1) * 3 + replicate and threads == [1, 2, 4, 8][point - 1] and message is None
    # Point 2, replicate 3: the same digest as a run of its own, and the same figures.
    nsim("run", "-q", "--set", "node.threadpool=2", "--seed", "3", "-o", "run.db", "quick.yaml")
    mine = rows("a.db", "SELECT event_digest, config_json, workload_hash, virtual_ns, cpu_ns FROM run WHERE id = 6")
    assert mine == rows("run.db", "SELECT event_digest, config_json, workload_hash, virtual_ns, cpu_ns FROM run")
    latencies = sorted(r[0] for r in rows("run.db", "SELECT done_ns - arrival_ns FROM request"))
    mean = rows("a.db", "SELECT value FROM run_metric WHERE run_id = 6 AND metric = 'request.mean'")[0][0]
    assert abs(mean / (sum(latencies) / len(latencies)) - 1) < 1e-9
    waits = [r[0] for r in rows("run.db", "SELECT start_ns - submit_ns FROM pool_task")]
    wait = rows("a.db", "SELECT value FROM run_metric WHERE run_id = 6 AND metric = 'pool.wait.mean'")[0][0]
    assert abs(wait / (sum(waits) / len(waits)) - 1) < 1e-9
    assert rows("a.db", "SELECT count(*) FROM request")[0][0] == 0  # aggregated
    # Common random numbers: the same arrivals at every point.
    assert len(rows("a.db", "SELECT DISTINCT seed FROM run")) == 3
    # The table: mean and percentiles across replicates.
    metric = next(m for m in report["metrics"] if m["name"] == "request.p99")
    for index, point in enumerate(metric["points"]):
        values = sorted(r[0] for r in rows("a.db", f"""SELECT value FROM run_metric JOIN sweep_point USING (run_id)
            WHERE point = {index + 1} AND metric = 'request.p99'"""))
        average = sum(values) / 3
        deviation = math.sqrt(sum((v - average) ** 2 for v in values) / 2)
        assert abs(point["mean"] / average - 1) < 1e-9 and abs(point["stddev"] / deviation - 1) < 1e-9
        half = 4.302653 * deviation / math.sqrt(3)
        assert abs((point["high"] - average) / half - 1) < 1e-5 and abs((average - point["low"]) / half - 1) < 1e-5
        for share, name in ((0.1, "p10"), (0.5, "p50"), (0.9, "p90")):
            assert abs(point[name] / quantile(values, share) - 1) < 1e-9
    # One thread of 10 ms tasks cannot take 300 a second: the most threads are best or as good as it.
    assert metric["points"][0]["mark"] == "worse" and metric["recommended"]["node.threadpool"] in ("4", "8"), metric
    text = nsim("sweep", "a.db").stdout
    assert metric["recommendation"] in text and "request.throughput" in text
    lines = list(csv.DictReader(io.StringIO(nsim("sweep", "a.db", "--csv", "--metric", "request.*,cpu.time").stdout)))
    assert {l["metric"] for l in lines} >= {"request.p99", "request.mean", "cpu.time"} and len(lines) % 4 == 0
    line = next(l for l in lines if l["metric"] == "request.p99" and l["node.threadpool"] == "4")
    assert abs(float(line["mean"]) / metric["points"][2]["mean"] - 1) < 1e-8
    assert "request.p99\n" in nsim("sweep", "a.db", "--metric", "list").stdout
    assert 'did you mean "request.p99"?' in nsim("sweep", "a.db", "--metric", "request.p999", code=2).stderr


def jobs():
    """How many processes run at once changes nothing."""
    for count in ("1", "2", "5"):
        sweep(f"{count}.db", *SPEC, "--jobs", count, "-q", "--full")
    assert dump("1.db") == dump("2.db") == dump("5.db")


def section():
    """The section `sweep` of a workload, options against it, and a Latin hypercube."""
    with open("quick.yaml", encoding="utf-8") as file:
        text = file.read()
    with open("s.yaml", "w", encoding="utf-8") as file:
        file.write(text + "sweep:\n  vary: {node.threadpool: '2..8:2', machine.cores: [4, 8]}\n  replicates: 2\n")
    nsim("sweep", "s.yaml", "-q", "-o", "a.db")
    assert [json.loads(r[0]) for r in rows("a.db", "SELECT params_json FROM sweep_point GROUP BY point ORDER BY point")] \
        == [{"node.threadpool": t, "machine.cores": c} for t in (2, 4, 6, 8) for c in (4, 8)]
    nsim("sweep", "s.yaml", "-q", "-o", "b.db", "-n", "1", "--vary", "node.threadpool=3", "--set", "sweep.lhs=4")
    points = [json.loads(r[0]) for r in rows("b.db", "SELECT params_json FROM sweep_point ORDER BY point")]
    assert points and all(p["node.threadpool"] == 3 for p in points) and len(points) == 2, points
    # Of a Latin hypercube of 8 points each of 8 values is taken once.
    nsim("sweep", "quick.yaml", "-q", "-n", "1", "--lhs", "8", "--vary", "node.threadpool=1..8", "--vary",
         "machine.cores=1..4", "-o", "c.db")
    points = [json.loads(r[0]) for r in rows("c.db", "SELECT params_json FROM sweep_point ORDER BY point")]
    assert sorted(p["node.threadpool"] for p in points) == list(range(1, 9)), points
    assert sorted(p["machine.cores"] for p in points) == [1, 1, 2, 2, 3, 3, 4, 4], points
    assert [p["node.threadpool"] for p in points] != list(range(1, 9))


def errors():
    """What is wrong is said before anything runs, with its place."""
    def fails(text, *arguments):
        done = sweep("e.db", *arguments, code=2)
        assert text in done.stderr and not os.path.exists("e.db"), (text, done.stderr)

    fails("nothing is varied: expected --vary KEY=VALUES")
    fails('nsim: --vary node.threadpool=1,x: node.threadpool: found "x", expected a whole number from 1 to 1024, or auto',
          "--vary", "node.threadpool=1,x")
    fails('did you mean "machine.cores"?', "--vary", "machine.coers=1")
    fails("the key is varied twice", "--vary", "machine.cores=1", "--vary", "machine.cores=2")
    fails("more than 1000000 runs", "--vary", "machine.cores=1..1024", "--vary", "node.threadpool=1..1024")
    fails("--shard: found \"0/3\"", "--vary", "machine.cores=1", "--shard", "0/3")
    fails("--replicates: found \"0\"", "--vary", "machine.cores=1", "-n", "0")
    sweep("e.db", "--vary", "machine.cores=2", "-n", "1", "-q")
    before = dump("e.db")
    assert "e.db exists: --resume goes on with it" in sweep("e.db", "--vary", "machine.cores=2", code=2).stderr
    assert "it is of another sweep" in sweep("e.db", "--vary", "machine.cores=4", "--resume", code=2).stderr
    with open("quick.js", "a", encoding="utf-8") as file:
        file.write("// changed\n")
    assert "the workload differs" in sweep("e.db", "--vary", "machine.cores=2", "-n", "1", "--resume", code=2).stderr
    assert before == dump("e.db")
    sweep("e.db", "--vary", "machine.cores=4", "-n", "1", "-q", "--force")
    with open("other.db", "w", encoding="utf-8") as file:
        file.write("a letter, no database")
    for how in ("--resume", "--force"):
        assert "other.db" in sweep("other.db", "--vary", "machine.cores=4", how, code=2).stderr
    with open("other.db", encoding="utf-8") as file:
        assert file.read() == "a letter, no database"


def broken():
    """A program that throws, exits or never ends breaks its own run only."""
    extra = ["--set", "arrivals.fail={rate: 100, count: 5}", "--vary", "argv=[],[throw],[exit],[spin]", "-n", "2",
             "--time-limit", "5 s"]
    done = sweep("a.db", *extra)
    found = rows("a.db", """SELECT json_extract(params_json, '$.argv'), status, exit_code, message FROM sweep_point
        JOIN run ON run.id = run_id WHERE replicate = 1 ORDER BY point""")
    assert [f[:3] for f in found] == [("[]", "ok", 0), ("[throw]", "exception", 1), ("[exit]", "ok", 7),
                                      ("[spin]", "limit: time of a run", 0)], found
    assert "broken on purpose" in found[1][3] and found[0][3] is None
    assert "Broken runs:" in done.stdout and "[throw], replicate 1 (seed 1): exception" in done.stdout, done.stdout
    report = json.loads(nsim("sweep", "a.db", "--json").stdout)
    assert report["runs"] == {"expected": 8, "there": 8, "broken": 6} and len(report["broken"]) == 6
    # A process that is killed, as the kernel does it when memory runs out.
    process = subprocess.Popen(command("sweep", "quick.yaml", "-o", "b.db", "-q", "--set", "argv=[spin]", "--set",
                                       "arrivals.fail={rate: 100, count: 5}", "--vary", "machine.cores=1,2", "-n", "1",
                                       "--jobs", "1"))
    for _ in range(2):
        kill_a_child(process.pid)
    assert process.wait() == 0
    assert [r[0] for r in rows("b.db", "SELECT status FROM run")] == ["crash: Killed"] * 2


def kill_a_child(parent):
    deadline = time.time() + 30
    while time.time() < deadline:
        with open(f"/proc/{parent}/task/{parent}/children", encoding="ascii") as file:
            children = file.read().split()
        if children:
            os.kill(int(children[0]), signal.SIGKILL)
            while os.path.exists(f"/proc/{children[0]}"):
                time.sleep(0.01)
            return
        time.sleep(0.01)
    raise AssertionError("no child to kill")


def killed(*how):
    """Killed at random points twenty times and resumed: the same database as an undisturbed one."""
    spec = ["--vary", "node.threadpool=1..8", "-n", "5", *how]
    begin = time.time()
    sweep("whole.db", *spec, "-q")
    whole, seconds = dump("whole.db"), time.time() - begin
    kills, draws = 0, random.Random(4)
    while kills < 20:
        if os.path.exists("a.db"):
            os.unlink("a.db")
        finished = False
        while not finished and kills < 20:
            process = subprocess.Popen(command("sweep", "quick.yaml", "-o", "a.db", "-q", "--resume", *spec))
            try:
                finished = process.wait(draws.uniform(0, seconds / 3)) == 0
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                kills += 1
                if os.path.exists("a.db"):
                    with sqlite3.connect("a.db") as db:  # readable at any time, with whole runs only
                        if db.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]:
                            assert db.execute("SELECT count(*) FROM run").fetchone() == \
                                db.execute("SELECT count(*) FROM sweep_point").fetchone()
        if not finished:
            sweep("a.db", "--resume", *spec, "-q")
        assert dump("a.db") == whole
    print(f"{kills} kills")


def killed_full():
    killed("--full")


def interrupt():
    """Ctrl-C: a valid database, exit code 130, and --resume goes on."""
    spec = ["--vary", "node.threadpool=1..8", "-n", "5"]
    process = subprocess.Popen(command("sweep", "quick.yaml", "-o", "a.db", *spec), stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True)
    while not (os.path.exists("a.db") and process.poll() is None and count_runs("a.db") > 2):
        assert process.poll() is None, "it ended before it could be interrupted"
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate()
    assert process.returncode == 130 and "--resume goes on with a.db" in err and not out, (out, err)
    assert "\x1b" not in err and "\r" not in err  # no progress bar: it is no terminal
    assert 2 < count_runs("a.db") < 40
    assert f"{count_runs('a.db')} of 40 runs are there" in nsim("sweep", "a.db").stdout
    sweep("a.db", "--resume", "-q", *spec)
    sweep("b.db", "-q", *spec)
    assert dump("a.db") == dump("b.db")


def count_runs(path):
    if not os.path.exists(path):  # SQLite would make it
        return 0
    try:
        return rows(path, "SELECT count(*) FROM run")[0][0]
    except sqlite3.Error:
        return 0


def full_disk():
    """No space: a clear error, a valid database, and --resume when there is space again."""
    spec = ["--vary", "node.threadpool=1..8", "-n", "5"]
    sweep("whole.db", "-q", *spec)

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (240_000, 240_000))

    done = sweep("a.db", "-q", *spec, code=1, preexec_fn=limit)
    assert "a.db" in done.stderr and "a limit of file sizes" in done.stderr and "--resume" in done.stderr, done.stderr
    check_partial("a.db", "whole.db", spec)
    folder = tempfile.mkdtemp()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", folder], capture_output=True,
                      check=False).returncode == 0:
        try:
            path = os.path.join(folder, "b.db")
            done = sweep(path, "-q", *spec, code=1)
            assert "b.db" in done.stderr and "full" in done.stderr, done.stderr
            assert rows(path, "PRAGMA integrity_check") == [("ok",)]  # also while the disk is full
            shutil.copy(path, "b.db")
            if os.path.exists(path + "-journal"):
                shutil.copy(path + "-journal", "b.db-journal")
        finally:
            subprocess.run(["umount", folder], check=True)
        check_partial("b.db", "whole.db", spec)
        print("tmpfs: full, resumed")
    else:
        print("tmpfs: not allowed here; the limit of file sizes stands for it")


def check_partial(path, whole, spec):
    assert 0 < count_runs(path) < 40
    assert "of 40 runs are there" in nsim("sweep", path).stdout
    sweep(path, "--resume", "-q", *spec)
    assert dump(path) == dump(whole)


def records():
    """--records keeps what each run recorded."""
    sweep("a.db", "-q", "--vary", "node.threadpool=1,2", "-n", "2", "--records", "all", "--full")
    assert sorted(os.listdir("all")) == [f"run-{i}.db" for i in (1, 2, 3, 4)]
    nsim("run", "-q", "-o", "run.db", "--set", "node.threadpool=2", "--seed", "2", "quick.yaml")
    assert dump("run.db") == dump("all/run-4.db")


def merged():
    """Shards, merged in any order, are the sweep itself; what does not fit is refused."""
    spec = [*SPEC, "-q", "--full"]
    sweep("whole.db", *spec)
    whole = dump("whole.db")
    parts = [f"part{k}.db" for k in (1, 2, 3)]
    for k, part in enumerate(parts, 1):
        sweep(part, *spec, "--shard", f"{k}/3")
        assert [r[0] for r in rows(part, "SELECT id FROM run")] == list(range(k, 13, 3))
    said = nsim("merge", "-o", "all.db", *parts).stdout
    assert said == "all.db: 12 of 12 runs, from 3 databases\n", said
    assert dump("all.db") == whole
    # Again, in another order, and one after the other: it changes nothing.
    nsim("merge", "-q", "-o", "all.db", *parts)
    assert dump("all.db") == whole
    nsim("merge", "-q", "-o", "other.db", parts[2], parts[0], parts[0])
    assert "8 of 12 runs are there" in nsim("sweep", "other.db").stdout
    # A lost shard is run again alone. One that was killed in the middle goes on.
    os.unlink(parts[1])
    process = subprocess.Popen(command("sweep", "quick.yaml", "-o", parts[1], *spec, "--shard", "2/3", "-j", "1"))
    while process.poll() is None and count_runs(parts[1]) < 1:
        time.sleep(0.005)
    process.kill()
    process.wait()
    nsim("merge", "-q", "-o", "other.db", parts[1])
    sweep(parts[1], *spec, "--shard", "2/3", "--resume")
    nsim("merge", "-q", "-o", "other.db", parts[1])
    assert dump("other.db") == whole
    check_broken_part(parts, whole)
    check_refused(parts, spec, whole)
    # A disk that is full leaves the older result, and nothing beside it.
    done = nsim("merge", "-o", "all.db", *parts, code=1,
                preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000)))
    assert "all.db.merging: " in done.stderr, done.stderr
    assert dump("all.db") == whole
    assert not [f for f in os.listdir(".") if "merging" in f or "journal" in f], os.listdir(".")


def check_broken_part(parts, whole):
    """A run that the host broke gives way to one that ended by itself, in either order."""
    shutil.copy(parts[0], "broken.db")
    with contextlib.closing(sqlite3.connect("broken.db")) as db:
        db.execute("UPDATE run SET status = 'crash: Killed', event_digest = '' WHERE id = 4")
        db.execute("DELETE FROM run_metric WHERE run_id = 4")
        db.commit()
    for order in (["broken.db", *parts], [*parts, "broken.db"]):
        nsim("merge", "-q", "--force", "-o", "b.db", *order)
        assert dump("b.db") == whole
    # A shard that was killed before it had a run has nothing to join.
    with open("empty.db", "wb"):
        pass
    assert "8 of 12 runs, from 3 databases, 1 empty" in \
        nsim("merge", "--force", "-o", "b.db", "empty.db", *parts[:2]).stdout
    assert "there is no sweep in it" in nsim("merge", "-o", "c.db", "empty.db", code=2).stderr
    assert "1 broken" in nsim("merge", "--force", "-o", "b.db", "broken.db").stdout


def check_refused(parts, spec, whole):
    def refused(*texts, other="odd.db"):
        done = nsim("merge", "-o", "all.db", *parts, other, code=2)
        assert len(done.stderr.splitlines()) == 1 and all(t in done.stderr for t in texts), (texts, done.stderr)
        assert dump("all.db") == whole and not os.path.exists("all.db.merging")

    def with_odd(sql):
        shutil.copy(parts[0], "odd.db")
        with contextlib.closing(sqlite3.connect("odd.db")) as db:
            db.execute(sql)
            db.commit()

    refused("none.db: No such file", other="none.db")
    refused("not a database of nsim", other="quick.yaml")
    sweep("odd.db", "--vary", "node.threadpool=1,2", "-n", "3", "-q", "--full")
    refused("do not fit together", "it is of another sweep", '"node.threadpool":[1,2]}')
    sweep("odd.db", *spec, "--set", "machine.cores=2", "--shard", "1/3", "--force")
    refused("do not fit together", "the workload differs: found the hash")
    with_odd("UPDATE sweep SET nsim_version = '0.0.1'")
    refused("do not fit together", "made by nsim 0.0.1, expected ")
    with_odd("UPDATE run SET event_digest = '0123456789abcdef' WHERE id = 4")
    refused("odd.db: run 4 differs from that in part1.db", "0123456789abcdef")
    with_odd("UPDATE run_metric SET value = value + 1 WHERE run_id = 7 AND metric = 'request.p99'")
    refused("odd.db: run 7 differs")
    nsim("run", "-q", "-o", "odd.db", "quick.yaml")
    refused("odd.db: there is no sweep in it")
    done = nsim("merge", "-o", "quick.js", *parts, code=2)
    assert "quick.js" in done.stderr and "not a database of nsim" in done.stderr, done.stderr
    assert "--output is missing" in nsim("merge", *parts, code=2).stderr


def erlang_c(servers, load):
    """The chance that a request of M/M/c waits; load in Erlang."""
    last = load**servers / math.factorial(servers) * servers / (servers - load)
    return last / (sum(load**k / math.factorial(k) for k in range(servers)) + last)


def response_above(t, rate, service, servers):
    """P(response > t) of M/M/c: with chance C a wait, exponential with c mu - lambda, and always a service."""
    c, mu = erlang_c(servers, rate / service), service
    theta = servers * mu - rate
    return (1 - c) * math.exp(-mu * t) + c * (theta * math.exp(-mu * t) - mu * math.exp(-theta * t)) / (theta - mu)


def write_mmc(threads, rate, count):
    """Poisson arrivals, and tasks of the pool with a service that is exponential with a mean of 100 ms."""
    with open("mmc-pbkdf2.json", "w", encoding="utf-8") as file:
        json.dump({"crypto": {"pbkdf2": {"sha256": {"value": 1e9, "source": "for the test: 1 ms an iteration"}}}}, file)
    with open("mmc.yaml", "w", encoding="utf-8") as file:
        file.write(f"name: mmc\nscript: quick.js\nnode: {{threadpool: {threads}}}\n"
                   "machine: {cores: 64, profile: mmc-pbkdf2.json}\n"
                   f"arrivals: {{login: {{rate: {rate}, count: {count}, warmup: 5 s, "
                   "params: {work: {exponential: {mean: 100}}}}}\n")


SERVICE = 10 / 1.005  # per second: iterations are rounded up, half a one on average


def find_rate():
    """The capacity of M/M/3 is found: the rate at which the 90th percentile of the response is that of 21/s."""
    low, high = 0.0, 10.0
    while high - low > 1e-9:
        middle = (low + high) / 2
        low, high = (middle, high) if response_above(middle, 21, SERVICE, 3) > 0.1 else (low, middle)
    write_mmc(3, 12, 1500)
    text = f"max arrivals.login.rate in 6..48 where p90 < {low * 1000:.3f} ms and errors < 0.1%"
    report = json.loads(nsim("sweep", "mmc.yaml", "--find", text, "-n", "8", "--precision", "5%", "--json",
                             "-o", "a.db").stdout)
    assert report["state"] == "found" and report["monotone"], report
    assert report["holds"] <= 21 <= report["fails"], report["sentence"]
    assert report["fails"] / report["holds"] < 1.15 and abs(report["answer"] / 21 - 1) < 0.06, report["sentence"]
    print(report["sentence"])


def find_threads():
    """The smallest pool for a mean wait, of 50 requests a second and 100 ms each: Erlang C says 7 threads."""
    waits = {c: erlang_c(c, 50 / SERVICE) / (c * SERVICE - 50) for c in (6, 7, 8)}
    write_mmc(4, 50, 4000)
    text = f"min node.threadpool in 1..64 where wait.mean < {(waits[6] + waits[7]) / 2 * 1000:.3f} ms"
    spec = ["sweep", "mmc.yaml", "--find", text]
    report = json.loads(nsim(*spec, "--json", "-o", "a.db").stdout)
    assert report["answer"] == 7 and report["holds"] == 7 and report["fails"] == 6, report["sentence"]
    by_value = {p["value"]: p["conditions"][0] for p in report["probes"]}
    for threads in (6, 7, 8):
        probe = by_value.get(threads)
        if probe:  # the wait itself is that of the closed form, within three intervals
            half = (probe["high"] - probe["low"]) / 2
            assert abs(probe["mean"] / 1e9 - waits[threads]) < 3e-9 * half + 0.03 * waits[threads], (threads, probe)
    # Killed and resumed, the search is the same.
    whole, process = dump("a.db"), None
    for seconds in (0.4, 0.8, 1.2):
        process = subprocess.Popen(command(*spec, "-o", "b.db", "-q", "--resume"))
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    nsim(*spec, "-o", "b.db", "-q", "--resume")
    assert dump("b.db") == whole
    assert report["sentence"] in nsim("sweep", "a.db").stdout


def find():
    """Thin percentiles are not trusted; names, ranges, errors, what excludes what."""
    # 120 requests have one beyond p99: it takes 9 runs for ten, and two such groups to decide.
    report = json.loads(sweep("a.db", "--find", "min node.threadpool where login.p99 < 10 s", "--json").stdout)
    probe = report["probes"][0]
    assert report["state"] == "always" and probe["value"] == 4 and probe["runs"] == 20, report
    assert probe["conditions"][0]["together"] == 9, probe
    done = sweep("b.db", "--find", "min node.threadpool where p99 < 10 s", "--replicates-max", "10")
    assert "a run has 1 samples beyond it" in done.stdout and "--replicates-max" in done.stdout, done.stdout
    # The same percentiles, from the records of the runs.
    sweep("c.db", "-q", "--vary", "node.threadpool=4", "-n", "18", "--records", "all")
    exact = 0
    for first in (1, 10):
        latencies = sorted(r[0] for i in range(first, first + 9) for r in rows(f"all/run-{i}.db",
                                                                               "SELECT done_ns - arrival_ns FROM request"))
        exact += latencies[math.ceil(0.99 * len(latencies) - 1e-9) - 1] / 2  # the nearest rank
    sweep("d.db", "-q", "--find", "min node.threadpool in 4..5 where p99 < 10 s", "-n", "9", "--replicates-max", "18")
    found = json.loads(nsim("sweep", "d.db", "--json").stdout)["probes"][0]
    assert found["runs"] == 18 and abs(found["conditions"][0]["mean"] / exact - 1) < 2e-3, (found, exact)
    steps = list(csv.DictReader(io.StringIO(nsim("sweep", "a.db", "--csv").stdout)))
    assert [(float(s["node.threadpool"]), int(s["runs"]), s["condition"], s["decision"]) for s in steps] == [
        (p["value"], p["runs"], "request.p99 < 10 s", p["decision"]) for p in report["probes"]], steps
    assert abs(float(steps[0]["mean"]) / report["probes"][0]["conditions"][0]["mean"] - 1) < 1e-8
    for arguments, text in (
            (["--find", "max machine.cores and node.threadpool where p99 < 1 s"], "a search has one key"),
            (["--find", "max machine.cores where p9 < 1 s"], '                        ^~\n'),
            (["--find", "max machine.cores where p99 < 1 s", "--vary", "seed=1"], "--find and --vary exclude"),
            (["--find", "max machine.cores where p99 < 1 s", "--shard", "1/2"], "--find and --shard exclude"),
            (["--find", "max machine.cores where p99 < 1 s", "-n", "1"], "expected 2 or more"),
            (["--precision", "1%"], "--precision is of --find"),
            (["--find", "max machine.cores where p99 < 1 s", "--precision", "0"], "expected a share"),
            (["--find", "max machine.cores where wait.dns.p99 < 1 s"], "the runs have no metric pool.wait.dns.p99")):
        done = sweep("e.db", *arguments, code=2)
        assert text in done.stderr, (text, done.stderr)


def paired_interval(differences, quantile):
    n, mean = len(differences), sum(differences) / len(differences)
    half = quantile * math.sqrt(sum((d - mean) ** 2 for d in differences) / (n - 1) / n)
    return mean, half


def compare(*arguments, code=0):
    done = nsim("compare", *arguments, code=code)
    return done if code else json.loads(nsim("compare", "--json", *arguments).stdout)


def check_windows():
    """Throughput and utilization of single runs: twenty equal parts of the time, paired where arrivals are the same."""
    for threads in (4, 5):
        nsim("run", "-q", "-o", f"w{threads}.db", "--set", f"node.threadpool={threads}", "--set",
             "arrivals.login.count=600", "quick.yaml")
    metrics = {m["name"]: m for m in compare("w4.db", "w5.db")["metrics"]}
    values = {"request.throughput": [], "pool.utilization": []}
    for threads in (4, 5):
        requests = rows(f"w{threads}.db", "SELECT arrival_ns, done_ns FROM request")
        begin, end = min(r[0] for r in requests), max(r[1] for r in requests)
        width = (end - begin) / 20
        values["request.throughput"].append([sum(begin + i * width <= d < begin + (i + 1) * width or (i == 19 and d == end)
                                                 for _, d in requests) / (width / 1e9) for i in range(20)])
        tasks = rows(f"w{threads}.db", "SELECT start_ns, end_ns FROM pool_task")
        begin, end = min(t[0] for t in tasks), rows(f"w{threads}.db", "SELECT virtual_ns FROM run")[0][0]
        width = (end - begin) / 20
        values["pool.utilization"].append([sum(max(0, min(e, begin + (i + 1) * width) - max(s, begin + i * width))
                                               for s, e in tasks) / width / threads for i in range(20)])
    for name, (a, b) in values.items():
        _, half = paired_interval([y - x for x, y in zip(a, b)], 2.093024)
        found = metrics[name]
        assert found["method"] == "windows, paired" and found["samples"] == 20, found
        assert abs((found["high"] - found["low"]) / 2 / half - 1) < 1e-5, (found, half)
        assert abs((found["high"] + found["low"]) / 2 - (found["right"] - found["left"])) < 1e-9 * found["left"], found
    assert metrics["loop.utilization"]["method"] == "windows, paired" and metrics["time"]["method"] == "none"


def compared():
    """nsim compare: two runs, and two points of a sweep; intervals against a computation of their own."""
    for threads in (4, 8):
        nsim("run", "-q", "-o", f"{threads}.db", "--set", f"node.threadpool={threads}", "quick.yaml")
    report = compare("4.db", "8.db")
    assert report["configuration"] == [{"key": "node.threadpool", "left": "4", "right": "8"}], report["configuration"]
    assert report["warnings"] == [], report["warnings"]
    metrics = {m["name"]: m for m in report["metrics"]}
    latencies = [[r[0] for r in rows(f"{t}.db", "SELECT done_ns - arrival_ns FROM request ORDER BY arrival_ns")]
                 for t in (4, 8)]
    # 120 requests make 12 batches of ten; the arrivals are the same, so they are paired.
    batches = [[sum(l[i:i + 10]) / 10 for i in range(0, 120, 10)] for l in latencies]
    mean, half = paired_interval([b - a for a, b in zip(*batches)], 2.200985)
    found = metrics["request.mean"]
    assert found["method"] == "batches, paired" and found["samples"] == 12, found
    assert abs(found["difference"] / mean - 1) < 1e-6, (found, mean)
    assert abs((found["high"] - found["low"]) / 2 / half - 1) < 1e-5, (found, half)
    assert metrics["request.p99"]["method"] == "none" and metrics["request.p99"]["low"] is None
    assert metrics["cpu.time"]["method"] == "none" and metrics["cpu.time"]["why"] == "one number for a run"
    check_windows()
    bins = report["distribution"]["bins"]
    assert len(bins) == 24 and all(abs(sum(b[s] for b in bins) - 1) < 1e-9 for s in ("left", "right")), bins
    low = sum(b["left"] for b in bins if b["to_ns"] <= 10e6)
    assert abs(low - sum(l < 10e6 for l in latencies[0]) / 120) < 0.1, low
    text = nsim("compare", "4.db", "8.db", env={**os.environ, "LC_ALL": "C"}).stdout
    assert "node.threadpool  4     8" in text and "#" in text and "both" in text, text
    # The same run twice: no difference at all.
    assert not any(m["differs"] or m["difference"] for m in compare("4.db", "4.db:1")["metrics"])
    assert "The configurations are the same." in nsim("compare", "4.db", "4.db").stdout
    # What is not comparable is said.
    nsim("run", "-q", "-o", "seed.db", "--seed", "2", "--set", "node.threadpool=4", "quick.yaml")
    other = compare("4.db", "seed.db")
    assert len(other["warnings"]) == 1 and "the seeds differ" in other["warnings"][0], other["warnings"]
    assert next(m for m in other["metrics"] if m["name"] == "request.mean")["method"] == "batches"
    with open("quick.js", "a", encoding="utf-8") as file:
        file.write("// changed\n")
    nsim("run", "-q", "-o", "edited.db", "--set", "node.threadpool=4", "quick.yaml")
    assert "the programs differ: the configuration is the same" in compare("4.db", "edited.db")["warnings"][0]
    # Points of a sweep, paired by replicate.
    sweep("s.db", "-q", "--vary", "node.threadpool=1,2,4", "-n", "5")
    report = compare("s.db:1", "s.db:node.threadpool=2")
    assert report["left"]["label"] == "s.db, node.threadpool=1" and report["left"]["seeds"] == list("12345"), report
    values = [[r[0] for r in rows("s.db", f"""SELECT value FROM run_metric JOIN sweep_point USING (run_id)
        WHERE point = {p} AND metric = 'request.p90' ORDER BY replicate""")] for p in (1, 2)]
    mean, half = paired_interval([b - a for a, b in zip(*values)], 2.776445)
    found = next(m for m in report["metrics"] if m["name"] == "request.p90")
    assert found["method"] == "replicates, paired" and found["differs"], found
    assert abs(found["difference"] / mean - 1) < 1e-9 and abs((found["high"] - found["low"]) / 2 / half - 1) < 1e-5
    assert "better" in nsim("compare", "s.db:1", "s.db:2").stdout
    for arguments, message in ((["s.db", "4.db"], "s.db: it is a sweep, expected one of its 3 points"),
                               (["s.db:9", "4.db"], "s.db:9: no point is so"),
                               (["4.db", "8.db:7"], "7"), (["4.db", "none.db"], "none.db: No such file"),
                               (["4.db", "8.db", "--metric", "request.p98"], 'did you mean "request.p9')):
        assert message in compare(*arguments, code=2).stderr, message


def progress():
    """On a terminal there is a bar with what is left; it is gone at the end. Elsewhere there is none."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execv(NSIM, command("sweep", "quick.yaml", "-o", "a.db", "--vary", "node.threadpool=1..8", "-n", "8", "-j", "1"))
    shown = b""
    with contextlib.suppress(OSError):  # the end of a terminal is an error
        while block := os.read(terminal, 65536):
            shown += block
    assert os.waitpid(pid, 0)[1] == 0
    text = shown.decode()
    assert re.search(r"\r\x1b\[K\[#*\.*\] \d+ of 64 runs, 1 running, 0:00:\d\d left", text), text
    assert "\r\x1b[Kquick: 8 points" in text, text[-500:]
    assert "\x1b[K" not in sweep("b.db", *SPEC).stderr


def main():
    case = globals()[sys.argv[2]]
    with tempfile.TemporaryDirectory() as folder:
        for name in ("quick.js", "quick.yaml", "slow-pbkdf2.json"):
            shutil.copy(os.path.join(HERE, name), folder)
        os.chdir(folder)
        case()
    print(f"{sys.argv[2]}: ok")


if __name__ == "__main__":
    main()

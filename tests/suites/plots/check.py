#!/usr/bin/env python3
"""check.py NSIM WORKLOADS_DIR CASE: pictures of shipped workloads are drawn, and show what SQL says of the run."""
import math
import os
import re
import sqlite3
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET

NSIM, DIR = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
HERE = os.path.dirname(os.path.abspath(__file__))
TMP = tempfile.mkdtemp(prefix="nsim-plots-")
SVG = "{http://www.w3.org/2000/svg}"


def call(*args, expect=0):
    done = subprocess.run([NSIM, *args], capture_output=True, cwd=TMP, stdin=subprocess.DEVNULL)
    assert done.returncode == expect, (args, done.returncode, done.stderr.decode())
    return done.stderr.decode() if expect else done.stdout.decode()


def run(workload, name="run.db", *extra):
    path = workload if os.path.isabs(workload) else os.path.join(DIR, workload + ".yaml")
    subprocess.run([NSIM, "run", "--json", "-o", name, *extra, path], capture_output=True, cwd=TMP,
                   stdin=subprocess.DEVNULL, check=False)
    return sqlite3.connect(os.path.join(TMP, name))


def blocks(script):
    """The data blocks of a script: name -> rows of words. The comment that names the columns is checked to be there."""
    found = {}
    for name, body in re.findall(r"^\$(\w+) << EOD\n(.*?)^EOD$", script, re.S | re.M):
        lines = body.splitlines()
        assert lines[0].startswith("# "), name
        found[name] = [re.findall(r'"[^"]*"|\S+', line) for line in lines[1:]]
    return found


def picture(db, kind, texts, paths, *extra):
    """Plot; the SVG has these texts and at least so many paths with data; the script draws it again."""
    out = call("plot", db, kind, *extra, "-o", "p", "--script", "--format", "svg,png,pdf")
    assert out.split() == ["p.svg", "p.png", "p.pdf", "p.gp"], out
    file = {suffix: open(os.path.join(TMP, "p." + suffix), "rb").read() for suffix in ("svg", "png", "pdf", "gp")}
    assert file["png"].startswith(b"\x89PNG") and len(file["png"]) > 8000, len(file["png"])
    assert file["pdf"].startswith(b"%PDF") and len(file["pdf"]) > 2000, len(file["pdf"])
    assert len(file["svg"]) < 600000, "the size of a picture is bounded"
    root = ET.fromstring(file["svg"])
    assert root.get("viewBox").split()[2] == "800", root.attrib
    words = ["".join(node.itertext()) for node in root.iter(SVG + "text")]
    for text in texts:
        assert any(text in word for word in words), (text, words)
    drawn = [node for tag in ("path", "polygon", "use") for node in root.iter(SVG + tag)]
    drawn = [node for node in drawn if len(node.get("d") or node.get("points") or node.get("x") or "") > 2]
    assert len(drawn) >= paths, (len(drawn), paths)
    os.unlink(os.path.join(TMP, "p.svg"))
    subprocess.run(["gnuplot", "-d", "p.gp"], cwd=TMP, check=True, capture_output=True)
    assert open(os.path.join(TMP, "p.svg"), "rb").read() == file["svg"], "the script draws the picture again"
    assert not [name for name in os.listdir(TMP) if name.endswith(".part")]
    return blocks(file["gp"].decode())


def near(a, b, tolerance=1e-6):
    assert abs(a - b) <= tolerance * max(abs(a), abs(b), 1e-12), (a, b)


def rank(values, percentile):
    return sorted(values)[max(0, math.ceil(len(values) * percentile / 100 - 1e-9) - 1)]


def check_tail(rows, values):
    """A row is "ms more_than beyond"; the first one is where the curve begins."""
    assert int(rows[0][2]) == len(values) and int(rows[-1][2]) == 0
    for ms, share, beyond in rows[1:]:
        x = round(float(ms) * 1e6)
        assert sum(v > x for v in values) == int(beyond), (x, beyond)
        near(float(share), int(beyond) / len(values), 1e-8)
    told = {round(float(row[0]) * 1e6) for row in rows}
    assert set(sorted(values)[-10:]) <= told, "the tail is all there"


LATENCY = ("SELECT done_ns - arrival_ns FROM request WHERE warmup = 0 AND status <> 'unfinished' AND class = ? "
           "ORDER BY 1")


def latency():
    db = run("login")
    classes = [row[0] for row in db.execute("SELECT DISTINCT class FROM request ORDER BY 1")]
    data = picture("run.db", "latency", ["login: request latency", "p99.9", "virtual time (s)", "read: p50"], 12)
    for i, name in enumerate(classes):
        check_tail(data["tail%d" % i], [row[0] for row in db.execute(LATENCY, [name])])
    # Percentiles over time
    windows = len({row[0] for name in range(len(classes)) for row in data["over%d" % name]})
    rows = db.execute("SELECT arrival_ns, done_ns - arrival_ns FROM request WHERE warmup = 0 AND class = 'read' AND "
                      "status <> 'unfinished'").fetchall()
    assert sum(int(row[4]) for row in data["over2"]) == len(rows)
    count = db.execute("SELECT count(*) FROM request WHERE warmup = 0 AND status <> 'unfinished'").fetchone()[0]
    end = max(db.execute("SELECT virtual_ns FROM run").fetchone()[0], max(row[0] for row in rows) + 1)
    cut = count // 3 // 100
    assert windows <= cut
    inside = {}
    for t, value in rows:
        inside.setdefault(t * cut // end, []).append(value)
    parts = [inside[key] for key in sorted(inside)]
    assert len(parts) == len(data["over2"])
    for row, part in zip(data["over2"], parts):
        assert int(row[4]) == len(part)
        for column, percentile in ((1, 50), (2, 90), (3, 99)):
            assert round(float(row[column]) * 1e6) == rank(part, percentile)
    # One class, tasks, and no such thing
    data = picture("run.db", "latency", ["login: p50"], 4, "--of", "request.login")
    check_tail(data["tail0"], [row[0] for row in db.execute(LATENCY, ["login"])])
    data = picture("run.db", "latency", ["thread pool", "crypto: p50"], 4, "--of", "pool")
    check_tail(data["tail0"], [row[0] for row in db.execute("SELECT done_ns - submit_ns FROM pool_task WHERE kind = "
                                                          "'crypto' AND thread >= 0 AND done_ns >= end_ns")])
    assert 'did you mean "pool"' in call("plot", "run.db", "latency", "--of", "pol", expect=2)
    assert 'no request "logout"' in call("plot", "run.db", "latency", "--of", "request.logout", expect=2)


PARTS = ("loop_wait", "own_js", "other_js", "pool_queue", "pool_service", "device", "gc", "safepoint", "rest")


def blame():
    db = run("login")
    data = picture("run.db", "blame", ["login: what latency is made of", "loop wait", "in queue", "p99.9\u2013100"], 20)
    rows = db.execute("SELECT done_ns - arrival_ns, id, %s FROM request WHERE warmup = 0 AND status <> 'unfinished' "
                      "ORDER BY 1, 2" % ", ".join(part + "_ns" for part in PARTS)).fetchall()
    at = 0
    for row, cut in zip(data["groups"], (50, 75, 90, 95, 99, 99.9, 100)):
        end = len(rows) if cut == 100 else math.ceil(len(rows) * cut / 100 - 1e-9)
        group = rows[at:end]
        assert int(row[1]) == len(group), (row, cut)
        near(float(row[2]), sum(r[0] for r in group) / len(group) / 1e6, 1e-6)
        for i in range(len(PARTS)):
            expected = 100 * sum(r[i + 2] for r in group) / sum(r[0] for r in group)
            assert abs(float(row[3 + i]) - expected) < 1e-3, (row, PARTS[i], expected)
        near(sum(float(word) for word in row[3:3 + len(PARTS)]), 100, 1e-4)
        assert ("*" in row[3 + len(PARTS)]) == (len(group) < 10)
        at = end
    run("pool", "pool.db")
    assert "give the workload `arrivals`" in call("plot", "pool.db", "blame", expect=2)


def loop():
    db = run("login")
    data = picture("run.db", "loop", ["login: event loop", "utilization", "poll, callbacks", "loop delay (ms)"], 8)
    (virtual,), = db.execute("SELECT virtual_ns FROM run")
    unit = 1e9
    columns = {}
    for name in ("delay", "phases"):
        rows = [[float(word) for word in row] for row in data[name]]
        columns[name] = [(right[0] - left[0], left[1:]) for left, right in zip(rows[::2], rows[1::2])]
        near(sum(width for width, _ in columns[name]) * unit, virtual)
    for index, column in ((1, "timers_ns"), (2, "pending_ns"), (3, "idle_prepare_ns"), (4, "poll_ns - poll_wait_ns"),
                          (5, "check_ns"), (6, "close_ns")):
        (expected,), = db.execute("SELECT sum(%s) FROM loop_iteration" % column)
        drawn = sum(width * shares[index] for width, shares in columns["phases"]) * unit
        near(drawn, expected, 1e-4)
    # A stretch of L ns without a look for events delays by L/2 on average.
    starts = db.execute("SELECT start_ns + pending_ns + idle_prepare_ns, poll_wait_ns FROM loop_iteration ORDER BY seq")
    looked, stretches = 0, []
    for poll, wait in starts:
        stretches.append(poll - looked)
        looked = poll + wait
    stretches.append(virtual - looked)
    near(max(shares[1] for _, shares in columns["delay"]) * 1e6, max(stretches), 1e-6)
    near(sum(width * shares[0] for width, shares in columns["delay"]) * unit * 1e6, sum(s * s for s in stretches) / 2,
         1e-3)
    run("login", "summary.db", "--set", "record.level=summary")
    assert "record.level" in call("plot", "summary.db", "loop", expect=2)
    assert "record.level full" in call("plot", "summary.db", "pool", expect=2)
    picture("summary.db", "latency", ["read: p50"], 6)  # requests are always there


def pool():
    db = run("mixed-pool")
    data = picture("run.db", "pool", ["mixed-pool: thread pool", "thread 3", "crypto", "tasks in queue"], 8)
    for kind, count in db.execute("SELECT kind, count(*) FROM pool_task WHERE thread >= 0 GROUP BY kind"):
        assert len(data[kind]) == count
    (length,), = db.execute("SELECT max(n) FROM (SELECT sum(d) OVER (ORDER BY t) AS n FROM (SELECT t, sum(d) AS d FROM "
                            "(SELECT submit_ns AS t, 1 AS d FROM pool_task UNION ALL SELECT start_ns, -1 FROM pool_task)"
                            " GROUP BY t))")
    assert max(float(row[2]) for row in data["queue"]) == length


def gc():
    db = run("growing-cache")
    data = picture("run.db", "gc", ["growing-cache: heap and garbage", "new space", "longest pause (ms)", "scavenge"], 8)
    for i, kind in enumerate(("scavenge", "mark-compact")):
        (most,), = db.execute("SELECT max(pause_ns) FROM gc_event WHERE kind = ?", [kind])
        assert bool(data["pauses%d" % i]) == (most is not None)
        if most:
            near(max(float(row[1]) for row in data["pauses%d" % i]), most / 1e6, 1e-5)
    (most,), = db.execute("SELECT max(used) FROM (SELECT sum(used) AS used FROM heap_sample WHERE space IN ('old_space',"
                          "'code_space','large_object_space','new_large_object_space','new_space') GROUP BY t_ns)")
    assert abs(max(float(row[3]) for row in data["heap"]) - most / 2**20) < 0.01 * most / 2**20
    (end,), = db.execute("SELECT virtual_ns FROM run")
    near(float(data["heap"][-1][0]), end / 1e6, 1e-5)
    run("emitter", "emitter.db")
    assert "no garbage collections" in call("plot", "emitter.db", "gc", expect=2)


def tiers():
    db = run("deopt-loop")
    data = picture("run.db", "tiers", ["deopt-loop: V8's tiers", "TurboFan", "Sparkplug", "share of time (%)"], 20)
    (virtual,), = db.execute("SELECT virtual_ns FROM run")
    rows = [[float(word) for word in row] for row in data["tiers"]]
    columns = [(right[0] - left[0], left[1:]) for left, right in zip(rows[::2], rows[1::2])]
    near(rows[-1][0] * 1e6, virtual + 1)
    for i, tier in enumerate(("ignition", "sparkplug", "maglev", "turbofan", "builtins")):
        (first, last), = db.execute("SELECT 0, ifnull(max(value), 0) FROM sample WHERE metric = 'tier.' || ?", [tier])
        near(sum(width * shares[i] for width, shares in columns) * 1e6, last - first, 1e-4)
        if tier != "builtins":
            (told,), = db.execute("SELECT sum(%s_ns) FROM jit_function" % tier)
            assert 0 <= last - told <= 1000, (tier, last, told)  # functions are rounded down, each by itself
    for block, condition in (("sparkplug", "kind = 'baseline'"), ("turbofan", "kind = 'compiled'"),
                             ("deoptimized", "kind LIKE 'deopt-%' OR kind = 'dependency'")):
        (count,), = db.execute("SELECT count(DISTINCT t_ns * 686 / (SELECT virtual_ns + 1 FROM run)) FROM jit_event "
                               "WHERE " + condition)
        assert len(data[block]) == count > 0, (block, count)
    # Samples are few, however long the run is: this one is of 2 s of JavaScript.
    with open(os.path.join(TMP, "long.js"), "w", encoding="utf-8") as file:
        file.write("const t = performance.now(); while (performance.now() - t < 2000);")
    long = run(os.path.join(TMP, "long.js"), "long.db")
    (count,), = long.execute("SELECT count(*) FROM sample WHERE metric = 'tier.turbofan'")
    assert 100 < count < 256 * 5, count


T975 = {2: 4.302652729911275}  # Student's t, 97.5%, 2 degrees


def more_keys(quick):
    """Of three keys --where fixes one; a sample of a plane is points, with labels that do not cover each other."""
    call("sweep", quick, "--vary", "node.threadpool=1,4", "--vary", "machine.cores=1,2", "--vary",
         "arrivals.login.rate=100,200", "-n", "1", "-o", "three.db", "--quiet")
    said = call("plot", "three.db", "sweep", expect=2)
    assert "3 are left: fix one with --where KEY=VALUE, from node.threadpool (1, 4); machine.cores (1, 2); " \
        "arrivals.login.rate (100, 200)" in said, said
    for fixed, cells in ((["arrivals.login.rate=200"], 4), (["machine.cores=2", "node.threadpool=4"], 2)):
        where = [part for word in fixed for part in ("--where", word)]
        data = picture("three.db", "sweep", fixed, 6 if cells == 4 else 4, *where)
        assert len(data["points"]) == cells
    db = sqlite3.connect(os.path.join(TMP, "three.db"))
    value = db.execute("SELECT value FROM sweep_point JOIN run_metric USING (run_id) WHERE metric = 'request.p99' AND "
                       "params_json = '{\"node.threadpool\":4,\"machine.cores\":2,\"arrivals.login.rate\":200}'").fetchone()
    near(float(data["points"][1][1]), value[0] * 1e-6, 1e-7)
    assert "machine.cores has the values 1, 2" in call("plot", "three.db", "sweep", "--where", "machine.cores=3", expect=2)
    assert "such as machine.cores with one of 1, 2" in call("plot", "three.db", "sweep", "--where", "machine.core=2",
                                                            expect=2)
    assert "--where is of sweep" in call("plot", "three.db", "loop", "--where", "machine.cores=2", expect=2)
    call("sweep", quick, "--vary", "node.flags=[--max-semi-space-size=1],[--max-semi-space-size=16]", "-n", "1", "-o",
         "flags.db", "--quiet")
    data = picture("flags.db", "sweep", ["--max-semi-space-size", "99th percentile"], 4)
    assert [float(row[0]) for row in data["points"]] == [1, 16], data
    call("sweep", quick, "--lhs", "20", "--vary", "node.threadpool=1..40", "--vary", "machine.cores=1..40", "-n", "1",
         "-o", "sample.db", "--quiet")
    data = picture("sample.db", "sweep", ["20 points", "machine.cores"], 10)
    assert sorted(float(row[0]) for row in data["points"]) != list(range(20)) and len(data["points"]) == 20
    db = sqlite3.connect(os.path.join(TMP, "sample.db"))
    assert {(float(row[0]), float(row[1])) for row in data["points"]} == set(db.execute(
        "SELECT json_extract(params_json, '$.\"node.threadpool\"'), json_extract(params_json, '$.\"machine.cores\"')"
        " FROM sweep_point"))


def sweep():
    quick = os.path.join(HERE, "..", "sweep", "quick.yaml")
    call("sweep", quick, "--vary", "node.threadpool=1,2,4", "-n", "3", "-o", "one.db", "--quiet")
    db = sqlite3.connect(os.path.join(TMP, "one.db"))
    for metric, scale, extra in (("request.p99", 1e-6, []), ("request.throughput", 1, ["-m", "request.throughput"])):
        title = {"request.p99": "99th percentile", "request.throughput": "request.throughput (per second)"}[metric]
        data = picture("one.db", "sweep", [title, "node.threadpool", "mean, 95% interval"], 6, *extra)
        rows = db.execute("SELECT json_extract(params_json, '$.\"node.threadpool\"'), avg(value), count(*), "
                          "sqrt((sum(value * value) - count(*) * avg(value) * avg(value)) / (count(*) - 1)) FROM "
                          "sweep_point JOIN run_metric USING (run_id) WHERE metric = ? GROUP BY point ORDER BY point",
                          [metric]).fetchall()
        assert len(rows) == 3 and len(data["runs"]) == 9
        for row, (x, mean, count, deviation) in zip(data["points"], rows):
            near(float(row[0]), float(x))
            near(float(row[1]), mean * scale, 1e-7)
            near(float(row[3]) - float(row[1]), T975[2] * deviation / math.sqrt(count) * scale, 1e-4)
    call("sweep", quick, "--vary", "node.threadpool=1,4", "--vary", "machine.cores=1,2", "-n", "2", "-o", "two.db",
         "--quiet")
    data = picture("two.db", "sweep", ["machine.cores", "node.threadpool", "request.p99"], 6)
    db = sqlite3.connect(os.path.join(TMP, "two.db"))
    rows = db.execute("SELECT params_json, avg(value) FROM sweep_point JOIN run_metric USING (run_id) WHERE metric = "
                      "'request.p99' GROUP BY point ORDER BY point").fetchall()
    assert len(data["points"]) == 4
    for row, (_, mean) in zip(data["points"], rows):
        near(float(row[2]), mean * 1e-6, 1e-7)
    assert {(row[0], row[1]) for row in data["points"]} == {("0", "0"), ("0", "1"), ("1", "0"), ("1", "1")}
    more_keys(quick)
    assert 'did you mean "request.p99"' in call("plot", "one.db", "sweep", "-m", "request.p999", expect=2)
    run("pool", "pool.db")
    assert "nsim sweep" in call("plot", "pool.db", "sweep", expect=2)
    # Runs of a sweep have histograms, and can be compared.
    picture("one.db", "compare", ["run 1: p50", "run 7: p50", "node.threadpool: 1 \u2192 4"], 6, "--run", "1,7")


def compare():
    db = run("login", "four.db")
    other = run("login", "eight.db", "--set", "node.threadpool=8")
    out = call("plot", "four.db", "compare", "eight.db", "-o", "p", "--script")
    assert "p.svg" in out
    text = open(os.path.join(TMP, "p.svg"), encoding="utf-8").read()
    for part in ("four.db: p50", "eight.db: p50", "node.threadpool: \"auto\" \u2192 8", "second to first"):
        assert part in text.replace("&quot;", '"'), part
    data = blocks(open(os.path.join(TMP, "p.gp"), encoding="utf-8").read())
    values = []
    for block, source in (("first", db), ("second", other)):
        values.append([row[0] for row in source.execute(
            "SELECT done_ns - arrival_ns FROM request WHERE warmup = 0 AND status <> 'unfinished'")])
        check_tail(data[block], values[-1])
    for share, percent, _ in data["difference"]:
        percentile = 100 - 100 * float(share)
        before, after = (rank(v, percentile) for v in values)
        assert abs(float(percent) - 100 * (after / before - 1)) < 1e-4 or float(share) == 1
    assert "two runs" in call("plot", "four.db", "compare", expect=2)
    assert "nsim plot A.db compare B.db" in call("plot", "four.db", "loop", "eight.db", expect=2)


def errors():
    run("pool")
    assert 'did you mean "latency"' in call("plot", "run.db", "latencies", expect=2)
    assert "did you mean \"png\"" in call("plot", "run.db", "pool", "-f", "pngs", expect=2)
    assert "expected the number of a run" in call("plot", "run.db", "pool", "-r", "x", expect=2)
    assert "No such file" in call("plot", "run.db", "pool", "-o", "no/where", expect=2)
    path = os.environ["PATH"]
    os.environ["PATH"] = TMP
    assert "apt-get install gnuplot-nox" in call("plot", "run.db", "pool", "-o", "q", expect=2)
    os.environ["PATH"] = path
    assert not [name for name in os.listdir(TMP) if name.startswith("q")], "nothing half-written is left"


try:
    globals()[sys.argv[3]]()
finally:
    subprocess.run(["rm", "-rf", TMP], check=False)

#!/usr/bin/env python3
"""check.py NSIM WORKLOAD.yaml: the whole way of a user with one shipped workload: check, run, summary, every picture,
the page, every export; a sweep over machine.speed, its table, pictures, page and CSV; a comparison of two points. What
each says is held against the others."""
import contextlib
import json
import os
import re
import sqlite3
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET

NSIM, WORKLOAD = os.path.realpath(sys.argv[1]), os.path.realpath(sys.argv[2])
SVG = "{http://www.w3.org/2000/svg}"
# These end as they are meant to: the program leaks until its heap is full.
FATAL = {"leak.yaml": 134}
# Spins until a time has passed.
CLOCKED = ["cpu-loop.yaml"]


def nsim(*arguments, code=0):
    done = subprocess.run([NSIM, *arguments], capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    assert done.returncode == code, (arguments, done.returncode, done.stderr[-2000:])
    return done.stdout if code == 0 else done.stderr


def rows(database, sql):
    with contextlib.closing(sqlite3.connect(database)) as db:
        return db.execute(sql).fetchall()


def drawn(path):
    """An SVG with a title, axes or keys, and lines or boxes that have data."""
    root = ET.parse(path).getroot()
    texts = [text for node in root.iter(SVG + "text") if (text := "".join(node.itertext()).strip())]
    shapes = [node for tag in ("path", "polygon", "use", "rect", "circle") for node in root.iter(SVG + tag)]
    assert len(texts) >= 4 and len(shapes) >= 3, (path, texts, len(shapes))
    return texts


def picture(database, kind, *more):
    """What it is of, or the one line that says why there is none."""
    name = "picture-" + kind
    done = subprocess.run([NSIM, "plot", database, kind, *more, "-o", name], capture_output=True, text=True,
                          stdin=subprocess.DEVNULL, check=False)
    if done.returncode == 2:
        assert len(done.stderr.strip().splitlines()) <= 2 and not os.path.exists(name + ".svg"), done.stderr
        return None
    assert done.returncode == 0 and done.stdout.split() == [name + ".svg", name + ".png"], done
    assert os.path.getsize(name + ".png") > 5000
    return drawn(name + ".svg")


def has(database, table, where="1"):
    return rows(database, f"SELECT EXISTS (SELECT 1 FROM {table} WHERE {where})")[0][0]


def one_run(name):
    nsim("check", WORKLOAD)
    nsim("run", "-q", "-o", "run.db", WORKLOAD, code=FATAL.get(name, 0))
    summary = json.loads(nsim("summary", "--json", "run.db"))
    (virtual, cpu, requests), = rows("run.db", "SELECT virtual_ns, cpu_ns, (SELECT COUNT(*) FROM request) FROM run")
    assert summary["virtual_ns"] == virtual > 0 and cpu > 0, summary
    assert nsim("summary", "run.db") == nsim("summary", "run.db") != ""
    # Pictures: each is there exactly if the run has what it shows.
    answered = "status <> 'unfinished'"
    assert bool(picture("run.db", "blame")) == bool(requests and has("run.db", "request", answered))
    assert bool(picture("run.db", "pool")) == bool(has("run.db", "pool_task", "thread >= 0"))
    assert picture("run.db", "tiers")
    assert bool(picture("run.db", "gc")) == bool(has("run.db", "gc_event"))
    assert bool(picture("run.db", "loop")) == bool(has("run.db", "loop_iteration"))
    picture("run.db", "latency")


def page_of(database, expected):
    nsim("report", database, "-o", "page.html")
    with open("page.html", encoding="utf-8") as file:
        page = file.read()
    assert len(re.findall("<svg", page)) >= 1 and "http://" not in page.replace("http://www.w3.org/", ""), database
    for text in expected:
        assert text in page, text


def exports(name):
    trace = json.loads(nsim("export", "run.db", "-f", "chrome"))
    slices = [event for event in trace["traceEvents"] if event["ph"] == "X"]
    assert len([event for event in slices if event["cat"] == "callback"]) == rows("run.db", "SELECT COUNT(*) FROM callback")[0][0]
    nsim("export", "run.db", "-f", "csv", "-o", "tables")
    with open("tables/run.csv", encoding="utf-8") as file:
        assert len(file.readlines()) == 2
    log = nsim("export", "run.db", "-f", "hdr").splitlines()
    metrics = rows("run.db", "SELECT COUNT(DISTINCT metric) FROM histogram")[0][0]
    assert len([line for line in log if line.startswith("Tag=")]) == metrics
    nsim("run", "-q", "-o", "profiled.db", "--set", "record.cpu_profile=1ms", "--set", "record.heap_profile=true",
         WORKLOAD, code=FATAL.get(name, 0))
    digest = "SELECT event_digest, virtual_ns FROM run"
    assert rows("run.db", digest) == rows("profiled.db", digest), "sampling changes nothing"
    profile = json.loads(nsim("export", "profiled.db", "-f", "cpuprofile"))
    assert profile["nodes"] and len(profile["samples"]) == len(profile["timeDeltas"])
    for line in nsim("export", "profiled.db", "-f", "collapsed").splitlines():
        assert int(line.rsplit(" ", 1)[1]) > 0
    kept, everything = (json.loads(nsim("export", "profiled.db", "-f", kind)) for kind in ("heapprofile", "heapprofile-all"))
    assert sum(s["size"] for s in kept["samples"]) <= sum(s["size"] for s in everything["samples"])


def a_sweep():
    """Half the time on the cores at twice the speed: in the table, its CSV, the comparison, and on the page."""
    # One value in place of those that the workload's own `sweep` has.
    own = ["--vary", "node.flags=[--max-semi-space-size=4]"] if os.path.basename(WORKLOAD) == "semi-space.yaml" else []
    nsim("sweep", "-q", "-o", "sweep.db", "--vary", "machine.speed=1,2", *own, "--replicates", "2", WORKLOAD)
    table = json.loads(nsim("sweep", "sweep.db", "--json", "--metric", "cpu.time"))
    ended = rows("sweep.db", "SELECT COUNT(*) FROM run WHERE status = 'ok'")[0][0]
    assert table["runs"]["there"] == 4 and table["runs"]["broken"] == 4 - ended
    if os.path.basename(WORKLOAD) in FATAL:
        assert ended == 0
        return
    assert ended == 4
    slow, fast = (point["mean"] for point in table["metrics"][0]["points"])
    expected = 1 if os.path.basename(WORKLOAD) in CLOCKED else 0.5
    assert abs(fast / slow / expected - 1) < 0.2, (slow, fast)
    lines = nsim("sweep", "sweep.db", "--csv", "--metric", "cpu.time").strip().splitlines()
    assert len(lines) == 3, lines
    titles = picture("sweep.db", "sweep", "--metric", "cpu.time")
    assert any("machine.speed" in text for text in titles), titles
    page_of("sweep.db", ["machine.speed"])
    told = json.loads(nsim("compare", "--json", "--metric", "cpu.time", "sweep.db:machine.speed=1", "sweep.db:machine.speed=2"))
    assert "machine.speed" in json.dumps(told)
    # Its runs have metrics, no records; the commands for records say so.
    for command in (["summary", "sweep.db"], ["timeline", "sweep.db"], ["export", "sweep.db", "-f", "chrome"],
                    ["trace", "sweep.db", "--format", "trace-gc"], ["report", "sweep.db", "-r", "2", "-o", "run.html"]):
        assert "no records" in nsim(*command, code=2), command


def main():
    name = os.path.basename(WORKLOAD)
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        one_run(name)
        page_of("run.db", ["<table", rows("run.db", "SELECT workload FROM run")[0][0].rsplit("/", 1)[-1].removesuffix(".yaml")])
        exports(name)
        a_sweep()


main()

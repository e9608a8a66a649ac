#!/usr/bin/env python3
"""check.py NSIM NODE WORKLOADS_DIR [NAME]: each shipped workload shows what its comment says."""
import json
import os
import sqlite3
import subprocess
import sys
import tempfile

NSIM, NODE, DIR = os.path.abspath(sys.argv[1]), sys.argv[2], os.path.abspath(sys.argv[3])


def nsim(name, *extra):
    """(stdout of the program, summary, rows of the database by a query function)"""
    database = os.path.join(tempfile.mkdtemp(prefix="nsim-"), name + ".db")
    done = subprocess.run([NSIM, "run", "--json", "-o", database, *extra, os.path.join(DIR, name + ".yaml")],
                          capture_output=True, stdin=subprocess.DEVNULL)
    assert done.stdout, done.stderr.decode()
    db = sqlite3.connect(database)
    return done.stderr.decode(), json.loads(done.stdout), lambda sql: db.execute(sql).fetchall()


def node(script):
    return subprocess.run([NODE, script], cwd=DIR, capture_output=True).stdout.decode()


def order():
    assert nsim("order")[0] == node("order.js")


def starvation():
    out, _, rows = nsim("starvation")
    ticks = rows("SELECT count(*) FROM callback WHERE kind = 'TickObject'")[0][0]
    assert ticks > 100, ticks
    (late,), = rows("SELECT start_ns FROM callback WHERE kind = 'Timeout' ORDER BY start_ns LIMIT 1")
    (last,), = rows("SELECT max(end_ns) FROM callback WHERE kind = 'TickObject' AND start_ns < %d" % late)
    assert last <= late, "the timer waits for the last tick"


def emitter():
    assert nsim("emitter")[0] == node("emitter.js")


def pool():
    _, eight, rows = nsim("pool")
    tasks = rows("SELECT submit_ns, start_ns, end_ns, thread FROM pool_task ORDER BY start_ns")
    assert len(tasks) == 5 and len({t[3] for t in tasks}) == 4
    assert tasks[4][1] >= min(t[2] for t in tasks[:4]), "the fifth starts when one of four ends"
    assert all(t[1] - t[0] < 1e6 for t in tasks[:4])
    assert set(rows("SELECT script, line FROM callback WHERE kind = 'PBKDF2REQUEST'")) == {("/app/pool.js", 5)}, \
        "a row shows the program's function, not the library's that calls it"
    _, two, _ = nsim("pool-2-cores")
    # Five tasks of length T on four threads: 2 T with a core each. On two cores the first four take turns and
    # end after 2 T, then the fifth runs alone: 3 T.
    ratio = two["virtual_ns"] / eight["virtual_ns"]
    assert 1.4 < ratio < 1.55, ratio


def mixed():
    _, _, rows = nsim("mixed-pool")
    kinds = {k for k, in rows("SELECT DISTINCT kind FROM pool_task")}
    assert kinds == {"fs", "dns", "crypto", "zlib"}, kinds
    assert rows("SELECT max(start_ns - submit_ns) FROM pool_task WHERE kind = 'fs'")[0][0] > 1e6


def login():
    _, summary, rows = nsim("login", *[a for c in ("login", "read", "compute")
                                       for a in ("--set", f"arrivals.{c}.duration=4 s", "--set",
                                                 f"arrivals.{c}.warmup=1 s")])
    wrong, = rows("SELECT count(*) FROM request WHERE done_ns - arrival_ns <> loop_wait_ns + own_js_ns + other_js_ns"
                  " + pool_queue_ns + pool_service_ns + device_ns + gc_ns + safepoint_ns + rest_ns")[0]
    assert wrong == 0, f"the parts of {wrong} requests do not sum to the whole"
    by_class = dict(rows("SELECT class, count(*) FROM request GROUP BY class"))
    assert 120 < by_class["login"] < 280 and 650 < by_class["read"] < 950, by_class
    service, own = rows("SELECT avg(pool_service_ns), avg(own_js_ns) FROM request WHERE class = 'login'")[0]
    assert service > 20e6 > own, "a login's time is its key derivation"
    assert rows("SELECT avg(own_js_ns) FROM request WHERE class = 'compute'")[0][0] > 1e5
    assert rows("SELECT min(loop_wait_ns), min(rest_ns), min(pool_queue_ns) FROM request")[0] >= (0, 0, 0)


def read():
    _, _, slow = nsim("read-sync")
    _, _, fast = nsim("read")
    longest = "SELECT max(end_ns - start_ns) FROM callback"
    assert slow("SELECT count(*) FROM sample WHERE metric = 'fs.sync' AND value > 0")[0][0] > 0
    # 16 MB at the 150 MB/s or so of a hard disk; both load the script from it.
    assert slow(longest)[0][0] > fast(longest)[0][0] + 100e6, (slow(longest), fast(longest))


def cpu_loop():
    _, _, rows = nsim("cpu-loop")
    (start,), = rows("SELECT start_ns FROM callback WHERE kind = 'Timeout' ORDER BY start_ns LIMIT 1")
    assert start > 3e9, start


def call_stack():
    out = nsim("call-stack")[0]
    assert "RangeError" in out and "Maximum call stack size exceeded" in out, out


def gzip():
    _, _, rows = nsim("gzip")
    chunks = -(-64_000_000 // 65536)  # highWaterMark of fs.createReadStream
    count, = rows("SELECT count(*) FROM pool_task WHERE kind = 'zlib'")[0]
    assert count > chunks, count
    reads, = rows("SELECT count(*) FROM pool_task WHERE name = 'fs.read'")[0]
    assert reads == chunks + 1, reads  # the last one finds the end of the file


CHECKS = {"order": order, "starvation": starvation, "emitter": emitter, "pool": pool, "mixed-pool": mixed,
          "login": login, "read": read, "cpu-loop": cpu_loop, "call-stack": call_stack, "gzip": gzip}

if __name__ == "__main__":
    CHECKS[sys.argv[4]]()
    print("1 passed, 0 failed")

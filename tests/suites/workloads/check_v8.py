#!/usr/bin/env python3
"""check_v8.py NSIM NODE WORKLOADS_DIR NAME: the workloads about V8's compiler and its collector show what their
comments say. Their traces are read as those of the real node are (tools/validation)."""
import os
import subprocess
import sys
import tempfile

import check

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../tools"))
from validation import traces  # noqa: E402


def run(name, *flags):
    """(exit code, stdout, stderr, path of the database) of the workload with node.flags"""
    database = os.path.join(tempfile.mkdtemp(prefix="nsim-"), "run.db")
    options = ["--set", f"node.flags=[{','.join(flags)}]"] if flags else []
    done = subprocess.run([check.NSIM, "run", "--quiet", "-o", database, *options,
                           os.path.join(check.DIR, name + ".yaml")], capture_output=True, stdin=subprocess.DEVNULL)
    return done.returncode, done.stdout.decode(), done.stderr.decode(), database


def trace(database, form):
    done = subprocess.run([check.NSIM, "trace", "--format", form, database], capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


def decisions(name, *flags):
    _, _, _, database = run(name, *flags)
    found = traces.decisions(trace(database, "trace-opt") + trace(database, "trace-deopt"))
    assert not found.unread, found.unread
    return found


def collections(name, *flags):
    """(scavenges, mark-compacts)"""
    _, _, _, database = run(name, *flags)
    found, unread = traces.collections_of(trace(database, "trace-gc"))
    assert not unread, unread
    return [c for c in found if c.kind == "Scavenge"], [c for c in found if c.kind == "Mark-Compact"]


def pause(found):
    return sum(c.pause_ms for c in found)


def same_output(name):
    code, out, err, _ = run(name)
    assert code == 0, err
    assert out == check.node(name + ".js"), out


def add_types():
    same_output("add-types")
    found = decisions("add-types")
    assert "add" in found.optimized and ("add", "not a Smi") in found.deopts, found.deopts
    assert not decisions("add-types", "--no-opt").optimized


def point_order():
    same_output("point-order")
    assert "wrong map" in {d.reason for d in decisions("point-order").deopts}


def polymorphic():
    _, _, err, _ = run("polymorphic")
    times = [float(line.split()[3]) for line in err.splitlines() if "ns for each" in line]
    assert len(times) == 4 and times[0] <= times[2] < times[3], times
    assert "wrong map" in {d.reason for d in decisions("polymorphic").deopts}


def array_holes():
    same_output("array-holes")
    assert ("sum", "wrong map") in decisions("array-holes").deopts


def deopt_loop():
    same_output("deopt-loop")
    found = {d.reason for d in decisions("deopt-loop").deopts}
    assert {"wrong map", "not a Number or Oddball"} <= found, found


def escape():
    same_output("escape")
    optimized, not_optimized = collections("escape")[0], collections("escape", "--no-opt")[0]
    assert 2 * len(optimized) < len(not_optimized), (len(optimized), len(not_optimized))


def osr():
    same_output("osr")
    found = decisions("osr")
    assert "simulate" in found.on_stack, found.optimized
    assert any(d.function == "simulate" and d.reason.startswith("Insufficient") for d in found.deopts), found.deopts


def young_garbage():
    same_output("young-garbage")
    scavenges, mark_compacts = collections("young-garbage")
    assert len(scavenges) >= 50 and not mark_compacts, (len(scavenges), len(mark_compacts))
    assert pause(scavenges) / len(scavenges) < 0.3, pause(scavenges)


def growing_cache():
    same_output("growing-cache")
    scavenges, _ = collections("growing-cache")
    young, _ = collections("young-garbage")
    assert pause(scavenges) / len(scavenges) > 10 * pause(young) / len(young), (pause(scavenges), pause(young))
    assert scavenges[-1].after_mb > 5 * scavenges[0].after_mb, scavenges


def leak():
    code, _, err, database = run("leak")
    assert code == 134 and "JavaScript heap out of memory" in err, (code, err)
    before = [c.before_mb for c in traces.collections_of(trace(database, "trace-gc"))[0] if c.kind == "Mark-Compact"]
    assert len(before) >= 3 and before[-1] - before[-2] < before[1] - before[0], before


def buffers():
    same_output("buffers")
    _, _, _, database = run("buffers")
    assert "external memory pressure" in trace(database, "trace-gc")
    assert collections("buffers")[1]


def json_service():
    _, _, rows = check.nsim("json-service")
    own = dict(rows("SELECT class, avg(own_js_ns) FROM request WHERE warmup = 0 GROUP BY class"))
    assert own["list"] > 5 * own["read"] > 2e5, own
    wait, = rows("SELECT max(loop_wait_ns + other_js_ns) FROM request WHERE class = 'read' AND warmup = 0")[0]
    assert wait > 0.5 * own["list"], (wait, own)


def semi_space():
    same_output("semi-space")
    by_size = [collections("semi-space", f"--min-semi-space-size={size}", f"--max-semi-space-size={size}")
               for size in (1, 16, 64)]
    (_, old), (scavenges, _), (fewest, none) = by_size
    assert old and not none, by_size
    assert len(fewest) < len(scavenges) / 2, (len(fewest), len(scavenges))


CHECKS = {"add-types": add_types, "point-order": point_order, "polymorphic": polymorphic,
          "array-holes": array_holes, "deopt-loop": deopt_loop, "escape": escape, "osr": osr,
          "young-garbage": young_garbage, "growing-cache": growing_cache, "leak": leak, "buffers": buffers,
          "json-service": json_service, "semi-space": semi_space}

if __name__ == "__main__":
    CHECKS[sys.argv[4]]()
    print("1 passed, 0 failed")

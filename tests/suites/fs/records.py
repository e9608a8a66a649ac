#!/usr/bin/env python3
"""records.py NSIM WORKLOAD: which tasks calls make, and that a synchronous read shows as a frozen loop."""
import os
import sqlite3
import subprocess
import sys
import tempfile


def main():
    nsim, workload = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        db = os.path.join(folder, "run.db")
        subprocess.run([nsim, "run", "--quiet", "-o", db, workload], check=True)
        base = sqlite3.connect(db)
        tasks = base.execute("SELECT name, cpu_ns, wait_ns, end_ns FROM pool_task ORDER BY id").fetchall()
        samples = base.execute("SELECT t_ns, value FROM sample WHERE metric = 'fs.sync' ORDER BY t_ns").fetchall()
        pauses = base.execute("SELECT start_ns, pause_ns FROM gc_event").fetchall()
        callbacks = base.execute("SELECT kind, start_ns, end_ns, cpu_ns FROM callback ORDER BY id").fetchall()

    # readFile: open, fstat, read, close. mkdir: the end, its parent, the end again.
    names = [name for name, *_ in tasks]
    expected = ["fs.open", "fs.fstat", "fs.read", "fs.close", "fs.mkdir", "fs.mkdir", "fs.mkdir", "fs.copyfile"]
    assert names == expected, names
    by_name = {name: (cpu, wait) for name, cpu, wait, _ in tasks}
    assert by_name["fs.open"][1] > 1_000_000, "a hard disk seeks for an inode that it has not read"
    assert by_name["fs.fstat"][1] == 0 and by_name["fs.close"][1] == 0
    assert by_name["fs.copyfile"][1] == 0, "what was read lies in the page cache"

    freezing = max(callbacks, key=lambda row: row[2] - row[1])
    kind, start, end, cpu = freezing
    assert kind == "FSREQCALLBACK", kind
    inside = [value for t, value in samples if start <= t < end]
    # 64 MB at no more than 300 MB/s; the second read comes from the cache.
    assert sum(inside) > 64e6 / 300e6 * 1e9, inside
    # A collection waits for the task that frees the first buffer.
    waits, paused = end - start - cpu - sum(inside), sum(pause for t, pause in pauses if start <= t < end)
    assert -1 <= waits <= paused, (end - start, cpu, sum(inside), paused)
    for other, begun, _, _ in callbacks:
        assert begun <= start or begun >= end, f"{other} ran while the loop was frozen"
    late = [begun for other, begun, _, _ in callbacks if other == "Timeout"]
    assert len(late) == 1 and late[0] >= end, "the timer waits for the loop"


main()

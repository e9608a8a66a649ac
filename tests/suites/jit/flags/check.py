#!/usr/bin/env python3
"""check.py NSIM: each of V8's flags of the tiers changes what it should, and no flag is taken that nothing tests."""
import os
import re
import sqlite3
import subprocess
import sys
import tempfile

NSIM = sys.argv[1]
HERE = os.path.dirname(os.path.abspath(__file__))


QUIET = ["--min-semi-space-size=16", "--max-semi-space-size=16"]  # no collection's pause moves a time


class Run:
    def __init__(self, folder, flags):
        database = os.path.join(folder, "run.db")
        if os.path.exists(database):
            os.remove(database)
        done = subprocess.run([NSIM, "run", "--quiet", "-o", database, "--set", f"node.flags=[{','.join(QUIET + flags)}]",
                               os.path.join(HERE, "program.js")], capture_output=True, text=True,
                              stdin=subprocess.DEVNULL)
        assert done.returncode == 0, done.stderr
        self.output = done.stdout
        db = sqlite3.connect(database)
        self.events = db.execute("SELECT f.name, e.kind, e.to_tier, e.reason, e.t_ns, e.osr FROM jit_event e"
                                 " JOIN jit_function f ON f.run_id = e.run_id AND f.id = e.function_id"
                                 " WHERE f.script LIKE '/app/%' ORDER BY e.rowid").fetchall()

    def at(self, kind, name=None, tier=None):
        """When it happened first; infinity: never."""
        return min((t for n, k, to, _, t, _ in self.events if k == kind and name in (None, n) and tier in (None, to)),
                   default=float("inf"))

    def count(self, kind, tier=None, name=None, reason=None):
        return sum(k == kind and tier in (None, to) and name in (None, n) and reason in (None, r)
                   for n, k, to, r, _, _ in self.events)

    def gap(self, first, second):
        return self.at("feedback", second) - self.at("feedback", first)

    def osr(self):
        return sum(kind == "osr" for _, kind, *_ in self.events)


NEVER = float("inf")
# What a run with the flag must show, beside a run without: a run, the plain one.
CASES = {
    "--no-opt": lambda r, p: r.count("compile") == 0 < p.count("compile"),
    "--no-turbofan": lambda r, p: r.count("compile") == 0,
    "--no-sparkplug": lambda r, p: r.count("baseline") == 0 < p.count("baseline"),
    "--always-sparkplug": lambda r, p: r.at("baseline", "tiny") < r.at("feedback", "tiny"),
    "--jitless": lambda r, p: r.count("compile") == r.count("baseline") == 0,
    "--no-use-osr": lambda r, p: r.osr() == 0 < p.osr(),
    "--no-concurrent-recompilation": lambda r, p: r.count("compile", reason="synchronous") > 0 ==
    p.count("compile", reason="synchronous"),
    "--single-threaded": lambda r, p: r.count("compile", reason="synchronous") > 0,
    "--no-lazy-feedback-allocation": lambda r, p: r.gap("tiny", "seldom") * 10 < p.gap("tiny", "seldom"),
    "--no-turbo-inlining": lambda r, p: r.count("inline") == 0 < p.count("inline"),
    "--no-turbo-escape": lambda r, p: r.count("allocation") == 0 < p.count("allocation"),
    "--no-turbo-loop-peeling": lambda r, p: r.count("peeled") == r.count("invariant") == 0 < p.count("invariant"),
    "--no-turbo-load-elimination": lambda r, p: r.count("redundant") < p.count("redundant"),
    "--no-turbo-loop-variable": lambda r, p: r.count("unchecked") == 0 < p.count("unchecked"),
    "--no-baseline-batch-compilation": lambda r, p: r.count("baseline", reason="budget") > 0,
    "--interrupt-budget=10000": lambda r, p: r.at("mark", "middle") < p.at("mark", "middle"),
    "--interrupt-budget-factor-for-feedback-allocation=100": lambda r, p: r.gap("tiny", "seldom") >
    2 * p.gap("tiny", "seldom"),
    "--ticks-before-optimization=9": lambda r, p: r.at("mark", "middle") > p.at("mark", "middle"),
    "--bytecode-size-allowance-per-tick=9": lambda r, p: r.at("mark", "middle") > p.at("mark", "middle"),
    "--invocation-count-for-osr=5000": lambda r, p: r.at("osr", "loop") > p.at("osr", "loop"),
    "--max-bytecode-size-for-early-opt=0": lambda r, p: r.count("mark", reason="small function") == 0 <
    p.count("mark", reason="small function"),
    "--minimum-invocations-after-ic-update=20000": lambda r, p: r.at("mark", "changes") > p.at("mark", "changes"),
    "--max-optimized-bytecode-size=40": lambda r, p: r.at("mark", "middle") == NEVER,
    "--baseline-batch-compilation-threshold=100000000": lambda r, p: r.count("baseline") == 0,
    "--max-inlined-bytecode-size=20": lambda r, p: r.count("not-inlined", reason="exceeds bytecode limit") > 0 ==
    p.count("not-inlined", reason="exceeds bytecode limit"),
    "--max-inlined-bytecode-size-cumulative=10": lambda r, p: r.count("not-inlined", reason="budget is spent") > 0,
    "--max-inlined-bytecode-size-absolute=0": lambda r, p: r.count("inline") == 0 < p.count("inline"),
    "--max-inlined-bytecode-size-small=0": lambda r, p: r.count("inline", reason="small function") == 0,
    "--concurrent-recompilation-queue-length=0": lambda r, p: r.count("compile") == 0,
    "--min-inlining-frequency=1000000": lambda r, p: r.count("inline") == 0,
    "--reserve-inline-budget-scale-factor=100": lambda r, p: r.count("not-inlined", reason="budget is spent") > 0,
    "--max-opt=1": lambda r, p: r.count("compile") == 0 < r.count("baseline"),
    "--no-reset-ticks-on-ic-update": lambda r, p: r.at("mark", "changes") < p.at("mark", "changes"),
    "--maglev": lambda r, p: r.at("compile", "tiny", "maglev") < r.at("compile", None, "turbofan"),
    "--maglev --maglev-inlining": lambda r, p: r.count("inline", "maglev") > 0,
    "--maglev --no-maglev-overwrite-budget": lambda r, p: r.at("mark", "middle", "turbofan") <
    Run.maglev.at("mark", "middle", "turbofan"),
    "--maglev --invocation-count-for-maglev=5000": lambda r, p: r.at("mark", "tiny", "maglev") >
    Run.maglev.at("mark", "tiny", "maglev"),
    "--maglev --maglev-inlining --max-maglev-inline-depth=0": lambda r, p: r.count("not-inlined", "maglev",
                                                                                   reason="too deep") > 0,
    "--maglev --maglev-inlining --max-maglev-inlined-bytecode-size=20": lambda r, p: r.count(
        "not-inlined", "maglev", reason="exceeds bytecode limit") > 0,
    "--maglev --maglev-inlining --max-maglev-inlined-bytecode-size-cumulative=0": lambda r, p: r.count(
        "not-inlined", "maglev", reason="budget is spent") > 0,
    "--maglev --maglev-inlining --max-maglev-inlined-bytecode-size-small=0": lambda r, p: r.count(
        "inline", "maglev", reason="small function") == 0,
    "--maglev --maglev-inlining --min-maglev-inlining-frequency=1000000": lambda r, p: r.count(
        "inline", "maglev") == 0,
    # jit/flush and model/test_jit have those of flushing.
    "--no-flush-bytecode": lambda r, p: True,
    "--flush-baseline-code": lambda r, p: True,
    "--stress-flush-code": lambda r, p: True,
    "--bytecode-old-age=2": lambda r, p: True,
    # Below, by what expressions cost.
    "--regexp-interpret-all": lambda r, p: True,
    "--no-regexp-tier-up": lambda r, p: True,
    "--regexp-tier-up-ticks=1000": lambda r, p: True,
}

EXPRESSIONS = """const { performance } = require('perf_hooks');
const text = 'x'.repeat(100), times = [performance.now()];
const re = /^[a-z]*$/;
re.test(text);
times.push(performance.now());
for (let i = 0; i < 500; i++) re.test(text);
times.push(performance.now());
console.log(times[1] - times[0], times[2] - times[1]);
"""


def expressions(folder, *flags):
    """The ms that the first call of an expression takes, and 500 more."""
    path = os.path.join(folder, "expressions.js")
    with open(path, "w", encoding="utf-8") as f:
        f.write(EXPRESSIONS)
    out = subprocess.run([NSIM, "run", "--quiet", "--set", "record=off", "--set", f"node.flags=[{','.join(flags)}]", path],
                         capture_output=True, text=True, check=True, stdin=subprocess.DEVNULL).stdout
    return [float(number) for number in out.split()]


with tempfile.TemporaryDirectory() as temporary:
    plain = Run(temporary, [])
    Run.maglev = Run(temporary, ["--maglev"])
    wrong = []
    for case, holds in CASES.items():
        made = Run(temporary, case.split())
        assert made.output == plain.output, case
        if not holds(made, plain):
            wrong.append(case)
    assert not wrong, wrong
    first, more = expressions(temporary)
    assert expressions(temporary, "--regexp-interpret-all")[1] > 2 * more
    assert expressions(temporary, "--regexp-tier-up-ticks=1000")[1] > 2 * more
    machine_code = expressions(temporary, "--no-regexp-tier-up")  # at once
    assert machine_code[0] != first and machine_code[1] < more

known = set()
with open(os.path.join(HERE, "../../../../src/model/jit_profile.c"), encoding="utf-8") as source:
    known = set(re.findall(r'FLAG\("([a-z-]+)"', source.read()))
tested = {re.sub(r"^--(no-)?(?=\w)", "", flag).split("=")[0] for case in CASES for flag in case.split()}
assert known - tested == set(), known - tested
print(f"{len(CASES)} flags do what they say")

#!/usr/bin/env python3
"""traces.py NSIM NODE WORKLOADS: `nsim trace` prints lines of the forms that the real node prints for the same program.

A line's form is the line with its numbers, addresses, names and reasons taken out. Every form that nsim prints must be one
that node printed with the flag, for one of the programs; and the forms that each of them must have are named below.
"""
import os
import re
import subprocess
import sys
import tempfile

NSIM, NODE, WORKLOADS = sys.argv[1:4]
PROGRAMS = ("add-types", "point-order", "osr", "young-garbage", "growing-cache", "leak")
FLAGS = {
    "trace-opt": (["--trace-opt", "--trace-file-names"],
                  ["[marking FUNCTION for optimization to TURBOFAN, ConcurrencyMode::kConcurrent, reason: REASON]",
                   "[compiling method FUNCTION (target TURBOFAN), mode: ConcurrencyMode::kConcurrent]",
                   "[compiling method FUNCTION (target TURBOFAN) OSR, mode: ConcurrencyMode::kConcurrent]",
                   "[completed compiling FUNCTION (target TURBOFAN) - took F, F, F ms]",
                   "[completed optimizing FUNCTION (target TURBOFAN)]"]),
    "trace-deopt": (["--trace-deopt", "--trace-file-names"],
                    ["[bailout (kind: deopt-eager, reason: REASON): begin. deoptimizing FUNCTION, H <Code TURBOFAN>, "
                     "opt id N, bytecode offset N, deopt exit N, FP to SP delta N, caller SP H, pc H]"]),
    "trace-gc": (["--trace-gc"],
                 ["[N:H] N ms: Scavenge F (F) -> F (F) MB, F / F ms (average mu = F, current mu = F) REASON;"]),
}
# Maps are deprecated while functions, and loops of functions, that know them are compiled.
ABORTS = r"""
let body = '';
for (let i = 0; i < 60; i++) body += `s += (b.v * i + ${i}) | 0;`;
for (let k = 0; k < 40; k++) {
  const b = new (new Function('this.v = 1;'))();
  const f = new Function('b', 'n', `let s = 0; for (let i = 0; i < n; i++) { ${body} if (i === ${100 + 100 * k}) b.v = 1.5; } return s; //${k}`);
  f(b, 6000);
}
for (let k = 0; k < 40; k++) {
  const b = new (new Function('this.v = 1;'))();
  const f = new Function('b', `let s = 0; for (let i = 0; i < 100; i++) { ${body} } return s; //${k}`);
  for (let i = 0; i < 60; i++) { f(b); if (i === 8 + k) b.v = 1.5; }
}
"""


def form(line):
    line = re.sub(r"0x[0-9a-f]+ <JSFunction.*?(?: <[^<>]*>)? \(sfi = 0x[0-9a-f]+\)>", "FUNCTION", line)
    line = re.sub(r"<SharedFunctionInfo.*?>", "SHARED", line)
    line = re.sub(r"reason: .*?([\])])", r"reason: REASON\1", line)
    line = re.sub(r"because: .*? - took", "because: REASON - took", line)
    line = re.sub(r"(current mu = \S+\)) [^;]*;.*$", r"\1 REASON;", line)
    line = re.sub(r"0x[0-9a-f]+", "H", line)
    line = re.sub(r"\b\d+\.\d+", "F", line)
    line = re.sub(r"-?\b\d+\b", "N", line)
    return re.sub(r" +", " ", line).strip()


def forms(text, starts):
    return {form(line) for line in text.splitlines() if re.match(starts, line)}


def program_flags(name):
    found = re.search(r"^  flags: \[(.*)\]", open(os.path.join(WORKLOADS, name + ".yaml"), encoding="utf-8").read(), re.M)
    return found[1].split(", ") if found else []


def real(flags, name):
    return subprocess.run([NODE, *flags, *program_flags(name), os.path.join(WORKLOADS, name + ".js")], text=True,
                          capture_output=True, check=False).stdout


def main():
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        databases = {}
        for name in PROGRAMS:
            databases[name] = os.path.join(folder, name + ".db")
            subprocess.run([NSIM, "run", "-q", "-o", databases[name], os.path.join(WORKLOADS, name + ".yaml")],
                           capture_output=True, check=False)
        for format_, (flags, needed) in FLAGS.items():
            starts = r"\[\d+:0x" if format_ == "trace-gc" else r"\[(marking|compiling|completed|aborted|bailout|not )"
            ours, theirs = set(), set()
            for name in PROGRAMS:
                text = subprocess.run([NSIM, "trace", "--format", format_, databases[name]], text=True,
                                      capture_output=True, check=True).stdout
                found = forms(text, starts)
                assert len(found) <= len(text.splitlines())
                unread = [line for line in text.splitlines() if not re.match(starts, line)]
                assert not unread, unread[:3]
                ours |= found
                theirs |= forms(real(flags, name), starts)
            if format_ == "trace-gc":  # nsim's leak ends with one that no marking came before; node's does in some runs
                theirs |= forms(subprocess.run([NODE, "--trace-gc", "--expose-gc", "-e", "gc()"], text=True,
                                               capture_output=True, check=True).stdout, starts)
            if format_ == "trace-opt":  # which compilations come to nothing is a matter of when they end
                aborts = os.path.join(folder, "aborts.js")
                with open(aborts, "w", encoding="utf-8") as file:
                    file.write(ABORTS)
                theirs |= forms(subprocess.run([NODE, *flags, aborts], text=True, capture_output=True, check=True).stdout, starts)
            for line in sorted(ours - theirs):
                failed += 1
                print(f"{format_}: only nsim: {line}")
            for line in needed:
                if line not in ours or line not in theirs:
                    failed += 1
                    print(f"{format_}: missing ({'nsim' if line not in ours else 'node'}): {line}")
            print(f"{format_}: {len(ours)} forms of nsim's, {len(theirs)} of node's, {len(ours & theirs)} the same")
            for line in sorted(theirs - ours):
                print(f"  only node: {line}")
    return failed > 0


sys.exit(main())

"""Runs of one program, in the real node and in nsim."""
import concurrent.futures
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile

from . import traces

MODES = {"default": [], "no-opt": ["--no-opt"], "jitless": ["--jitless"]}
TRACE_JIT = ["--trace-opt", "--trace-deopt", "--trace-file-names"]
TRACE_GC = ["--trace-gc"]
TRACE_NVP = ["--trace-gc-nvp"]
TIMEOUT = 120  # seconds of a child: a program that hangs must not hang the comparison

# Loaded before the program: all threads' CPU time from here to the end, without node's own start.
PROBE = """'use strict';
const start = process.cpuUsage();
process.on('exit', () => {
    const {user} = process.cpuUsage(start);
    require('fs').writeSync(2, '\\ncpu-usage-user ' + user + '\\n');
});
"""
PROBE_PATH = "/validate/cpu-probe.cjs"  # in nsim's file system
CPU_USAGE = re.compile(r"^cpu-usage-user ([\d.]+)$", re.M)


class Failure(Exception):
    """A run that gave nothing to compare, with the reason."""


def program_flags(path):
    """The flags of node that the program asks for, in a line as Node's own tests have it."""
    with open(path, encoding="utf-8") as file:
        line = re.search(r"^// Flags: (.*)$", file.read(), re.M)
    return line[1].split() if line else []


def environment():
    return {name: value for name, value in os.environ.items() if name not in ("NODE_OPTIONS", "NSIM_NODE")}


def child(words, folder):
    try:
        done = subprocess.run(words, cwd=folder, env=environment(), stdin=subprocess.DEVNULL, capture_output=True,
                              timeout=TIMEOUT)
    except subprocess.TimeoutExpired:
        raise Failure(f"{words[0]} did not end within {TIMEOUT} s") from None
    except OSError as error:
        raise Failure(f"{words[0]}: {error.strerror}") from None
    return (done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace"))


def write_probe(folder):
    path = os.path.join(folder, "cpu-probe.cjs")
    with open(path, "w", encoding="utf-8") as file:
        file.write(PROBE)
    return path


def cpu_of(stderr):
    usage = CPU_USAGE.search(stderr)
    return float(usage[1]) / 1000 if usage else None


class Node:
    """The real node. Its traces go through a line-buffered stdout: V8 writes them with stdio, the program does not."""

    def __init__(self, binary):
        self.binary = binary
        if shutil.which("stdbuf") is None:
            raise Failure("stdbuf (coreutils) is needed to keep node's traces in whole lines")
        self.version, self.v8 = json.loads(child(
            [binary, "-p", "JSON.stringify([process.version, process.versions.v8])"], "/")[1])

    def trace(self, path, flags):
        folder, name = os.path.split(os.path.abspath(path))
        return child(["stdbuf", "-oL", self.binary, *flags, *program_flags(path), name], folder)[1]

    def trace_jit(self, path):
        return self.trace(path, TRACE_JIT)

    def trace_gc(self, path):
        return self.trace(path, TRACE_GC)

    def check_end(self, path, expected):
        """Whatever it does is what is expected of it."""

    def cpu(self, path, mode):
        """ms of user CPU time, or None when the program never comes to its exit"""
        folder, name = os.path.split(os.path.abspath(path))
        with tempfile.TemporaryDirectory() as scratch:
            return cpu_of(child([self.binary, "--require", write_probe(scratch), *MODES[mode], *program_flags(path),
                                 name], folder)[2])

    def traces_gc(self, path):
        return [self.trace_gc(path)]

    def traces_jit(self, path):
        return [self.trace_jit(path)]

    def output(self, path):
        folder, name = os.path.split(os.path.abspath(path))
        return child([self.binary, *program_flags(path), name], folder)[1]


def decide_alike(trace, other):
    a, b = traces.decisions(trace), traces.decisions(other)
    return (a.optimized, a.deopts) == (b.optimized, b.deopts)


def alike(trace, other):
    """Whether two runs have the same collections, and pauses within what their speeds differ by and rounding."""
    (a, _), (b, _) = traces.collections_of(trace), traces.collections_of(other)
    sums = sum(c.pause_ms for c in a), sum(c.pause_ms for c in b)
    return [c.kind for c in a] == [c.kind for c in b] and abs(sums[0] - sums[1]) <= 0.04 * max(sums)


class Nsim:
    """nsim. Where threads that compile wait for a core, what they have done when a program ends, and which
    collections they meet, differs between runs, in node as here: several answer (traces_jit, traces_gc)."""

    FORMATS = ("trace-opt", "trace-deopt", "trace-gc")
    # Seeds and speeds of further runs: what waits for compilations is bimodal, in node's fifteen runs too.
    AGAIN = tuple((1 + i, 1 + (i - 4.5) / 200) for i in range(1, 9))

    def __init__(self, binary, speed=1, cores=None):
        self.binary = os.path.abspath(binary)
        self.speed = speed
        self.cores = ["--set", f"machine.cores={cores}"] if cores else []
        self.ends = {}    # by path: exit code, stdout, stderr
        self.traces = {}  # by path and format: a text, or the failure to get one
        self.further = {} # by path, seed and format: of further runs

    def machine(self, speed=1):
        speed *= self.speed
        return self.cores + (["--set", f"machine.speed={speed:.6g}"] if speed != 1 else [])

    def run(self, path, flags, scratch, *more, speed=1):
        """The program runs where it lies: it may need what lies beside it."""
        options = ["--set", f"node.flags=[{', '.join(flags)}]"] if flags else []
        return child([self.binary, "run", "--quiet", *self.machine(speed), *options, *more, os.path.abspath(path)], scratch)

    def record(self, path):
        with tempfile.TemporaryDirectory() as scratch:
            code, stdout, stderr = self.run(path, program_flags(path), scratch, "--output", "run.db")
            if not os.path.exists(os.path.join(scratch, "run.db")):
                raise Failure(f"nsim run left no database (exit code {code}): {stderr.strip()[:200]}")
            self.ends[path] = code, stdout, stderr
            for form in self.FORMATS:
                code, text, stderr = child([self.binary, "trace", "--format", form, "run.db"], scratch)
                self.traces[path, form] = text if code == 0 else Failure(f"nsim trace: {stderr.strip()[:200]}")

    def check_end(self, path, expected):
        """Fail when the program fails in nsim, and did not print what it prints in node."""
        code, stdout, stderr = self.ends.get(path, (0, expected, ""))
        if code and stdout != expected:
            lines = stderr.strip().splitlines()
            reason = next((line for line in lines if "Error" in line), lines[-1] if lines else "")
            raise Failure(f"fails in nsim, but not in node (exit code {code}): {reason}")

    def trace(self, path, form):
        if (path, form) not in self.traces:
            self.record(path)
        found = self.traces[path, form]
        if isinstance(found, Failure):
            raise found
        return found

    def trace_jit(self, path):
        return self.trace(path, "trace-opt") + self.trace(path, "trace-deopt")

    def trace_gc(self, path):
        return self.trace(path, "trace-gc")

    def traces_jit(self, path):
        """Of as many runs as node's records have."""
        return self.several(self.trace_jit(path), 5, decide_alike, lambda *again: self.trace_again(path, *again, self.FORMATS[:2]))

    def traces_gc(self, path):
        first = self.trace_gc(path)
        if not first:
            return [first]
        return self.several(first, 9, alike, lambda *again: self.trace_again(path, *again, self.FORMATS[2:]))

    def several(self, first, count, same, run):
        """Traces of runs with other seeds, on machines a little slower or faster; of one where the first three are alike."""
        with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
            found = [first, *pool.map(lambda again: run(*again), self.AGAIN[:2])]
            if all(same(first, other) for other in found):
                return [first]
            return found + list(pool.map(lambda again: run(*again), self.AGAIN[2:count - 1]))

    def trace_again(self, path, seed, speed, formats):
        if (path, seed, formats[0]) not in self.further:
            with tempfile.TemporaryDirectory() as scratch:
                self.run(path, program_flags(path), scratch, "--seed", str(seed), "--output", "run.db", speed=speed)
                for form in self.FORMATS:
                    self.further[path, seed, form] = child([self.binary, "trace", "--format", form, "run.db"], scratch)[1]
        return "".join(self.further[path, seed, form] for form in formats)

    def cpu(self, path, mode):
        """In the default mode the median of five runs: what threads that compile have done when a program ends differs."""
        first = self.cpu_of_run(path, mode)
        if mode != "default" or first is None:
            return first
        with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
            others = pool.map(lambda seed: self.cpu_of_run(path, mode, "--seed", str(seed)), range(1, 5))
            return statistics.median([first, *others])

    def cpu_of_run(self, path, mode, *seed):
        with tempfile.TemporaryDirectory() as scratch:
            flags = [f"--require={PROBE_PATH}", *MODES[mode], *program_flags(path)]
            probe = f'files."{PROBE_PATH}".content={json.dumps(PROBE)}'
            ended = self.run(path, flags, scratch, "--no-db", "--set", probe, *seed)
            if not seed:
                self.ends[path] = ended
            return cpu_of(ended[2])

    def output(self, path):
        with tempfile.TemporaryDirectory() as scratch:
            return self.run(path, program_flags(path), scratch, "--no-db")[1]


def find_node():
    named = os.environ.get("NSIM_NODE")
    found = shutil.which(named or "node")
    if found is None:
        raise Failure(f"no node: NSIM_NODE={named}" if named else "no node in PATH; NSIM_NODE may name one")
    return found


def programs_of(folder, only):
    """paths of the programs, and those of `only` alone when it names any"""
    try:
        names = sorted(name for name in os.listdir(folder) if name.endswith(".js"))
    except OSError as error:
        raise Failure(f"{folder}: {error.strerror}") from None
    if only:
        unknown = [name for name in only if name + ".js" not in names]
        if unknown:
            raise Failure(f"{folder} has no program {', '.join(unknown)}")
        names = [name for name in names if name[:-3] in only]
    if not names:
        raise Failure(f"{folder} has no programs (*.js)")
    return [os.path.join(folder, name) for name in names]


def note(text):
    print(text, file=sys.stderr, flush=True)

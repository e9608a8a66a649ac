"""The Octane benchmarks as programs to compare: npm's benchmark-octane, fetched when asked for, never committed.

Each program is Octane's base.js, the benchmark's own files, and a few lines that run it a fixed number of times: Octane
itself runs for a time, which would be another amount of work on each machine.
"""
import base64
import hashlib
import os
import subprocess
import tarfile
import tempfile

from . import runs

PACKAGE = "benchmark-octane@1.0.1"
INTEGRITY = "sha512-hFmNkCC1ActVJfglawo97wJB42vRR6vJoO+Ks4j1xtsK35r03o7KdzXd7hZdTXCGNIunUzlLLZ13nC3uAz7q8w=="
PREFIX = "octane-"  # of the programs' names
SOURCES = "package/lib/octane/"
# name: files after base.js, and runs of each of its benchmarks
PROGRAMS = {
    "richards": (["richards.js"], 100),
    "deltablue": (["deltablue.js"], 60),
    "crypto": (["crypto.js"], 4),
    "raytrace": (["raytrace.js"], 10),
    "earley-boyer": (["earley-boyer.js"], 4),
    "regexp": (["regexp.js"], 2),
    "splay": (["splay.js"], 200),
    "navier-stokes": (["navier-stokes.js"], 8),
    "box2d": (["box2d.js"], 3),
    "gbemu": (["gbemu-part1.js", "gbemu-part2.js"], 1),
    "mandreel": (["mandreel.js"], 1),
    "typescript": (["typescript.js", "typescript-input.js", "typescript-compiler.js"], 1),
}
# Left out: pdfjs, code-load and zlib define globals by eval, as a script of a browser does, and not as a module.
DRIVER = """
;
BenchmarkSuite.ResetRNG();
function runBenchmarks(rounds) {
    for (const suite of BenchmarkSuite.suites) {
        for (const benchmark of suite.benchmarks) {
            benchmark.Setup();
            for (let round = 0; round < rounds; round++) benchmark.run();
            benchmark.TearDown();
            console.log(benchmark.name);
        }
    }
}
runBenchmarks(%d);
"""


def is_one(path):
    """Whether the program at `path` is one of Octane's."""
    return os.path.basename(path).startswith(PREFIX)


def fetch(folder):
    """The package's archive in `folder`, from npm's own client, checked."""
    try:
        done = subprocess.run(["npm", "pack", "--silent", PACKAGE], cwd=folder, capture_output=True, timeout=120)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise runs.Failure(f"npm pack {PACKAGE}: {error}") from None
    if done.returncode != 0:
        raise runs.Failure(f"npm pack {PACKAGE}: {done.stderr.decode('utf-8', 'replace').strip()[-200:]}")
    path = os.path.join(folder, done.stdout.decode().split()[-1])
    with open(path, "rb") as file:
        found = "sha512-" + base64.b64encode(hashlib.sha512(file.read()).digest()).decode()
    if found != INTEGRITY:
        raise runs.Failure(f"{PACKAGE} is not the package that was pinned: {found}")
    return path


def prepare(target):
    """Write the programs (octane-NAME.js) to the folder `target`."""
    os.makedirs(target, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch, tarfile.open(fetch(scratch)) as archive:
        def text(name):
            return archive.extractfile(SOURCES + name).read().decode("utf-8")

        for name, (files, rounds) in PROGRAMS.items():
            with open(os.path.join(target, f"{PREFIX}{name}.js"), "w", encoding="utf-8") as file:
                file.write("\n;\n".join([text("base.js"), *map(text, files)]) + DRIVER % rounds)

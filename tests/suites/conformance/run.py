#!/usr/bin/env python3
"""Node's own test/parallel, run by nsim: run.py NSIM NODE_SOURCE [options].

A test passes when nsim ends with exit code 0 and nothing was skipped by test/common. What needs an
inspector, native addons, child processes, threads of JavaScript, the network or Windows is out of
scope: it is found by what the source uses, and listed by name with the reason. Everything else that
does not pass is listed as failed. With --write FILE the table goes there (docs/conformance.md).
The exit code is 1 when a group stays below its bar.
"""
import argparse
import concurrent.futures
import fnmatch
import os
import re
import subprocess
import sys
import tempfile

# Group, patterns, the share that must pass.
GROUPS = [
    ("timers", ["test-timers*"], 0.9),
    ("next-tick", ["test-next-tick*"], 0.9),
    ("promise", ["test-promise*"], 0.9),
    ("microtask", ["test-microtask*"], 0.9),
    ("event-emitter", ["test-event-emitter*"], 0.9),
    ("events", ["test-events*"], 0.9),
    ("stream", ["test-stream*"], 0.9),
    ("path", ["test-path*"], 0.9),
    ("util", ["test-util*"], 0.9),
    ("buffer", ["test-buffer*"], 0.9),
    ("string-decoder", ["test-string-decoder*"], 0.9),
    ("async-local-storage", ["test-async-local-storage*"], 0.9),
    ("fs", ["test-fs*"], 0.7),
    ("zlib", ["test-zlib*"], 0.7),
    ("crypto", ["test-crypto-pbkdf2*", "test-crypto-scrypt*", "test-crypto-random*", "test-crypto-hash*",
                "test-crypto-hmac*", "test-crypto-timing-safe-equal*", "test-crypto-keygen*",
                "test-crypto-hkdf*", "test-crypto-from-binary*", "test-crypto-update-encoding*",
                "test-crypto-lazy-transform-writable*", "test-crypto-oneshot-hash*"], 0.7),
]

# What the source uses, and why that is out of scope.
OUT_OF_SCOPE = [
    (r"require\('(node:)?child_process'\)|common/child_process|spawnPromisified|process\.send\b", "child processes"),
    (r"require\('(node:)?worker_threads'\)[^;]*\n?[^;]*\bWorker\b|new Worker\(|isMainThread", "threads of JavaScript"),
    (r"require\('(node:)?(net|http|https|http2|tls|dgram|cluster|_http_\w+)'\)|common/net\b|common/http2", "network"),
    (r"require\('(node:)?inspector(/promises)?'\)|skipIfInspectorDisabled|common/inspector-helper", "inspector"),
    (r"\.node'\)|require\(`\.?/?build/", "native addons"),
    (r"if \(!common\.isWindows\)\s*(\{\s*)?common\.skip|only for windows|Windows-only", "Windows"),
    (r"node:test|require\('test'\)", "the test runner (node:test)"),
    (r"require\('(node:)?repl'\)|common/repl", "the REPL"),
    (r"WebAssembly", "WebAssembly"),
    (r"require\('(node:)?wasi'\)", "WASI"),
    (r"pseudo-?tty|common/tty|require\('(node:)?tty'\)", "a terminal"),
    (r"crypto\.(sign|verify|webcrypto|subtle)\b|\b(createCipheriv|createDecipheriv|createSign|createVerify|SignJob|"
     r"createECDH|createDiffieHellman|publicEncrypt|privateDecrypt|generatePrime|X509Certificate|testEncryptDecrypt|"
     r"testSignVerify|createPrivateKey\(|createPublicKey\()", "crypto beyond the issue's list (ciphers, signatures)"),
    (r"process\.kill\(process\.pid", "signals"),
    (r"path\.matchesGlob|fs\.glob|\bglob\b.*require\('fs|EventSource", "needs minimatch or undici, which Debian's source leaves out"),
]


def scope_of(name, source):
    if re.search(r"(^|-)(win32|windows)(-|\.)", name):
        return "Windows"
    for pattern, reason in OUT_OF_SCOPE:
        if re.search(pattern, source):
            return reason
    return None


def run(nsim, source, name, flags, folder):
    workload = os.path.join(folder, name + ".yaml")
    relative = os.path.relpath(source, folder)
    with open(workload, "w", encoding="utf-8") as f:
        f.write(f"dir: {relative}\nscript: test/parallel/{name}\n")
        if flags:
            f.write("node:\n  flags: [" + ", ".join(f'"{flag}"' for flag in flags) + "]\n")
        f.write("limits: {virtual_time: 120 s, host_time: 60 s, memory: 1 GiB}\nrecord: off\n")
    try:
        done = subprocess.run([nsim, "run", "--quiet", workload], capture_output=True, timeout=120,
                              stdin=subprocess.DEVNULL)
        code, out = done.returncode, done.stdout + done.stderr
    except subprocess.TimeoutExpired:
        code, out = 124, b"timeout"
    os.unlink(workload)
    text = out.decode("utf-8", "replace")
    if code == 0 and "# Skipped:" in text:
        return "skipped", re.search(r"# Skipped: (.*)", text).group(1)
    if code == 0:
        return "passed", ""
    return "failed", first_error(text, code)


def first_error(text, code):
    if code == 3:
        found = re.search(r"limit reached: .*", text)
        return found.group(0) if found else "limit reached"
    for line in text.splitlines():
        if re.match(r"(\w*Error|\w*Exception)\b.*: |Mismatched|node:|nsim: ", line) and "node:" not in line[:5]:
            return line.strip()[:110]
    lines = [line for line in text.splitlines() if line.strip()]
    return (lines[0].strip()[:110] if lines else f"exit code {code}")


def collect(test_dir, groups):
    """(group, name, flags, reason out of scope) of every test; a test belongs to its first group."""
    parallel = os.path.join(test_dir, "parallel")
    seen = set()
    for group, patterns, _ in groups:
        for name in sorted(os.listdir(parallel)):
            if name in seen or not name.endswith((".js", ".mjs")):
                continue
            if not any(fnmatch.fnmatch(name, pattern + ".*js") for pattern in patterns):
                continue
            seen.add(name)
            with open(os.path.join(parallel, name), encoding="utf-8", errors="replace") as f:
                source = f.read()
            flags = re.search(r"^// Flags:\s*(.*)$", source, re.M)
            yield group, name, flags.group(1).split() if flags else [], scope_of(name, source)


def cell(text):
    return text.replace("|", "\\|").replace("`", "'")


def write_table(path, groups, results):
    lines = ["# Conformance", "",
             "Node's own test/parallel (20.19.2), run by nsim. Made by `tests/suites/conformance/run.py`;",
             "`ctest --preset release -L conformance` runs it and checks the bars.", "",
             "| tests | in scope | passed | failed | skipped by the test | share | bar | out of scope |",
             "|---|---|---|---|---|---|---|---|"]
    for group, _, bar in groups:
        rows = [r for r in results if r[0] == group]
        count = {status: sum(1 for r in rows if r[2] == status) for status in ("passed", "failed", "skipped", "out")}
        tried = count["passed"] + count["failed"]
        share = f"{100 * count['passed'] / tried:.0f}%" if tried else "-"
        lines.append(f"| {group} | {tried} | {count['passed']} | {count['failed']} | {count['skipped']} | {share} | "
                     f"{100 * bar:.0f}% | {count['out']} |")
    for title, status in (("Failed", "failed"), ("Skipped by the test itself", "skipped"), ("Out of scope", "out")):
        lines += ["", f"## {title}", "", "| test | why |", "|---|---|"]
        lines += [f"| {name} | {cell(why)} |" for _, name, got, why in results if got == status]
    with open(path, "w", encoding="utf-8") as f:
        f.write("\n".join(lines) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("nsim")
    parser.add_argument("source")
    parser.add_argument("--write", metavar="FILE")
    parser.add_argument("--group", action="append")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--verbose", action="store_true")
    args = parser.parse_args()
    groups = [g for g in GROUPS if not args.group or g[0] in args.group]
    test_dir = os.path.join(os.path.abspath(args.source), "test")
    tests = list(collect(test_dir, groups))
    results = []
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        waiting = [(t, None if t[3] else pool.submit(run, os.path.abspath(args.nsim), os.path.abspath(args.source), t[1], t[2],
                                                       folder))
                   for t in tests]
        for (group, name, _, reason), future in waiting:
            status, why = ("out", reason) if reason else future.result()
            results.append((group, name, status, why))
            if args.verbose and status == "failed":
                print(f"{name}: {why}", flush=True)
    if args.write:
        write_table(args.write, groups, results)
    below, total = 0, [0, 0]
    for group, _, bar in groups:
        passed = sum(1 for r in results if r[0] == group and r[2] == "passed")
        failed = sum(1 for r in results if r[0] == group and r[2] == "failed")
        total = [total[0] + passed, total[1] + failed]
        share = passed / (passed + failed) if passed + failed else 1
        below += share < bar
        print(f"{group}: {passed} passed, {failed} failed, {100 * share:.0f}% (bar {100 * bar:.0f}%)")
    print(f"{total[0]} passed, {total[1]} failed")
    return 1 if below else 0


if __name__ == "__main__":
    sys.exit(main())

"""Packages from npm, for the suites that need them: at the versions and with the hashes of a lock file, in the build's folder."""
import os
import shutil
import subprocess
import sys

SKIP = 77


def skip(why):
    print("skipped:", why)
    sys.exit(SKIP)


def npm(folder, *arguments):
    """What `npm ARGUMENTS` prints in `folder`. Without a registry the test is skipped."""
    done = subprocess.run(["npm", *arguments], cwd=folder, capture_output=True, text=True,
                          stdin=subprocess.DEVNULL, check=False)
    unreachable = ("ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ETIMEDOUT", "ENETUNREACH", "ECONNRESET")
    if done.returncode != 0 and any(code in done.stderr for code in unreachable):
        skip("npm reaches no registry")
    assert done.returncode == 0, done.stderr
    return done.stdout


def install(source, target, *options, also=lambda: None):
    """The files of `source` in `target`, with what its package-lock.json asks for. When that is new, `also` is called."""
    if not shutil.which("npm"):
        skip("npm is not installed")
    os.makedirs(target, exist_ok=True)
    for entry in os.scandir(source):
        if entry.is_file():
            shutil.copy(entry.path, target)
    stamp = os.path.join(target, "node_modules", ".stamp")
    with open(os.path.join(source, "package-lock.json"), encoding="utf-8") as file:
        lock = file.read()
    if os.path.exists(stamp):
        with open(stamp, encoding="utf-8") as file:
            if file.read() == lock:
                return
    npm(target, "ci", "--ignore-scripts", "--no-audit", "--no-fund", *options)
    also()
    with open(stamp, "w", encoding="utf-8") as file:
        file.write(lock)

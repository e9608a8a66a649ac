"""speedscope's own page in headless Chromium, from the disk: what it shows for a file, and what it said
on the console."""
import base64
import html
import json
import os
import re
import shutil
import subprocess
import tempfile
import urllib.parse

# As root in a closed network, with a software renderer.
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--enable-unsafe-swiftshader", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync",
         "--allow-file-access-from-files", "--enable-logging=stderr", "--virtual-time-budget=60000"]
UNITS = {"s": 1e9, "ms": 1e6, "µs": 1e3, "ns": 1, "min": 60e9}


class Page:
    def __init__(self, document, console):
        text = re.sub(r"<(style|script)\b.*?</\1>", "", document, flags=re.S)
        self.text = [html.unescape(part).strip() for part in re.split(r"<[^>]*>", text)]
        self.text = [part for part in self.text if part]
        self.complaints = [line for line in console if re.search(r"Tried to|still open|Error|Uncaught|rror:", line)]
        if any("Something went wrong" in part for part in self.text):
            self.complaints.append("something went wrong")
        assert any("import:" in line for line in console), console

    def weight(self, name):
        """Of the profile whose name ends so, in the list of profiles: ns."""
        for at, part in enumerate(self.text[2:], 2):
            if re.search(re.escape(name) + r"( \(tid \d+\))?$", part) and re.match(r"^[\d.]+(s|ms|µs|ns|min)$", self.text[at + 1]):
                amount, unit = re.match(r"([\d.]+)(\D+)", self.text[at + 1]).groups()
                return float(amount) * UNITS[unit]
        raise AssertionError((name, self.text))

    def table(self):
        """The sandwich view: by symbol total and self weight, as speedscope prints them."""
        rows = {}
        for at in range(len(self.text) - 2):
            if all(re.match(r"^[\d.]+\S* ?\S* \([\d.<]+%\)$", part) for part in self.text[at : at + 2]):
                rows[self.text[at + 2]] = self.text[at], self.text[at + 1]
        return rows


def speedscope_page(consumers, path, skip, view="sandwich"):
    chromium = shutil.which("chromium")
    if not chromium:
        skip("chromium is not installed")
    with open(path, "rb") as file:
        content = base64.b64encode(file.read()).decode()
    with tempfile.TemporaryDirectory() as folder:
        script = os.path.join(folder, "profile.js")
        with open(script, "w", encoding="utf-8") as file:
            file.write(f"speedscope.loadFileFromBase64({json.dumps(os.path.basename(path))}, {json.dumps(content)})")
        page = os.path.join(consumers, "node_modules/speedscope/dist/release/index.html")
        address = f"file://{urllib.parse.quote(page)}#view={view}&localProfilePath={urllib.parse.quote(script)}"
        done = subprocess.run([chromium, *FLAGS, "--user-data-dir=" + os.path.join(folder, "user"), "--dump-dom", address],
                              capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    console = [line for line in done.stderr.splitlines() if "CONSOLE" in line and "WebGL" not in line]
    return Page(done.stdout, console)

#!/usr/bin/env python3
"""report.py NSIM WORKLOADS_DIR CASE: a report is one file, has what belongs in it, and renders in Chromium."""
import base64
import json
import os
import re
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

NSIM, DIR = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
HERE = os.path.dirname(os.path.abspath(__file__))
TMP = tempfile.mkdtemp(prefix="nsim-report-")
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync", "--window-size=1000,3000",
         "--user-data-dir=" + os.path.join(TMP, "profile")]


def call(*args, expect=0):
    done = subprocess.run([NSIM, *args], capture_output=True, cwd=TMP, stdin=subprocess.DEVNULL)
    assert done.returncode == expect, (args, done.returncode, done.stderr.decode())
    return done.stderr.decode() if expect else done.stdout.decode()


def run(workload, *extra):
    path = workload if os.path.isabs(workload) else os.path.join(DIR, workload + ".yaml")
    subprocess.run([NSIM, "run", "--json", "-o", "run.db", *extra, path], capture_output=True, cwd=TMP,
                   stdin=subprocess.DEVNULL, check=False)
    return sqlite3.connect(os.path.join(TMP, "run.db"))


class Browser:
    """Chromium, driven by ChromeDriver over loopback."""

    def __init__(self):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        try:
            self.driver = subprocess.Popen(["chromedriver", "--port=%d" % self.port], stdout=subprocess.DEVNULL,
                                           stderr=subprocess.DEVNULL)
        except FileNotFoundError:
            sys.exit("chromedriver is missing: apt-get install chromium chromium-driver")
        for _ in range(100):
            try:
                if self.ask("GET", "/status")["ready"]:
                    break
            except (OSError, urllib.error.URLError):
                time.sleep(0.1)
        capabilities = {"browserName": "chrome", "goog:chromeOptions": {"args": FLAGS},
                        "goog:loggingPrefs": {"browser": "ALL"}}
        self.session = "/session/" + self.ask("POST", "/session", {"capabilities": {"alwaysMatch": capabilities}})["sessionId"]

    def ask(self, method, path, body=None):
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request("http://127.0.0.1:%d%s" % (self.port, path), data, method=method,
                                         headers={"Content-Type": "application/json"})
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        return json.load(opener.open(request, timeout=60))["value"]

    def script(self, text):
        return self.ask("POST", self.session + "/execute/sync", {"script": text, "args": []})

    def close(self):
        try:
            self.ask("DELETE", self.session)
        finally:
            self.driver.terminate()
            self.driver.wait()


LOOK = """
const box = e => e.getBoundingClientRect();
return {
  title: document.title,
  sections: [...document.querySelectorAll('h2')].map(e => e.id),
  figures: [...document.querySelectorAll('figure.plot')].map(e => {
    const svg = e.querySelector('svg'), inside = svg.getBBox();
    return {kind: e.dataset.kind, width: box(svg).width, height: box(svg).height, inner: inside.width,
            shapes: svg.querySelectorAll('path,polygon,use').length,
            texts: [...svg.querySelectorAll('text')].map(t => t.textContent.trim()),
            outside: [...svg.querySelectorAll('text')].filter(t => t.textContent.trim() &&
              (box(t).left < box(svg).left - 1 || box(t).right > box(svg).right + 1)).map(t => t.textContent)};
  }),
  rows: Object.fromEntries([...document.querySelectorAll('h2')].map(h => {
    let n = 0;
    for (let e = h.nextElementSibling; e && e.tagName !== 'H2'; e = e.nextElementSibling)
      n += e.querySelectorAll('tbody tr').length;
    return [h.id, n];
  })),
  wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  ids: (all => all.length - new Set(all).size)([...document.querySelectorAll('[id]')].map(e => e.id)),
  background: getComputedStyle(document.body).backgroundColor,
  ink: getComputedStyle(document.querySelector('figure svg text')).fill,
  notes: [...document.querySelectorAll('ul.notes li')].map(e => e.textContent),
};"""


def look(path, kinds, sections):
    """Open the page: no errors, nothing outside of it, every picture is there and has something in it."""
    text = open(path, encoding="utf-8").read()
    for address in re.findall(r"""(?:https?:)?//[^\s"'<>]+""", text):
        assert address in ("http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"), address
    assert "<script" not in text and "@import" not in text and not re.search(r"""(src|href)=["'](?!#|data:)""", text)
    browser = Browser()
    try:
        browser.ask("POST", browser.session + "/url", {"url": "file://" + path})
        page = browser.script(LOOK)
        assert [figure["kind"] for figure in page["figures"]] == kinds, page["figures"]
        for figure in page["figures"]:
            assert figure["width"] > 700 and figure["height"] > 150 and figure["inner"] > 600, figure
            assert figure["shapes"] > 20 and figure["texts"], figure
            assert not figure["outside"], figure
        assert page["sections"] == sections, page["sections"]
        assert page["wide"] <= 0, "no sideways scrolling"
        assert page["ids"] == 0, "names are unique"
        shot = base64.b64decode(browser.ask("GET", browser.session + "/screenshot"))
        assert shot.startswith(b"\x89PNG") and len(shot) > 40000, len(shot)
        keep = os.environ.get("NSIM_SCREENSHOT")
        if keep:
            open(keep, "wb").write(shot)
        # In the dark
        browser.ask("POST", browser.session + "/goog/cdp/execute",
                    {"cmd": "Emulation.setEmulatedMedia",
                     "params": {"features": [{"name": "prefers-color-scheme", "value": "dark"}]}})
        dark = browser.script(LOOK)
        light_of = lambda colour: sum(int(n) for n in re.findall(r"\d+", colour)[:3])
        assert light_of(page["background"]) > 700 > 200 > light_of(page["ink"]), page
        assert light_of(dark["background"]) < 120 and light_of(dark["ink"]) > 600, dark
        errors = [line for line in browser.ask("POST", browser.session + "/se/log", {"type": "browser"})
                  if line["level"] in ("SEVERE", "WARNING")]
        assert not errors, errors
        return page
    finally:
        browser.close()


def waited(db):
    """Of a request's time the page says for whose compilation a collection waited: half of a pause, say."""
    pause, start = db.execute(
        "SELECT g.pause_ns, g.start_ns FROM gc_event g, (SELECT * FROM request WHERE warmup = 0 AND status <> 'unfinished'"
        " ORDER BY done_ns - arrival_ns DESC, id LIMIT 10) WHERE gc_ns > 0 AND g.start_ns > arrival_ns AND"
        " g.start_ns + g.pause_ns < done_ns ORDER BY g.pause_ns DESC LIMIT 1").fetchone()
    with db:
        db.execute("UPDATE request_data SET gc_ns = gc_ns - ?1, safepoint_ns = ?1 WHERE arrival_ns < ?2 AND done_ns > ?2",
                   (pause // 2, start))
        db.execute("INSERT INTO string (value) VALUES ('<compiled>')")
        db.execute("UPDATE gc_event_data SET to_safepoint_ns = ?, after_safepoint_ns = 0, safepoint_function_id ="
                   " (SELECT id FROM string WHERE value = '<compiled>') WHERE start_ns = ?", (pause // 2, start))
    call("report", "run.db", "-o", "waited.html")
    text = open(os.path.join(TMP, "waited.html"), encoding="utf-8").read()
    assert re.search(r'title="safepoint [\d.]+ .s, garbage collection waiting for a thread that compiled'
                     r' &lt;compiled&gt;"', text)
    assert "</i>safepoint</span>" in text, "the key"


def arrivals():
    db = run("login")
    assert call("report", "run.db", "-o", "out/").strip() == "out/index.html"
    page = look(os.path.join(TMP, "out/index.html"), ["latency", "blame", "loop", "pool", "latency", "gc", "tiers"],
                ["stands-out", "requests", "loop", "pool", "heap", "tiers", "configuration"])
    assert page["title"] == "login"
    (classes,), = db.execute("SELECT count(DISTINCT class) FROM request")
    assert page["rows"]["requests"] == classes + 10
    (kinds,), = db.execute("SELECT count(DISTINCT kind) FROM pool_task")
    assert page["rows"]["pool"] == kinds
    summary = json.loads(call("summary", "--json", "run.db"))
    assert len(page["notes"]) == len(summary["verdicts"]) >= 1
    text = open(os.path.join(TMP, "out/index.html"), encoding="utf-8").read()
    slowest = db.execute("SELECT id FROM request WHERE warmup = 0 AND status <> 'unfinished' "
                         "ORDER BY done_ns - arrival_ns DESC, id LIMIT 1").fetchone()[0]
    assert "<tr><td>%d</td>" % slowest in text
    assert "&quot;threadpool&quot;" in text, "the configuration"
    assert os.listdir(os.path.join(TMP, "out")) == ["index.html"], "one file"
    waited(run("json-service"))  # whose slow requests meet collections


def plain():
    db = run("deopt-loop")
    call("report", "run.db", "-o", "plain.html")
    (collections,), = db.execute("SELECT count(*) FROM gc_event")
    page = look(os.path.join(TMP, "plain.html"), ["gc", "tiers"] if collections else ["tiers"],
                ["stands-out", "loop"] + (["heap"] if collections else []) + ["tiers", "configuration"])
    assert page["rows"]["tiers"] > 4
    assert "cannot" in call("report", "run.db", "-o", "plain.html/x", expect=2)
    assert "No such file" in call("report", "none.db", expect=2)


def timers():
    with open(os.path.join(TMP, "<timers> & spans.js"), "w", encoding="utf-8") as file:
        file.write("""const busy = ms => { const t = performance.now(); while (performance.now() - t < ms); };
            let n = 0;
            const timer = setInterval(() => {
              performance.mark('from');
              busy(n % 20 === 0 ? 12 : 1);
              performance.measure('work <' + n % 2 + '>', 'from');
              if (++n === 100) clearInterval(timer);
            }, 5);""")
    db = run(os.path.join(TMP, "<timers> & spans.js"))
    spans = db.execute("SELECT metric, count(*), min(value), max(value) FROM sample WHERE metric LIKE 'measure.%' "
                       "GROUP BY metric").fetchall()
    assert [row[:2] for row in spans] == [("measure.work <0>", 50), ("measure.work <1>", 50)], spans
    assert 12e6 <= spans[0][3] < 13e6 and 1e6 <= spans[1][3] < 1.1e6, spans
    late = [row[0] for row in db.execute("SELECT value FROM sample WHERE metric = 'timer.late' ORDER BY 1")]
    assert len(late) == 100 and late[0] >= 0
    assert sum(ns > 5e6 for ns in late) == 5, "the timer after a span of 12 ms comes 7 ms late"
    assert db.execute("SELECT count(*) FROM sample JOIN callback ON t_ns = start_ns WHERE kind = 'Timeout' AND "
                      "metric = 'timer.late'").fetchone()[0] == 100
    call("report", "run.db", "-o", "timers.html")
    page = look(os.path.join(TMP, "timers.html"), ["loop", "latency", "latency", "gc", "tiers"],
                ["stands-out", "loop", "heap", "tiers", "configuration"])
    assert page["title"] == "<timers> & spans"
    assert any("work <0>: p50 1.00 ms" in text for text in page["figures"][2]["texts"]), page["figures"][2]["texts"]


def sweep():
    quick = os.path.join(HERE, "..", "sweep", "quick.yaml")
    call("sweep", quick, "--vary", "node.threadpool=1,2,4", "-n", "2", "-o", "sweep.db", "--quiet")
    call("report", "sweep.db")
    page = look(os.path.join(TMP, "sweep-report/index.html"), ["sweep"] * 4,
                ["stands-out", "pictures", "points", "configuration"])
    assert page["rows"]["points"] == 3
    assert any("request.p99" in note for note in page["notes"]), page["notes"]
    assert any("3 of 6 runs are replayed from 2 traced runs; the full runs" in note for note in page["notes"]), page["notes"]


try:
    globals()[sys.argv[3]]()
finally:
    subprocess.run(["rm", "-rf", TMP], check=False)

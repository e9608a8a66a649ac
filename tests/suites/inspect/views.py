#!/usr/bin/env python3
"""views.py NSIM DIR: what each view of `nsim inspect` shows of short programs."""
import json
import os
import re
import subprocess
import sys
import tempfile

NSIM = sys.argv[1]
FOLDER = tempfile.mkdtemp(prefix="nsim-")


def inspect(source, *options, name="app.js", code=0):
    path = os.path.join(FOLDER, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(source)
    done = subprocess.run([NSIM, "inspect", *options, path], capture_output=True, text=True, stdin=subprocess.DEVNULL,
                          env={"PATH": os.environ["PATH"], "LC_ALL": "C"}, check=False)
    assert done.returncode == code, done.stderr
    return done.stdout if code == 0 else done.stderr


def view(kind, source, *options, **more):
    return json.loads(inspect(source, f"--{kind}", "--json", *options, **more))[kind]


def tokens():
    found = view("tokens", "const a = /x/g; // why\nlet b = `${a}` + 1n;\n")
    assert [(t["type"], t["text"]) for t in found][:5] == [
        ("keyword", "const"), ("name", "a"), ("punctuator", "="), ("regexp", "/x/g"), ("punctuator", ";")], found
    assert ("comment", "// why") in [(t["type"], t["text"]) for t in found]
    assert ("bigint", "1n") in [(t["type"], t["text"]) for t in found]
    narrowed = view("tokens", "f(1);\nfunction f(x) {\n  return x;\n}\n", "--function", "f")
    assert narrowed[0]["line"] == 2 and narrowed[-1]["line"] == 4, narrowed


def ast():
    found = view("ast", "import x from 'y';\nexport default () => x ?? 1;\n", name="app.mjs")
    assert [n["type"] for n in found["body"]] == ["ImportDeclaration", "ExportDefaultDeclaration"], found
    text = inspect("class A {\n  m(a) { return a; }\n}\n", "--ast", "--function", "m")
    assert "ReturnStatement" in text and "ClassDeclaration" not in text, text


SCOPES = """
function outer(a, b) {
  let kept = a, local = b, unseen;
  for (let i = 0; i < 2; i++) setTimeout(() => kept + i);
  try { local(); } catch (problem) { return problem; }
  return function inner() { return a; };
}
function dynamic(p) {
  let q = 1;
  return eval(p);
}
function lenient(o) {
  let v = 1;
  with (o) v = 2;
  return v;
}
"""


def places(scope, found=None):
    found = {} if found is None else found
    for variable in scope["variables"]:
        found[variable["name"]] = variable["where"]
    for inner in scope["inner"]:
        places(inner, found)
    return found


def scopes():
    outer = places(view("scopes", SCOPES, "--function", "outer")[0])
    assert outer == {"a": "context", "b": "stack", "kept": "context", "local": "stack", "unseen": "stack",
                     "i": "context", "problem": "stack"}, outer
    dynamic = places(view("scopes", SCOPES, "--function", "dynamic")[0])
    assert dynamic["p"] == dynamic["q"] == dynamic["this"] == "context", dynamic
    lenient = places(view("scopes", SCOPES, "--function", "lenient")[0])
    assert lenient["v"] == "context" and lenient["o"] == "stack", lenient
    module = view("scopes", "import a from 'b';\nexport let c = a;\nlet d = 1;\nlet e = () => d;\n", name="app.mjs")[0]
    assert module["kind"] == "module"
    where = places(module)
    assert where["a"] == "module" and where["c"] == "module" and where["d"] == "context", where


def bytecode():
    found = view("bytecode", "function add(a, b) { return a + b; }\n", "--function", "add")[0]
    assert [i["op"] for i in found["engine"]["code"]] == ["get_arg0", "get_arg1", "add", "return"], found
    assert [i["name"] for i in found["ignition"]["code"]] == ["Ldar", "Add", "Return"], found
    assert found["v8_size"] == 6, found
    text = inspect("const f = 1;\n", "--bytecode")
    assert "nsim's rendering" in text and "QuickJS" in text


EVERYTHING = """
class A { #p = 1; static s = 2; f = 3; get p() { return this.#p; } *g() { yield* [1, 2]; } static { A.t = 1; } }
class B extends A { constructor(...all) { super(...all); this.z = new.target; } m() { return super.p; } }
async function wait(list) { for await (const x of list) { try { await x; } finally { list.done?.(x ?? 1); } } }
function all({ a, b: [c, ...d] = [], ...rest }, e = a ? c : d) {
  outer: for (const k in rest) { for (const v of d) { if (v) continue outer; if (k) break outer; } }
  switch (e) { case 1: return a && b(c) || d; case 2: e++; default: e **= 2; }
  try { return [a, ...d, { [c]: e, ...rest, get x() { return 1; } }]; } catch ({ message }) { throw message; } finally { e = void 0; }
}
function b(x) { with (x) { y = typeof z; delete x.y; } do { x -= 1; } while (x > 0); return `a${x}b`, /r/g, 1n, x in A, x instanceof A; }
"""


def renderings():
    """Each rendering's registers and jumps are within it."""
    for function in view("bytecode", EVERYTHING):
        code = function["ignition"]["code"]
        offsets = {row["offset"] for row in code} | {function["ignition"]["bytes"]}
        for row in code:
            for operand in row.get("operands", []):
                assert "?" not in operand, (function["name"], row)
                for register in re.findall(r"\br(\d+)", operand):
                    assert int(register) < function["ignition"]["registers"], (function["name"], row)
                if operand.startswith("@"):
                    assert int(operand[1:]) in offsets, (function["name"], row)


RUN = """
class Point { constructor(x, y) { this.x = x; this.y = y; } }
function add(a, b) { return a + b; }
function norm(p) { return p.x * p.x + p.y * p.y; }
let sum = 0;
for (let i = 0; i < 20000; i++) { sum = add(sum, i); norm(new Point(i, 1)); }
add('a', 'b');
norm({ y: 1, x: 2 });
console.log('printed');
"""
WIDER = RUN + "const kept = [new Point(1, 2), new Point(3, 4.5)];\n"


def feedback():
    found = {f["name"]: f for f in view("feedback", RUN)}
    (site,) = found["add"]["sites"]
    assert (site["kind"], site["state"], site["line"]) == ("arithmetic", "Any", 3), site
    loads = [s for s in found["norm"]["sites"] if s["kind"] == "load"]
    assert {s["state"] for s in loads} == {"polymorphic"}, loads
    assert loads[0]["seen"] == ["Point{x, y}", "{y, x}"], loads[0]
    calls = [s for s in found["(module)"]["sites"] if s["kind"] == "call" and s["line"] == 6]
    assert calls[0]["seen"] == ["add (app.js:3)"], calls


def maps():
    found = view("maps", WIDER)
    flat = []

    def walk(row):
        flat.append(row)
        for row in row["transitions"]:
            walk(row)
    for root in found:
        walk(root)
    named = {row["name"]: row for row in flat if not row.get("deprecated")}
    assert named["Point{x, y}"]["made"] == {"function": "Point", "script": "/app/app.js", "line": 2}, named
    assert named["{y, x}"]["made"]["line"] == 8
    # 4.5 does not fit the field of small integers: another map took the old one's place.
    old = [row for row in flat if row.get("deprecated") and row["name"] == "Point{x, y}"]
    assert old and old[0]["representation"] == "Smi", old
    assert named["Point{x, y}"]["representation"] == "Double" and named["Point{x, y}"]["replaces"] == old[0]["id"]
    removing = "function drop(o) { delete o.a; return o.b; }\nfor (let i = 0; i < 9; i++) drop({ a: 1, b: 2, c: 3 });\n"
    (mode,) = [row for row in view("maps", removing) if row["name"] == "dictionary"]
    assert mode["objects"] >= 7 and mode["made"]["function"] == "drop", mode
    assert "In dictionary mode" in inspect(removing, "--maps")
    text = inspect(WIDER, "--maps")
    assert "The same properties in another order" in text and "printed" not in text
    # Ids of pure native functions carry a mark: they are no places in a table.
    native = "for (let i = 0; i < 500; i++) Math.sin(i);\nObject.create(Math.sin).own = 1;\nfunction P() { this.x = 1; }\nnew P();\n"
    assert "P{x}" in inspect(native, "--maps")


TEACHING = """class Point {
  constructor(x, y) {
    this.x = x;
    this.y = y;
  }
}
const a = { x: 1, y: 2 };
const b = { y: 1,
            x: 2 };
const c = new Point(3, 4.5);
c.x = 5;
b.z = 'late';
const d = { x: 1, y: 2, z: 3 };
delete d.x;
"""


def made_once():
    """Code that runs once makes maps, too: each transition has its line, which no feedback told."""
    found = {}

    def walk(row, above):
        found[row["name"]] = (row.get("made", {}).get("line"), above, row.get("representation"), row.get("constant"))
        for below in row["transitions"]:
            walk(below, row["name"])
    *roots, dictionary = view("maps", TEACHING)
    for root in roots:
        walk(root, None)
    assert found == {
        "{}": (None, None, None, None),
        "{x}": (7, "{}", "Smi", True), "{x, y}": (7, "{x}", "Smi", True), "{x, y, z}": (13, "{x, y}", "Smi", True),
        "{y}": (8, "{}", "Smi", True), "{y, x}": (9, "{y}", "Smi", True), "{y, x, z}": (12, "{y, x}", "HeapObject", True),
        "Point{}": (2, None, None, None),
        "Point{x}": (3, "Point{}", "Smi", False), "Point{x, y}": (4, "Point{x}", "Double", True)}, found
    assert dictionary["name"] == "dictionary" and dictionary["made"]["line"] == 14, dictionary
    text = inspect(TEACHING, "--maps")
    assert "made in Point (app.js:4)" in text and "no feedback; of Point (app.js:2)" in text, text


def workload():
    """A workload's flags and those of --set hold, and its own script is shown."""
    with open(os.path.join(FOLDER, "app.js"), "w", encoding="utf-8") as file:
        file.write(RUN)
    text = "script: app.js\nnode:\n  flags: [--no-opt]\n"
    found = {f["name"]: f for f in view("tiers", text, name="w.yaml")}
    assert found["add"]["not_optimized"] == "TurboFan is off", found["add"]
    both = json.loads(inspect(text, "--scopes", "--tiers", "--json", "--set", "node.flags=[]", name="w.yaml"))
    assert list(both) == ["scopes", "tiers"] and both["scopes"][0]["name"] == "(module)"
    assert any(f["optimizations"] for f in both["tiers"])


def tiers():
    found = {f["name"]: f for f in view("tiers", RUN)}
    kinds = [e["kind"] for e in found["add"]["events"]]
    assert "optimize" in kinds and "deopt-eager" in kinds, kinds
    off = {f["name"]: f for f in view("tiers", RUN, "--set", "node.flags=[--no-opt]")}
    assert off["add"]["not_optimized"] == "TurboFan is off"
    assert "not a Smi" in inspect(RUN, "--tiers", "-f", "add")
    # What escape analysis made of each object stands with its place.
    points = ("""const kept = [];
        function near(i) { const p = { x: i, y: 1 }; return p.x + p.y; }
        function far(i) { const p = { x: i, y: 1 }; kept[i & 7] = p; return p.x; }
        let sum = 0;
        for (let i = 0; i < 50000; i++) sum += near(i & 63) + far(i & 63);""")
    for name, said in (("near", r"object of app.js:2:\d+ removed: it does not escape"),
                       ("far", r"object of app.js:3:\d+ allocated: it escapes")):
        found = inspect(points, "--tiers", "-f", name)
        assert re.search(said, found), found
    # What is removed for one reason is told in one line.
    found = inspect("function sum(i) { let s = 0; " + "".join(f"{{ const p = {{ x: i + {n} }}; s += p.x; }}\n" for n in range(12)) +
                    " return s; }\nlet all = 0;\nfor (let i = 0; i < 50000; i++) all += sum(i & 63);", "--tiers", "-f", "sum")
    assert re.search(r"objects of app.js:1:\d+, .*app.js:8:\d+ and at 4 places more removed: they do not escape", found), found


def calls():
    source = "function fib(n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }\nfib(3);\nfor (let i = 0; i < 500; i++) a();\nfunction a() { b(); }\nfunction b() {}\n"
    found = view("calls", source)["calls"]
    assert [(c["depth"], c["name"], c["count"]) for c in found] == [
        (0, "(module)", 1), (1, "fib", 1), (2, "fib", 1), (3, "fib", 2), (2, "fib", 1), (1, "a", 500), (2, "b", 500)], found
    assert all(c["begin_ns"] <= c["end_ns"] for c in found)
    inside = [c for c in found if c["depth"] == 1]
    assert sum(c["time_ns"] for c in inside) <= found[0]["time_ns"]
    generator = "function* g() { yield 1; yield 2; }\nasync function h() { await 0; }\nfor (const x of g()) ;\nh();\n"
    found = view("calls", generator)["calls"]
    # A generator is entered for each of its parts.
    assert sum(c["count"] for c in found if c["name"] == "g") == 4, found
    assert sum(c["count"] for c in found if c["name"] == "h") == 2, found


def observer():
    """Looking changes nothing: the same times with and without the other views."""
    alone = view("tiers", RUN)
    together = json.loads(inspect(RUN, "--tiers", "--calls", "--maps", "--feedback", "--json"))
    assert together["tiers"] == alone
    assert list(together) == ["feedback", "maps", "elements", "tiers", "calls"]


def faults():
    assert "app.js:2:9: SyntaxError" in inspect("let a;\nlet b = ;\n", "--ast", code=2)
    assert "SyntaxError" in inspect("let a;\nlet b = ;\n", "--bytecode", code=2)
    assert 'no function "nope"' in inspect("let a;\n", "--scopes", "--function", "nope", code=2)
    assert "--tokens" in inspect("let a;\n", code=2)


for test in (tokens, ast, scopes, bytecode, renderings, feedback, maps, made_once, workload, tiers, calls, observer, faults):
    test()
    print("ok", test.__name__)

#!/usr/bin/env python3
"""maps.py NSIM NODE _: two objects have the same map in nsim exactly when %HaveSameMap of the real node says so.

In nsim a load that has seen both is monomorphic when they have. Each object is used by a load of its own first, so that
V8 has moved it away from a map that is out of use.

Objects of code that runs once are compared, too: as many of each map are alive in nsim's tree as %HaveSameMap puts together.

KNOWN: V8's maps begin with the number of properties that a literal's text has, nsim's do not: an object that grows beyond
its literal has the map of one that was written whole.
"""
import itertools
import json
import os
import subprocess
import sys
import tempfile

nsim, node = sys.argv[1:3]
OBJECTS = {
    "xy": "{ x: 1, y: 2 }",
    "xyToo": "{ x: 3, y: 4 }",
    "yx": "{ y: 1, x: 2 }",
    "grown": "(() => { const o = { x: 1 }; o.y = 2; return o; })()",
    "strings": "{ x: 's', y: 't' }",
    "xyz": "{ x: 1, y: 2, z: 3 }",
    "point": "new Point(1, 2)",
    "pointToo": "new Point(3, 4)",
    "pointDouble": "new Point(3.5, 4)",
    "sub": "new Sub(1, 2)",
    "other": "new Other(1, 2)",
    "bare": "Object.assign(Object.create(null), { x: 1, y: 2 })",
    "removed": "(() => { const o = { x: 1, y: 2, w: 3 }; delete o.x; return o; })()",
    "smis": "[1, 2, 3]",
    "smisToo": "[4, 5]",
    "doubles": "[1.5, 2.5]",
    "elements": "['a', 'b']",
    "holey": "(() => { const a = new Array(3); a[0] = 1; return a; })()",
}
HEAD = """class Point { constructor(x, y) { this.x = x; this.y = y; } }
class Sub extends Point {}
class Other { constructor(x, y) { this.x = x; this.y = y; } }
"""
HEAD += "".join(f"const {name} = {text};\n" for name, text in OBJECTS.items())
KNOWN = {("xy", "grown"), ("xyToo", "grown"), ("grown", "strings")}
pairs = list(itertools.combinations(OBJECTS, 2))


def run(*words):
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout


ONCE = [text for name, text in OBJECTS.items() if name not in
        ("grown", "removed", "smis", "smisToo", "doubles", "elements", "holey", "pointDouble")]
ONCE += ["{ x: 5, y: 6, z: 7 }", "{ z: 1, x: 2, y: 3 }", "new Other(5, 6)", "JSON.parse('{\"x\":1,\"y\":2}')",
         "{ name: 'a', get x() { return 1; } }", "{ name: 'b', x: 1 }"]


def same_maps(folder):
    theirs, ours = os.path.join(folder, "once.js"), os.path.join(folder, "mine.js")
    made = HEAD.split("\nconst", 1)[0] + "\n" + "globalThis.list = [" + ", ".join(ONCE) + "];\n"
    with open(theirs, "w", encoding="utf-8") as file:
        file.write(made + "const sizes = [];\nfor (const o of list) {\n"
                   "  const at = sizes.find((s) => %HaveSameMap(s[0], o));\n"
                   "  if (at) at[1]++; else sizes.push([o, 1]);\n}\n"
                   "console.log(JSON.stringify(sizes.map((s) => s[1]).sort()));\n")
    with open(ours, "w", encoding="utf-8") as file:
        file.write(made)
    real = json.loads(run(node, "--allow-natives-syntax", theirs))
    alive = []

    def walk(row):
        if row["alive"] and row.get("made", {}).get("line") and "adds" in row:
            alive.append(row["alive"])
        for below in row["transitions"]:
            walk(below)
    for root in json.loads(run(nsim, "inspect", "--maps", "--json", ours))["maps"]:
        walk(root)
    print(f"{len(ONCE)} objects made once: maps of {sorted(alive)} objects, of the real node {real}")
    return sorted(alive) == real


with tempfile.TemporaryDirectory() as folder:
    once = same_maps(folder)
    theirs, ours = os.path.join(folder, "theirs.js"), os.path.join(folder, "ours.js")
    with open(theirs, "w", encoding="utf-8") as file:
        file.write(HEAD + "".join(f"function load_{o}(o) {{ return o.x; }}\nfor (let i = 0; i < 4; i++) load_{o}({o});\n"
                                  for o in OBJECTS) + "console.log(JSON.stringify([" +
                   ", ".join(f"%HaveSameMap({a}, {b})" for a, b in pairs) + "]));\n")
    with open(ours, "w", encoding="utf-8") as file:
        file.write(HEAD)
        for a, b in pairs:
            file.write(f"function {a}_{b}(o) {{ return o.x; }}\n"
                       f"for (let i = 0; i < 4; i++) {{ {a}_{b}({a}); {a}_{b}({b}); }}\n")
    real = json.loads(run(node, "--allow-natives-syntax", "--no-lazy-feedback-allocation", theirs))
    sites = {f["name"]: f["sites"] for f in json.loads(run(nsim, "inspect", "--feedback", "--json", ours))["feedback"]}
found = [sites[f"{a}_{b}"][0]["state"] == "monomorphic" for a, b in pairs]
wrong = [(pair, same) for pair, same, mine in zip(pairs, real, found) if same != mine]
for (a, b), same in wrong:
    if (a, b) in KNOWN:
        continue
    print(f"{a}, {b}: node says {'the same map' if same else 'two maps'}, nsim the other")
print(f"{len(pairs)} pairs, {sum(real)} with the same map, {len(wrong)} wrong, {len(KNOWN)} of them known")
sys.exit({pair for pair, _ in wrong} != KNOWN or sum(real) < 5 or not once)

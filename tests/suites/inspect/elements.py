#!/usr/bin/env python3
"""elements.py NSIM NODE: the elements kinds that `nsim inspect --maps` shows are those of the real node. Each program
below makes one array: it ends with the kind that the natives %HasSmiElements and so on tell of it, and whatever node tells
of by --trace-elements-transitions stands in nsim's list, with its line."""
import json
import os
import re
import subprocess
import sys
import tempfile

nsim, node = sys.argv[1:3]
PROGRAMS = {
    "doubles": "const a = [1, 2, 3];\na[1] = 1.5;\na[2] = 'x';",
    "pushed": "const a = [];\na.push(1);\na.push(2.5);\na.push({});",
    "length": "const a = new Array(10);\na[0] = 1;\na[1] = 0.5;\na[2] = 'x';",
    "called": "const a = Array(4);\na[3] = 'x';",
    "beyond": "const a = [1, 2];\na[5] = 3;",
    "longer": "const a = [1.5, 2.5];\na.length = 10;",
    "longer_empty": "const a = [];\na.length = 5;",
    "deleted": "const a = [1, 2, 3];\ndelete a[1];",
    "sparse": "const a = [];\na[100000] = 1;",
    "filled": "const a = new Array(3).fill(0);",
    "unshifted": "const a = [1, 2];\na.unshift(0.5);",
    "spliced": "const a = [3, 4];\na.splice(0, 1, 'a', 'b');",
    "parsed": "const a = JSON.parse('[1, 2.5, \"x\"]');",
    "joined": "const a = [1, 2].concat(['x']);",
    "split": "const a = 'a,b'.split(',');",
    "mapped": "const a = [1, 2, 3].map((x) => 'n' + x);",
    "literal_doubles": "const a = [1.5, 2];",
    "literal_mixed": "const a = [1, 'x'];",
    "packed": "const a = [];\nfor (let i = 0; i < 100; i++) a.push(i);",
    "backwards": "const a = [];\nfor (let i = 9; i >= 0; i--)\n  a[i] = i;",
}
KIND = "(%HasDictionaryElements(a) ? 'DICTIONARY' : (%HasHoleyElements(a) ? 'HOLEY' : 'PACKED') + " \
       "(%HasSmiElements(a) ? '_SMI' : %HasDoubleElements(a) ? '_DOUBLE' : '')) + '_ELEMENTS'"
TRACED = re.compile(r"^elements transition \[(\w+) -> (\w+)\] in \S+ at (\S+):(\d+) for", re.M)
# Who looks at the kinds of an array at its end sees a literal's, too: nsim's list has only what changed.
BY_LITERAL = {"literal_doubles": "PACKED_DOUBLE_ELEMENTS", "literal_mixed": "PACKED_ELEMENTS"}

failed = 0
told = 0
begins = {}
plain, asked = [], []
for name, text in PROGRAMS.items():
    begins[name] = len(plain) + 1  # the line behind it is the first of the program
    plain += [f"function {name}() {{", *text.split("\n"), "}"]
    asked += [f"function {name}() {{", *text.split("\n"), f"console.log('kind {name} ' + {KIND}); }}"]
calls = "".join(f"{name}();\n" for name in PROGRAMS)
with tempfile.TemporaryDirectory() as folder:
    paths = [os.path.join(folder, name) for name in ("plain.js", "asked.js")]
    for path, lines in zip(paths, (plain, asked)):
        with open(path, "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n" + calls)
    real = subprocess.run([node, "--allow-natives-syntax", "--trace-elements-transitions", paths[1]], check=True,
                          capture_output=True, text=True).stdout
    found = json.loads(subprocess.run([nsim, "inspect", "--maps", "--json", paths[0]], check=True, capture_output=True,
                                      text=True).stdout)["elements"]
    traced = [(before, after, int(line)) for before, after, script, line in TRACED.findall(real) if script == paths[1]]
    for name, text in PROGRAMS.items():
        kind = re.search(rf"^kind {name} (\w+)$", real, re.M)[1]
        rows = [row for row in found if row["function"] == name]
        mine = [(row["from"], row["to"], row["line"]) for row in rows]
        last = rows[-1]["to"] if rows else BY_LITERAL.get(name, "PACKED_SMI_ELEMENTS")
        if last != kind:
            failed += 1
            print(f"{name}: node has {kind}, nsim {last}: {mine}")
        for change in traced:
            if begins[name] < change[2] <= begins[name] + text.count("\n") + 1:
                told += 1
                if change not in mine:
                    failed += 1
                    print(f"{name}: node tells of {change}, nsim of {mine}")
    # The view as text: what the hint of the shipped workload points to.
    holes = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../workloads/array-holes.yaml")
    text = subprocess.run([nsim, "inspect", "--maps", holes], check=True, capture_output=True, text=True).stdout
    for line in (r"made with HOLEY_SMI_ELEMENTS +1 array +in \(module\) \(array-holes.js:14\)",
                 r"PACKED_SMI_ELEMENTS -> HOLEY_SMI_ELEMENTS +1 array +in \(module\) \(array-holes.js:25\)"):
        if not re.search(line, text):
            failed += 1
            print(f"{line} is not in\n{text}")
print(f"{len(PROGRAMS)} arrays, {told} transitions that node tells of, {failed} wrong")
sys.exit(failed > 0 or told < 5)

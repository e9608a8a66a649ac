#!/usr/bin/env python3
"""check.py NSIM NODE: elements kinds of arrays that come about in many ways, as V8 says (%HasHoleyElements and the like)
and as the sites that load from them see it in nsim (nsim inspect --feedback)."""

import json
import os
import subprocess
import sys
import tempfile

ARRAYS = {  # by what makes them: the body of a function
    "literal": "return [1, 2, 3];",
    "doubles": "return [1.5, 2, 3];",
    "objects": "return [1, 'two', 3];",
    "hole in a literal": "return [1, , 3];",
    "hole in a literal of doubles": "return [1.5, , 3];",
    "hole in a literal of objects": "return ['one', , 3];",
    "hole at the end": "return [1, 2, , ];",
    "only holes": "return [, , ];",
    "length": "return new Array(5);",
    "length, every other filled": "const a = new Array(9); for (let i = 0; i < 9; i += 2) a[i] = i; return a;",
    "length, filled from behind": "const a = new Array(9); for (let i = 8; i >= 0; i--) a[i] = i; return a;",
    "length, filled in order": "const a = new Array(9); for (let i = 0; i < 9; i++) a[i] = i; return a;",
    "deleted": "const a = [1, 2, 3]; delete a[1]; return a;",
    "deleted at the end": "const a = [1, 2, 3]; delete a[2]; return a;",
    "a double after a hole": "const a = [1, , 3]; a[1] = 2.5; return a;",
    "a string after a hole": "const a = [1, , 3]; a[1] = 'two'; return a;",
    "a string after a double after a hole": "const a = [1, , 3]; a[0] = 2.5; a[1] = 'two'; return a;",
    "set, not added": "const a = [1, , 3]; a[2] = 2.5; return a;",
    "beyond the end": "const a = [1, 2, 3]; a[10] = 4; return a;",
    "within the gap": "const a = []; a[900] = 1; return a;",
    "beyond the gap": "const a = []; a[1200] = 1; return a;",
    "beyond the gap, with elements": "const a = [1, 2, 3]; a[3000] = 1; return a;",
    "many, then beyond the gap": "const a = []; for (let i = 0; i < 2000; i++) a.push(i); a[3500] = 1; return a;",
    "far, but of a length": "const a = new Array(5000); a[4000] = 1; return a;",
    "every tenth, on and on": "const a = []; for (let i = 0; i < 90000; i += 10) a[i] = i; return a;",
    "every thirtieth, then all": "const a = []; for (let i = 0; i < 9000; i += 30) a[i] = i;"
                                 " for (let i = 0; i < 9000; i++) a[i] = 0.5; return a;",
    "every thirteenth": "const a = []; for (let i = 0; i < 7000; i += 13) a[i] = i; return a;",
    "every hundredth": "const a = []; for (let i = 0; i < 20000; i += 100) a[i] = i; return a;",
    "every tenth": "const a = []; for (let i = 0; i < 20000; i += 10) a[i] = i; return a;",
    "every fourth": "const a = []; for (let i = 0; i < 20000; i += 4) a[i] = i; return a;",
    "all but a few deleted": "const a = []; for (let i = 0; i < 900; i++) a.push(i);"
                             " for (let i = 0; i < 890; i++) delete a[i]; return a;",
    "some deleted": "const a = []; for (let i = 0; i < 900; i++) a.push(i); for (let i = 0; i < 500; i++) delete a[i]; return a;",
    "few of few deleted": "const a = []; for (let i = 0; i < 30; i++) a.push(i); for (let i = 0; i < 29; i++) delete a[i]; return a;",
    "a getter": "const a = [1, 2, 3]; Object.defineProperty(a, 1, { get() { return 1; } }); return a;",
    "pushed after a hole": "const a = [1, , 3]; a.push(4.5); return a;",
    "sorted with holes": "const a = [3, , 1]; a.sort(); return a;",
    "doubles, cut and filled": "const a = [1.5, , 3]; a.length = 0; a.push(1); return a;",
    "sparse, cut and filled": "const a = []; a[5000] = 'one'; a.length = 0; a.push(1); return a;",
    "cut and filled": "const a = [1, , 3]; a.length = 0; a.push(1); return a;",
}
KINDS = """(a) => %HasDictionaryElements(a) ? 'dictionary' : 'Array[' + (%HasHoleyElements(a) ? 'HOLEY_' : 'PACKED_') +
  (%HasSmiElements(a) ? 'SMI_' : %HasDoubleElements(a) ? 'DOUBLE_' : '') + 'ELEMENTS]'"""


def program():
    made = []
    for i, body in enumerate(ARRAYS.values()):
        made.append(f"function make{i}() {{ {body} }}\nconst array{i} = make{i}();\nfunction read{i}(a) {{ return a.length; }}\n"
                    f"for (let i = 0; i < 1000; i++) read{i}(array{i});\n")
    return "".join(made)


def main():
    nsim, node = sys.argv[1:3]
    with tempfile.TemporaryDirectory() as scratch:
        path = os.path.join(scratch, "arrays.js")
        with open(path, "w") as out:
            out.write(program())
        told = os.path.join(scratch, "told.js")
        with open(told, "w") as out:
            arrays = ", ".join(f"array{i}" for i in range(len(ARRAYS)))
            out.write(program() + f"const kind = {KINDS};\nconsole.log(JSON.stringify([{arrays}].map(kind)));\n")
        found = subprocess.run([node, "--allow-natives-syntax", told], check=True, capture_output=True, text=True).stdout
        expected = dict(zip(ARRAYS, json.loads(found)))
        text = subprocess.run([nsim, "inspect", "--feedback", "--json", path], check=True, capture_output=True, text=True).stdout
    seen = {f["name"]: [s["seen"] for s in f["sites"] if s["kind"] == "load"] for f in json.loads(text)["feedback"]}
    wrong = 0
    for i, name in enumerate(ARRAYS):
        if seen[f"read{i}"] != [[expected[name]]]:
            wrong += 1
            print(f"{name}: {seen[f'read{i}']}, expected {expected[name]}")
    print(f"{len(ARRAYS)} arrays, {wrong} of another kind; kinds: {', '.join(sorted(set(expected.values())))}")
    return 1 if wrong or len(set(expected.values())) != 7 else 0


sys.exit(main())

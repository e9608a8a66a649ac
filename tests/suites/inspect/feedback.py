#!/usr/bin/env python3
"""feedback.py NSIM NODE PROGRAM.js: the sites of each function have the state that V8's feedback vector has.

Beside %DebugPrint of the real node. Kinds that only one of the two has (loops, closures, global loads) are left out.
"""
import json
import os
import re
import subprocess
import sys
import tempfile

nsim, node, program = sys.argv[1:4]
KINDS = {"BinaryOp": "arithmetic", "CompareOp": "compare", "LoadProperty": "load", "SetNamedSloppy": "store",
         "LoadKeyed": "keyed load", "StoreKeyedSloppy": "keyed store", "SetKeyedSloppy": "keyed store", "Call": "call"}
source = open(program, encoding="utf-8").read()
names = re.findall(r"^function (\w+)\(", source, re.M)


def real():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "printed.js")
        with open(path, "w", encoding="utf-8") as file:
            file.write(source + "".join(f"console.log('@@{n}'); %DebugPrint({n});\n" for n in names))
        # Optimized code would go on without telling its feedback. To a file: libuv makes a pipe non-blocking, and what
        # V8 prints with stdio while the pipe is full is lost.
        with open(os.path.join(folder, "output"), "w+", encoding="utf-8") as output:
            subprocess.run([node, "--allow-natives-syntax", "--no-lazy-feedback-allocation", "--no-opt", path], check=True,
                           stdout=output)
            output.seek(0)
            text = output.read()
    functions = {}
    for part in re.split(r"^@@", text, flags=re.M)[1:]:
        slots = re.findall(r"^ - slot #\d+ (\w+) (?:\w+:)?(\w+)", part, re.M)
        found = [(KINDS[kind], state) for kind, state in slots if kind in KINDS]
        functions[part.split("\n", 1)[0]] = sorted(
            (kind, "megamorphic" if state == "GENERIC" else state.lower() if state.isupper() else state.replace("InternalizedString", "String").replace("None", "uninitialized")
             .replace("BigInt64", "BigInt"))
            for kind, state in found)
    return functions


def ours():
    text = subprocess.run([nsim, "inspect", "--feedback", "--json", program], check=True, capture_output=True, text=True).stdout
    return {f["name"]: sorted((s["kind"], s["state"]) for s in f["sites"] if s["kind"] in KINDS.values())
            for f in json.loads(text)["feedback"]}


theirs, mine = real(), ours()
differ = 0
for name in names:
    if theirs[name] != mine.get(name):
        differ += 1
        print(f"{name}:\n  node {theirs[name]}\n  nsim {mine.get(name)}")
assert sum(len(sites) for sites in theirs.values()) >= len(names), theirs
print(f"{len(names)} functions, {sum(map(len, theirs.values()))} sites, {differ} functions differ")
sys.exit(differ > 0)

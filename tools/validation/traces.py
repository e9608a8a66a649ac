"""The text of --trace-opt, --trace-deopt (both with --trace-file-names) and --trace-gc, parsed.

The forms are those of V8 11.3: src/execution/tiering-manager.cc, src/codegen/compiler.cc,
src/deoptimizer/deoptimizer.cc, src/objects/js-objects.cc (JSFunction::ShortPrint) and
src/heap/gc-tracer.cc (GCTracer::Print).

A program's own output may share the stream, so that a line of a trace can begin after other text. A line that begins
as one of a trace and cannot be read is kept in `unread`: whoever counts lines must not count around them.
"""
import collections
import os
import re

FUNCTION = (r"(?:0x[0-9a-f]+ )?<JSFunction(?: (?P<name>.+?))??(?: <(?P<script>[^<>]*)>)?"
            r" \(sfi = 0x(?P<sfi>[0-9a-f]+)\)>")
LINES = {
    "marking": re.compile(r"\[marking " + FUNCTION + r" for optimization to (?P<tier>\w+), [\w:]+, "
                          r"reason: (?P<reason>[^\]]+)\]"),
    "optimized": re.compile(r"\[completed optimizing " + FUNCTION + r" \(target (?P<tier>\w+)\)(?P<osr> OSR)?\]"),
    "deopt": re.compile(r"\[bailout \(kind: (?P<kind>[\w-]+), reason: (?P<reason>.+?)\): begin\. deoptimizing "
                        + FUNCTION + r", "),
    "invalid": re.compile(r"\[marking dependent code 0x[0-9a-f]+ <Code \w+> \(0x(?P<sfi>[0-9a-f]+) "
                          r"<SharedFunctionInfo(?: (?P<name>.+?))?>\) \(opt id \d+\) for deoptimization, "
                          r"reason: (?P<reason>[^\]]+)\]"),
}
# What a line of each kind begins with; "invalid" is looked for before "marking", of which it is a special case.
BEGINNINGS = (("invalid", "[marking dependent code "), ("marking", "[marking 0x"),
              ("optimized", "[completed optimizing "), ("deopt", "[bailout ("))
COLLECTION_BEGINS = re.compile(r"\[\d+:0x[0-9a-f]+\] +\d+ ms: ")
COLLECTION = re.compile(
    COLLECTION_BEGINS.pattern + r"(?P<kind>Scavenge|Mark-Compact|Minor Mark-Compact)(?: \((?P<mode>[^)]*)\))? "
    r"(?P<before>[\d.]+) \([\d.]+\) -> (?P<after>[\d.]+) \([\d.]+\) MB, (?P<pause>[\d.]+) / [\d.]+ ms +"
    r"(?:\(\+ (?P<steps>[\d.]+) ms in \d+ steps since start of marking, [^)]*\) *)?\(average mu")
LAST_COLLECTIONS = "<--- Last few GCs --->"  # the fatal error repeats lines that were printed before

Deopt = collections.namedtuple("Deopt", "function reason")
Moved = collections.namedtuple("Moved", "kind before after promoted copied")
Collection = collections.namedtuple("Collection", "kind before_mb after_mb pause_ms")


class Decisions:
    """What one run's trace says of one program: names of functions, anonymous ones as "(anonymous)"."""

    def __init__(self):
        self.optimized = set()
        self.on_stack = set()  # the part of `optimized` that was optimized by on-stack replacement
        self.deopts = set()
        self.unread = []


def name_of(match):
    return match["name"] or "(anonymous)"


def typical(found):
    """What is decided in half of several runs or more."""
    decided = Decisions()
    for part in ("optimized", "on_stack", "deopts"):
        seen = collections.Counter(item for run in found for item in getattr(run, part))
        getattr(decided, part).update(item for item, count in seen.items() if 2 * count >= len(found))
    return decided


def decisions(text):
    """The functions of the program and its modules that were optimized, and their deopts: all that has a file, as
    Node's own library (node:events) has not."""
    found, names, scripts = Decisions(), set(), {}

    def is_own(match):
        return match["script"] is not None and os.path.isabs(match["script"])

    dependent = []
    for line in text.splitlines():
        for kind, beginning in BEGINNINGS:
            if beginning in line:
                break
        else:
            continue
        match = LINES[kind].search(line)
        if match is None:
            found.unread.append(line)
        elif kind == "invalid":
            dependent.append(match)
        else:
            scripts[int(match["sfi"], 16)] = is_own(match)
            if not is_own(match):
                continue
            names.add(name_of(match))
            if kind == "optimized":
                found.optimized.add(name_of(match))
                if match["osr"]:
                    found.on_stack.add(name_of(match))
            elif kind == "deopt":
                found.deopts.add(Deopt(name_of(match), match["reason"]))
    # These lines name no script. The function's address tells it, unless a collection moved the function meanwhile.
    for match in dependent:
        if scripts.get(int(match["sfi"], 16), name_of(match) in names):
            found.deopts.add(Deopt(name_of(match), match["reason"]))
    return found


def moved(text):
    """bytes that each collection moved, in the order of the collections, by --trace-gc-nvp"""
    found = []
    for line in text.splitlines():
        pairs = dict(re.findall(r"([a-z_.]+)=([-0-9.a-z]+)", line)) if " ms: pause=" in line else {}
        if pairs:
            found.append(Moved("scavenge" if pairs["gc"] == "s" else "mark-compact", *(int(pairs[key]) for key in (
                "total_size_before", "total_size_after", "promoted", "new_space_survived"))))
    return found


def collections_of(text):
    """(collections in their order, unread lines)"""
    found, unread = [], []
    for line in text.split(LAST_COLLECTIONS)[0].splitlines():
        if COLLECTION_BEGINS.search(line) is None:
            continue
        match = COLLECTION.search(line)
        if match is None:
            unread.append(line)
            continue
        pause = float(match["pause"]) + float(match["steps"] or 0)
        found.append(Collection(match["kind"], float(match["before"]), float(match["after"]), pause))
    return found, unread

"""Random programs whose output order Node fixes.

A program is a tree of steps. Every step prints its number; it may be synchronous, or run its children
from a nextTick, a promise reaction, an await, a queueMicrotask, an immediate, a timer, an emitter, a
file system or a crypto callback. What Node leaves open is avoided: at most one branch of the program
waits for the thread pool at a time (they are chained), timers differ by at least 20 ms, and no timer
runs beside an immediate or a pool task of another branch: such steps are put one after the other.
"""
import random


class Program:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.count = 0
        self.delay = 0

    def label(self):
        self.count += 1
        return f"'{self.count}'"

    def timer(self):
        self.delay += self.random.choice((20, 25, 30))
        return self.delay

    def steps(self, depth, micro):
        return " ".join(self.step(depth, micro) for _ in range(self.random.randint(1, 3)))

    # `micro`: only steps that end before the loop goes on, so that no two branches race.
    def step(self, depth, micro):
        log = f"log({self.label()});"
        if depth == 0:
            return log
        inner = lambda: self.steps(depth - 1, True)
        kinds = ["sync", "tick", "then", "catch", "finally", "await", "queue", "emit", "try", "all", "als", "loop",
                 "thenable", "asyncreturn", "generator"]
        kind = self.random.choice(kinds)
        if kind == "sync":
            return f"(() => {{ {log} {inner()} }})();"
        if kind == "tick":
            return f"process.nextTick((a) => {{ log(a); {inner()} }}, {self.label()});"
        if kind == "then":
            return f"Promise.resolve().then(() => {{ {log} {inner()} }}).then(() => {{ {inner()} }});"
        if kind == "catch":
            return (f"Promise.reject(new Error({self.label()})).catch((e) => {{ log(e.message); {inner()} }})"
                    f".then(() => {{ {inner()} }});")
        if kind == "finally":
            return f"new Promise((r) => {{ {log} r(1); }}).finally(() => {{ {inner()} }}).then(log);"
        if kind == "await":
            return f"(async () => {{ {log} await null; {inner()} await (async () => {{ {inner()} }})(); {inner()} }})();"
        if kind == "queue":
            return f"queueMicrotask(() => {{ {log} {inner()} }});"
        if kind == "emit":
            return (f"{{ const e = new EventEmitter(); e.on('x', () => {{ {inner()} }}); "
                    f"e.once('x', () => {{ {log} }}); e.emit('x'); e.emit('x'); }}")
        if kind == "try":
            return (f"try {{ {log} if ({self.random.randint(0, 1)}) throw new TypeError({self.label()}); {inner()} }} "
                    f"catch (e) {{ log(e.name + e.message); }} finally {{ {inner()} }}")
        if kind == "all":
            return (f"Promise.all([1, Promise.resolve(2), (async () => {{ {inner()} return 3; }})()])"
                    f".then((v) => {{ log(v.join()); {inner()} }});")
        if kind == "als":
            return (f"als.run({self.label()}, () => {{ log(als.getStore()); setTick(() => {{ log(als.getStore()); }}); "
                    f"Promise.resolve().then(async () => {{ await 0; log(als.getStore()); {inner()} }}); }});")
        if kind == "loop":
            return (f"(async () => {{ for await (const v of [Promise.resolve({self.label()}), {self.label()}]) "
                    f"{{ log(v); {inner()} }} }})();")
        if kind == "thenable":
            return f"Promise.resolve({{ then(r) {{ {log} r({self.label()}); }} }}).then((v) => {{ log(v); {inner()} }});"
        if kind == "asyncreturn":
            return (f"(async () => Promise.resolve({self.label()}))().then((v) => {{ log(v); {inner()} }}); "
                    f"Promise.resolve().then(() => {{ {log} }}).then(() => {{ {inner()} }});")
        return (f"(async () => {{ async function* g() {{ yield {self.label()}; {inner()} yield await {self.label()}; }} "
                f"for await (const v of g()) log(v); }})();")

    # One after the other: each hop goes through the loop in another way and then runs micro steps.
    def hop(self, rest):
        body = self.steps(self.random.randint(1, 3), True)
        kind = self.random.choice(("immediate", "timer", "readFile", "stat", "pbkdf2", "randomBytes", "promises",
                                   "interval", "timersPromises", "two"))
        log = f"log({self.label()});"
        if kind == "immediate":
            return f"setImmediate(() => {{ {log} {body} {rest} }});"
        if kind == "two":
            return (f"setImmediate(() => {{ {log} {body} process.nextTick(() => {{ log('t'); }}); }}); "
                    f"setImmediate(() => {{ {rest} }});")
        if kind == "timer":
            return f"setTimeout((a) => {{ log(a); {body} {rest} }}, {self.random.randint(1, 5)}, {self.label()});"
        if kind == "readFile":
            return f"fs.readFile(__filename, (e, d) => {{ log(e === null && d.length > 0); {log} {body} {rest} }});"
        if kind == "stat":
            return f"fs.stat('/does/not/exist', (e) => {{ log(e.code); {body} {rest} }});"
        if kind == "pbkdf2":
            return f"crypto.pbkdf2('p', 's', 2, 8, 'sha1', (e, k) => {{ log(k.toString('hex')); {body} {rest} }});"
        if kind == "randomBytes":
            return f"crypto.randomBytes(4, (e, b) => {{ log(b.length); {body} {rest} }});"
        if kind == "promises":
            return f"fs.promises.stat('.').then((s) => {{ log(s.isDirectory()); {body} {rest} }});"
        if kind == "timersPromises":
            return f"timers.setTimeout(2, {self.label()}).then((v) => {{ log(v); {body} {rest} }});"
        return (f"{{ let n = 0; const i = setInterval(() => {{ log('i' + n); if (++n === 3) {{ clearInterval(i); "
                f"{body} {rest} }} }}, 2); }}")

    def text(self):
        rest = ""
        for _ in range(self.random.randint(1, 4)):
            rest = self.hop(rest)
        head = self.steps(self.random.randint(2, 4), True)
        return ("'use strict';\nconst fs = require('fs'), crypto = require('crypto'), EventEmitter = require('events');\n"
                "const timers = require('timers/promises'), { AsyncLocalStorage } = require('async_hooks');\n"
                "const als = new AsyncLocalStorage(), lines = [];\n"
                "const log = (v) => { lines.push(String(v)); }, setTick = process.nextTick;\n"
                "process.on('exit', (c) => console.log(lines.join(' ') + ' exit ' + c));\n"
                f"{head}\n{rest}\n")

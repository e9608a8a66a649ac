"""Tables of a comparison, for the terminal, for docs/validation.md and as JSON."""
import math
import statistics

from . import scores


def number(value, digits=2):
    if value is None:
        return "-"
    if isinstance(value, float):
        return "inf" if math.isinf(value) else f"{value:.{digits}f}"
    return str(value)


def text_table(head, rows):
    lines = [[number(cell) for cell in row] for row in [head, *rows]]
    widths = [max(len(line[i]) for line in lines) for i in range(len(head))]
    return "\n".join("  ".join(cell.ljust(width) if i == 0 else cell.rjust(width)
                               for i, (cell, width) in enumerate(zip(line, widths))).rstrip() for line in lines)


def markdown_table(head, rows):
    lines = [[number(cell).replace("|", "\\|") for cell in row] for row in rows]
    return "\n".join(["| " + " | ".join(head) + " |", "|---|" + "---:|" * (len(head) - 1),
                      *("| " + " | ".join(line) + " |" for line in lines)])


class Subject:
    """One table: its rows by program, its bars (text, reached?), and remarks on what differs."""

    def __init__(self, name, title, head):
        self.name, self.title, self.head = name, title, head
        self.rows, self.bars, self.remarks, self.failures, self.notes = [], [], [], [], []
        self.data = {}

    def passed(self):
        return bool(self.rows) and not self.failures and all(reached for _, reached in self.bars)

    def as_json(self):
        return {"programs": self.data, "failures": dict(self.failures), "passed": self.passed(),
                "bars": [{"bar": text, "reached": reached} for text, reached in self.bars]}

    def lines(self, table):
        marks = {True: "reached", False: "MISSED"}
        return [self.title, "", table(self.head, self.rows), "",
                *(f"- {text}: {marks[reached]}" for text, reached in self.bars),
                *(f"- {note}" for note in self.notes),
                *(f"- {program}: {reason}" for program, reason in self.failures)]


def jit(results, failures):
    table = Subject("jit", "Optimized functions, and deopts by function and reason",
                    ["program", "optimized", "nsim", "both", "deopts", "nsim", "both"])
    table.failures = failures
    for name, (optimized, deopts) in results.items():
        table.rows.append([name, *counts(optimized), *counts(deopts)])
        table.data[name] = {"optimized": differences(optimized), "deopts": differences(deopts)}
        for what, match in (("optimized", optimized), ("deopt", deopts)):
            for sign, items in (("-", match.missing), ("+", match.extra)):
                table.remarks += [f"{sign} {name}: {what} {item if isinstance(item, str) else ': '.join(item)}"
                                  for item in items]
    for i, what in enumerate(("(function, optimized)", "(function, deopt reason)") if results else ()):
        found = scores.pooled([pair[i] for pair in results.values()])
        for score, value in zip(("precision", "recall"), found):
            bar = scores.BARS[score]
            table.bars.append((f"{score} of {what} {value:.2f}, at least {bar}", value >= bar))
    return table


def counts(match):
    return [len(match.common) + len(match.missing), len(match.common) + len(match.extra), len(match.common)]


def differences(match):
    return {"both": match.common, "missing": match.missing, "extra": match.extra,
            "precision": match.precision(), "recall": match.recall()}


def gc(results, failures):
    table = Subject("gc", "Collections: scavenges, mark-compacts, and total pause in ms",
                    ["program", "scavenges", "nsim", "mark-compacts", "nsim", "pause", "nsim", "factor"])
    table.failures = failures
    off = {"scavenges": [], "mark_compacts": [], "pause_ms": []}
    for name, (node, nsim) in results.items():
        factor = scores.factor(node["pause_ms"], nsim["pause_ms"])
        table.rows.append([name, node["scavenges"], nsim["scavenges"], node["mark_compacts"], nsim["mark_compacts"],
                           node["pause_ms"], nsim["pause_ms"], factor])
        table.data[name] = {"node": node, "nsim": nsim, "pause_factor": None if math.isinf(factor) else factor}
        for kind in ("scavenges", "mark_compacts"):
            if not scores.counts_agree(node[kind], nsim[kind], scores.BARS[kind]):
                off[kind].append(name)
        if not scores.pauses_agree(node["pause_ms"], nsim["pause_ms"]):
            off["pause_ms"].append(name)
    limits = (("scavenges", "scavenges", "within 2 or 15%"), ("mark_compacts", "mark-compacts", "within 1 or 25%"),
              ("pause_ms", "pause", f"within a factor of {scores.BARS['pause_factor']} or {scores.BARS['pause_ms']} ms"))
    for kind, what, limit in limits if results else ():
        own = [name for name in off[kind] if scores.is_own(*results[name], kind)]
        missed = [name for name in off[kind] if name not in own]
        text = f"{what} {limit}: {len(results) - len(off[kind])} of {len(results)} programs"
        if own:
            text += f"; {len(own)} more inside node's own range"
            table.notes.append(f"inside node's own range by {what}: " + ", ".join(
                f"{name} ({least} to {most})" for name in own for least, most in [results[name][0]["range"][kind]]))
        table.bars.append((text, not missed))
        if missed:
            table.notes.append(f"missed by {what}: " + ", ".join(missed))
    return table


def cpu(results, failures):
    modes = list(next(iter(results.values()))) if results else []
    table = Subject("cpu", "User CPU time in ms, without node's start",
                    ["program", *(column for mode in modes for column in (mode, "nsim", "factor"))])
    table.failures = failures
    for name, by_mode in results.items():
        row = [name]
        for node, nsim in by_mode.values():
            row += [node, nsim, scores.factor(node, nsim)]
        table.rows.append(row)
        table.data[name] = {mode: {"node_ms": node, "nsim_ms": nsim} for mode, (node, nsim) in by_mode.items()}
    for mode in modes:
        factors = [scores.factor(*by_mode[mode]) for by_mode in results.values()]
        median, worst = statistics.median(factors), max(factors)
        table.bars.append((f"{mode}: factor of the median program {number(median)}, at most "
                           f"{scores.BARS['cpu_median']}", median <= scores.BARS["cpu_median"]))
        table.bars.append((f"{mode}: largest factor {number(worst)}, at most {scores.BARS['cpu_all']}",
                           worst <= scores.BARS["cpu_all"]))
    return table

"""How near nsim's run is to node's runs, and the bars that it has to reach."""
import statistics

BARS = {
    "precision": 0.8, "recall": 0.8,         # of (function, optimized) and of (function, deopt reason), over all
    "scavenges": (2, 0.15),                  # each program: at most so many more or less, or such a part
    "mark_compacts": (1, 0.25),
    "pause_factor": 1.5, "pause_ms": 1.0,    # each program: total pause; so little more or less is no matter
    "cpu_median": 1.3, "cpu_all": 2.0,       # factor of user CPU time: the median program, and every one
}

OWN_RUNS = 12  # of node, from which on their range tells something


class Match:
    """Counts of what both say and what only one of them says.

    Node decides in some of its runs and not in others. What it did in half of them or more is expected; what it did
    in fewer is neither expected nor wrong.
    """

    def __init__(self, seen, runs, found):
        expected = {item for item, count in seen.items() if 2 * count >= runs}
        self.common = sorted(expected & found)
        self.missing = sorted(expected - found)
        self.extra = sorted(found - set(seen))

    def precision(self):
        return ratio(len(self.common), len(self.common) + len(self.extra))

    def recall(self):
        return ratio(len(self.common), len(self.common) + len(self.missing))


def ratio(part, whole):
    """1 when there is nothing to be wrong about"""
    return part / whole if whole else 1.0


def pooled(matches):
    """(precision, recall) over all programs together"""
    common = sum(len(m.common) for m in matches)
    return (ratio(common, common + sum(len(m.extra) for m in matches)),
            ratio(common, common + sum(len(m.missing) for m in matches)))


def match_jit(golden, found):
    deopts = {(d["function"], d["reason"]): d["runs"] for d in golden["deopts"]}
    return (Match(golden["optimized"], golden["runs"], found.optimized),
            Match(deopts, golden["runs"], {tuple(d) for d in found.deopts}))


def counts_agree(expected, found, bar):
    least, part = bar
    return abs(found - expected) <= max(least, part * expected)


def own_ranges(made):
    """Least and most of node's own runs, where there are enough of them to tell. Other work on the machine adds to
    pauses, so theirs are taken only where the runs differ in what they collect."""
    if made.get("runs", 0) < OWN_RUNS:
        return {}
    found = {kind: [min(made[kind]), max(made[kind])] for kind in ("scavenges", "mark_compacts")}
    if any(least < most for least, most in found.values()):
        found["pause_ms"] = [min(made["pause_ms"]), max(made["pause_ms"])]
    return found


def is_own(node, nsim, kind):
    """whether nsim is inside of the range of node's own runs"""
    least, most = node.get("range", {}).get(kind, (0, -1))
    return least <= nsim[kind] <= most


def factor(expected, found):
    """how many times larger the larger one is; 1 when both are nothing"""
    low, high = sorted((expected, found))
    if high == 0:
        return 1.0
    return high / low if low > 0 else float("inf")


def typical(samples):
    return statistics.median_low(samples)


def pauses_agree(expected, found):
    return abs(expected - found) <= BARS["pause_ms"] or factor(expected, found) <= BARS["pause_factor"]


def quiet(samples):
    """The lower quartile of CPU times: other work on the machine can only add to them."""
    return sorted(samples)[len(samples) // 4]

"""How fast this machine is: the machine.speed for nsim to predict it.

It and the machine of the golden records run the same programs with the same node. Of each program and mode, the quietest of
several runs here against the record's; the median of these ratios, times the speed of the records' machine, is this one's.
"""
import statistics

from . import golden, runs, scores

# Short, without much garbage, of several kinds of work; in the modes where no compiler works beside them.
YARDSTICK = ["array-holes", "checksum", "megamorphic", "nbody", "property-order", "recursion", "regexp", "sieve"]
SAMPLED = ["no-opt", "jitless"]
ROUNDS = 5


def ratios(node, folder, records, rounds):
    """by program and mode: the record's CPU time over this machine's"""
    found = {}
    for path in runs.programs_of(folder, YARDSTICK):
        made = golden.load(records, path)
        if not made or not golden.is_current(made, path) or not made.get("cpu"):
            raise runs.Failure(f"{path} has no golden record of this version: nothing to compare this machine with")
        for mode in SAMPLED:
            here = scores.quiet([node.cpu(path, mode) for _ in range(rounds)])
            found[made["program"], mode] = scores.quiet(made["cpu"][mode]["user_ms"]) / here
    return found


def measure(node, folder, records, rounds=None):
    """(speed, lower quartile, upper quartile) of this machine"""
    recorded, _ = golden.machine_of(records)
    values = [recorded * ratio for ratio in ratios(node, folder, records, rounds or ROUNDS).values()]
    low, speed, high = statistics.quantiles(values, n=4)
    return round(speed, 2), round(low, 2), round(high, 2)

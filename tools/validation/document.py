"""docs/validation.md and docs/octane.md, made from the tables of `tools/validate all`."""

from . import golden, octane, report

PROGRAMS = """# nsim beside the real node

Made by `tools/validate all tests/validate/programs --write-docs docs/validation.md`. The programs are in
tests/validate/programs; each says in its first lines what it exercises. What the real node does with them is recorded in
tests/validate/golden (`tools/validate record`): {node}, V8 {v8}, 5 runs of each kind, 15 of those with --trace-gc.
[Octane](octane.md) is compared in the same way.

How the numbers come about:

- A function is known by its name; anonymous functions of a program, its top level among them, count as one. Functions
  of Node's own library are left out on both sides.
- The optimizing compiler works beside the program, so node's own decisions vary between runs. Expected is what node
  does in half of its runs or more; what it does in fewer is neither expected nor counted against nsim. So do nsim's: counted
  is what it does in half of five runs with other seeds or more.
- Counts of collections are medians of node's runs. Where the optimizing compiler comes earlier or later, node's own runs
  differ in them: what is off the median, but inside the range of 12 runs of node or more, is told apart and counted apart.
  For pauses the range is taken only where the runs differ in what they collect.
- Pauses are wall time: compared are the medians of the totals of whole runs. Node's own runs spread where collections wait for
  threads that compile ([heap.md](models/heap.md#time-to-the-safepoint)), and so do nsim's: counts and pauses are medians of nine runs with
  other seeds, at speeds that differ by up to 2%, unless the first three are alike. The pause of a mark-compact includes its incremental
  steps.
- CPU time is that of all threads, from the first line of the program to its exit; of node, the lower quartile; of nsim in the default
  mode the median of five runs with other seeds.
- Counts of (function, deopt reason) include code that is invalidated by what it depends on ("code dependencies").
- All modes use one profile, profiles/default. How it does on programs that it was not fitted to: [octane.md](octane.md).
- The records are of an idle machine of {cores} cores: {cpu}. Its cores are {speed} times as fast as those of the profile: nsim
  runs with `machine.speed={speed}` and `machine.cores={cores}` (tests/validate/golden/machine.json). On another machine,
  `tools/validate speed tests/validate/programs` runs eight of the programs in its node and prints the `machine.speed` for it,
  and `--live` runs node there and compares with that.
- `tools/validate jit DIR --node-again` compares one more run of node with node's own records: the noise of the method.
"""
OCTANE = """# Octane: programs that the prices were not fitted to

Made by `tools/validate octane DIR` and `tools/validate all DIR --write-docs docs/octane.md`. The programs are benchmarks of
Octane, from npm's {package}, each run a fixed number of times. What the real node does with them is recorded in
tests/validate/golden: {node}, V8 {v8}. How the numbers come about is said in [validation.md](validation.md);
the profile and the bars are the same. No constant of nsim was fitted to these programs, but for one: the kernel's share of a
collection's CPU time (`node.collector_system`) is what perf counts in linked-list and in octane-splay. Rules that nsim did not
have were found by them, and then taken from V8's source and from small programs.

Left out are pdfjs, code-load and zlib: they define globals by eval, as a script of a browser does, and not as a module.
"""


def head_of(programs):
    return OCTANE if all(map(octane.is_one, programs)) else PROGRAMS


def write(path, tables, folder, programs):
    made = next(filter(None, (golden.load(folder, program) for program in programs)))
    parts = [head_of(programs).format(node=made["node"], v8=made["v8"], package=octane.PACKAGE, **golden.machine(folder))]
    for table in tables:
        lines = table.lines(report.markdown_table)
        parts.append("\n".join(["## " + lines[0], *lines[1:]]))
        if table.remarks:
            remarks = "\n".join(table.remarks)
            parts.append(f"What differs (`-`: only node, `+`: only nsim):\n\n```text\n{remarks}\n```")
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n\n".join(part.strip("\n") for part in parts) + "\n")

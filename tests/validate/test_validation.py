#!/usr/bin/env python3
"""Tests of tools/validate: its parser, its scores, its records, and the command."""
import json
import os
import random
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../../tools"))
from validation import golden, report, runs, scores, speed, traces  # noqa: E402

FUNCTION = "0x257ac38dcfb9 <JSFunction {}</app/c.js> (sfi = 0x{:x})>"
MARKED = "[marking " + FUNCTION + " for optimization to TURBOFAN, ConcurrencyMode::kConcurrent, reason: {}]"
OPTIMIZED = "[completed optimizing " + FUNCTION + " (target TURBOFAN){}]"
BAILOUT = ("[bailout (kind: {}, reason: {}): begin. deoptimizing " + FUNCTION + ", 0x075d9ecadcb1 <Code TURBOFAN>, "
           "opt id 0, bytecode offset 2, deopt exit 3, FP to SP delta 96, caller SP 0x7ffdc730a4d8, pc 0x7f27667c5d91]")
DEPENDENT = ("[marking dependent code 0x1f14b59e5db1 <Code TURBOFAN> (0x{:012x} <SharedFunctionInfo{}>) (opt id 0) "
             "for deoptimization, reason: {}]")
SCAVENGE = ("[30495:0x23f1ecb0]       17 ms: Scavenge 3.9 (4.0) -> 3.7 (5.0) MB, 1.17 / 0.00 ms  "
            "(average mu = 1.000, current mu = 1.000) allocation failure; ")
MARK_COMPACT = ("[30495:0x23f1ecb0]      215 ms: Mark-Compact (reduce) 55.9 (89.7) -> 55.9 (58.7) MB, 27.89 / 0.00 ms  "
                "(+ 1.2 ms in 2 steps since start of marking, biggest step 0.9 ms, walltime since start of marking "
                "30 ms) (average mu = 0.345, current mu = 0.249) finalize incremental marking via stack guard; "
                "GC in old space requested")


def parse(*lines):
    return traces.decisions("\n".join(lines))


class Decisions(unittest.TestCase):
    def test_optimized(self):
        found = parse(MARKED.format("add ", 1, "small function"), OPTIMIZED.format("add ", 1, ""),
                      OPTIMIZED.format("loop ", 2, " OSR"))
        self.assertEqual(found.optimized, {"add", "loop"})
        self.assertEqual(found.on_stack, {"loop"})
        self.assertEqual(found.unread, [])

    def test_marked_is_not_yet_optimized(self):
        self.assertEqual(parse(MARKED.format("add ", 1, "hot and stable")).optimized, set())

    def test_names(self):
        for name in ("get balance", "#secret", "<instance_members_initializer>", "[Symbol.iterator]", "a b", "näh"):
            found = parse(OPTIMIZED.format(name + " ", 1, ""))
            self.assertEqual((found.optimized, found.unread), ({name}, []))
        self.assertEqual(parse(OPTIMIZED.format("", 1, "")).optimized, {"(anonymous)"})

    def test_reasons(self):
        for reason in ("not a Smi", "(unknown)", "Insufficient type feedback for call",
                       "not a JavaScript object, Null or Undefined", "copy-on-write array's elements changed",
                       "prepare for on stack replacement (OSR)"):
            found = parse(BAILOUT.format("deopt-eager", reason, "add ", 1))
            self.assertEqual(found.deopts, {("add", reason)})

    def test_a_module_of_the_program_counts(self):
        found = parse(OPTIMIZED.format("parse ", 1, "").replace("/app/c.js", "/app/node_modules/acorn/dist/acorn.js"))
        self.assertEqual(found.optimized, {"parse"})

    def test_a_script_of_nodes_own_or_none_is_left_out(self):
        for script in (" <node:events>", ""):
            line = OPTIMIZED.format("emit ", 1, "").replace(" </app/c.js>", script)
            found = parse(line)
            self.assertEqual((found.optimized, found.unread), (set(), []))

    def test_dependent_code_is_found_by_its_address(self):
        lines = [OPTIMIZED.format("run ", 0x1234, ""),
                 OPTIMIZED.format("emit ", 0x99, "").replace("/app/c.js", "node:events")]
        found = parse(*lines, DEPENDENT.format(0x1234, " run", "code dependencies"),
                      DEPENDENT.format(0x99, " emit", "code dependencies"),
                      DEPENDENT.format(0x777, " run", "weak objects"),
                      DEPENDENT.format(0x778, " other", "code dependencies"))
        self.assertEqual(found.deopts, {("run", "code dependencies"), ("run", "weak objects")})

    def test_a_line_may_begin_after_output(self):
        self.assertEqual(parse("no newline" + OPTIMIZED.format("add ", 1, "")).optimized, {"add"})

    def test_output_alone_is_nothing(self):
        found = parse("completed optimizing", "[marking", "bailout (kind: deopt-eager", "")
        self.assertEqual((found.optimized, found.deopts, found.unread), (set(), set(), []))


class Damage(unittest.TestCase):
    """A damaged line is reported; it never counts as something else."""

    LINES = (MARKED.format("add ", 1, "small function"), OPTIMIZED.format("add ", 1, " OSR"),
             BAILOUT.format("deopt-eager", "not a Smi", "add ", 1))

    def test_cut_lines(self):
        for line in self.LINES:
            whole = parse(line)
            begun = max(len(beginning) for _, beginning in traces.BEGINNINGS if line.startswith(beginning))
            for end in range(begun, len(line)):
                found = parse(line[:end])
                if found.unread:
                    self.assertEqual((found.optimized, found.deopts), (set(), set()))
                else:  # only what comes after all that counts is cut off
                    self.assertEqual((found.optimized, found.deopts), (whole.optimized, whole.deopts))
                    self.assertGreater(end, line.index("(sfi = "))

    def test_overwritten_bytes(self):
        random.seed(1)
        whole = parse(*self.LINES)
        for _ in range(500):
            text = list("\n".join(self.LINES))
            text[random.randrange(len(text))] = "\x00"
            found = traces.decisions("".join(text))
            names = {name.replace("\x00", "") for name in found.optimized}
            self.assertTrue(all(len(name) >= 2 for name in names), found.optimized)
            self.assertLessEqual(len(found.optimized), len(whole.optimized))
            self.assertLessEqual(len(found.deopts), len(whole.deopts))

    def test_collections(self):
        for line in (SCAVENGE, MARK_COMPACT):
            for end in range(len("[30495:0x23f1ecb0]       17 ms: "), line.index("(average")):
                found, unread = traces.collections_of(line[:end])
                self.assertEqual((found, len(unread)), ([], 1), line[:end])


class Collections(unittest.TestCase):
    def test_scavenge(self):
        found, unread = traces.collections_of(SCAVENGE)
        self.assertEqual((found, unread), ([("Scavenge", 3.9, 3.7, 1.17)], []))

    def test_mark_compact_with_steps(self):
        found, unread = traces.collections_of("text" + MARK_COMPACT)
        self.assertEqual(unread, [])
        self.assertEqual(found[0].kind, "Mark-Compact")
        self.assertAlmostEqual(found[0].pause_ms, 29.09)

    def test_repeated_lines_of_a_fatal_error_do_not_count(self):
        found, _ = traces.collections_of("\n".join([SCAVENGE, traces.LAST_COLLECTIONS, SCAVENGE, SCAVENGE[:40]]))
        self.assertEqual(len(found), 1)


class Scores(unittest.TestCase):
    def test_half_of_the_runs(self):
        match = scores.Match({"always": 5, "mostly": 3, "seldom": 2}, 5, {"always", "seldom", "never"})
        self.assertEqual((match.common, match.missing, match.extra), (["always"], ["mostly"], ["never"]))
        self.assertEqual((match.precision(), match.recall()), (0.5, 0.5))

    def test_nothing_to_be_wrong_about(self):
        match = scores.Match({}, 5, set())
        self.assertEqual((match.precision(), match.recall()), (1, 1))

    def test_pooled_is_not_the_mean_of_programs(self):
        many = scores.Match(dict.fromkeys("abcdefghi", 5), 5, set("abcdefghi"))
        self.assertEqual(scores.pooled([many, scores.Match({"x": 5}, 5, {"y"})]), (0.9, 0.9))

    def test_counts(self):
        self.assertTrue(scores.counts_agree(10, 12, (2, 0.15)))
        self.assertFalse(scores.counts_agree(10, 13, (2, 0.15)))
        self.assertTrue(scores.counts_agree(100, 85, (2, 0.15)))
        self.assertFalse(scores.counts_agree(100, 116, (2, 0.15)))

    def test_factor(self):
        self.assertEqual(scores.factor(2.0, 3.0), scores.factor(3.0, 2.0))
        self.assertEqual(scores.factor(0, 0), 1)
        self.assertEqual(scores.factor(0, 1.0), float("inf"))

    def test_a_failed_program_misses_the_bars(self):
        match = scores.Match({"f": 5}, 5, {"f"})
        self.assertTrue(report.jit({"p": (match, match)}, []).passed())
        self.assertFalse(report.jit({"p": (match, match)}, [("q", "no database")]).passed())
        self.assertFalse(report.jit({}, []).passed())

    def test_collections_out_of_bounds(self):
        node = {"scavenges": 10, "mark_compacts": 2, "pause_ms": 8.0}
        self.assertTrue(report.gc({"p": (node, dict(node, scavenges=12, mark_compacts=3, pause_ms=12.0))}, []).passed())
        for worse in ({"scavenges": 13}, {"mark_compacts": 4}, {"pause_ms": 12.1}, {"pause_ms": 5.2}):
            self.assertFalse(report.gc({"p": (node, dict(node, **worse))}, []).passed(), worse)

    def test_what_nodes_own_runs_vary_by(self):
        made = {"runs": 12, "scavenges": [5] * 6 + [16] * 6, "mark_compacts": [2] * 12, "pause_ms": [8.0] * 11 + [9.0]}
        node = {"scavenges": 5, "mark_compacts": 2, "pause_ms": 8.0, "range": scores.own_ranges(made)}
        inside, outside = (node, dict(node, scavenges=14)), (node, dict(node, scavenges=17))
        table = report.gc({"p": inside, "q": outside}, [])
        self.assertFalse(table.passed())
        self.assertEqual(table.bars[0][0], "scavenges within 2 or 15%: 0 of 2 programs; 1 more inside node's own range")
        self.assertEqual(table.notes, ["inside node's own range by scavenges: p (5 to 16)", "missed by scavenges: q"])
        self.assertTrue(report.gc({"p": inside}, []).passed())

    def test_ranges_of_few_runs_and_of_equal_runs_tell_nothing(self):
        made = {"runs": 12, "scavenges": [5] * 12, "mark_compacts": [2] * 12, "pause_ms": [8.0] * 11 + [90.0]}
        self.assertNotIn("pause_ms", scores.own_ranges(made))
        self.assertEqual(scores.own_ranges(dict(made, runs=11, scavenges=[5] * 10 + [9])), {})

    def test_cpu_bars(self):
        near, far = {"default": (100, 129)}, {"default": (100, 201)}
        self.assertTrue(report.cpu({"a": near, "b": near}, []).passed())
        self.assertFalse(report.cpu({"a": near, "b": near, "c": far}, []).passed())
        self.assertFalse(report.cpu({"a": {"default": (100, 131)}}, []).passed())


class Command(unittest.TestCase):
    """tools/validate as a user runs it, with a stand-in for nsim that prints texts of ours, others for other seeds."""

    STAND_IN = """#!/bin/sh
case "$1" in
    run) echo "$@" >run.db; echo "$@" >>"$(dirname "$0")/log"; [ "$2" = --quiet ] && echo cpu-usage-user 100000 >&2; [ -z "$FAILS" ] || { echo "Error: no x" >&2; exit 1; } ;;
    trace)
        file="$(dirname "$0")/$3"
        if grep -q -e --seed run.db && [ -f "$file-again" ]; then file="$file-again"; fi
        cat "$file" ;;
esac
"""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.write("programs/c.js", "// A program.\n")
        self.write("nsim", self.STAND_IN)
        os.chmod(self.path("nsim"), 0o755)
        self.traces(MARKED.format("add ", 1, "small function") + "\n" + OPTIMIZED.format("add ", 1, ""),
                    BAILOUT.format("deopt-eager", "not a Smi", "add ", 1), SCAVENGE)
        program = self.path("programs/c.js")
        modes = {mode: {"flags": flags, "user_ms": [110.0, 100.0, 120.0]} for mode, flags in runs.MODES.items()}
        golden.save(self.path("golden"), program, {
            "form": golden.FORM, "program": "c.js", "sha256": golden.source_hash(program), "node": "v20", "v8": "11.3",
            "stdout": "c\n", "jit": {"runs": 3, "optimized": {"add": 3},
                    "deopts": [{"function": "add", "reason": "not a Smi", "runs": 2}]},
            "gc": {"scavenges": [1, 1, 2], "mark_compacts": [0, 0, 0], "pause_ms": [1.0, 0.9, 30.0]}, "cpu": modes})

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def write(self, name, text):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)

    def traces(self, opt, deopt, gc):
        for name, text in (("trace-opt", opt), ("trace-deopt", deopt), ("trace-gc", gc)):
            self.write(name, text + "\n")

    def validate(self, *arguments, **environment):
        words = [sys.executable, os.path.join(HERE, "../../tools/validate"), *arguments]
        done = subprocess.run(words, capture_output=True, text=True, env={**os.environ, **environment})
        return done.returncode, done.stdout, done.stderr

    def compare(self, *arguments):
        code, out, err = self.validate(*arguments, self.path("programs"), "--golden", self.path("golden"), "--nsim",
                                       self.path("nsim"), "--json")
        return code, json.loads(out) if out else err

    def test_all_reached(self):
        code, tables = self.compare("all")
        self.assertEqual((code, [tables[name]["passed"] for name in ("jit", "gc", "cpu")]), (0, [True] * 3), tables)
        self.assertEqual(tables["cpu"]["programs"]["c"]["default"], {"node_ms": 100.0, "nsim_ms": 100.0})

    def speeds(self, subject):
        self.write("log", "")
        code, tables = self.compare(subject, "--cores", "2")
        with open(self.path("log"), encoding="utf-8") as file:
            lines = [line for line in file if "cpu-probe" not in line]
        self.assertTrue(all("machine.cores=2 " in line for line in lines))
        return code, tables, len(lines), {line.partition("machine.speed=")[2].partition(" ")[0] for line in lines}

    def test_runs_of_other_seeds(self):
        code, _, count, speeds = self.speeds("gc")
        self.assertEqual((code, count, speeds), (0, 3, {"", "0.9825", "0.9875"}))
        self.write("trace-gc-again", SCAVENGE.replace("1.17", "9.50") + "\n")
        code, tables, count, speeds = self.speeds("gc")
        self.assertEqual((code, count, len(speeds)), (1, 9, 9))
        self.assertEqual(tables["gc"]["programs"]["c"]["nsim"]["pause_ms"], 9.5)

    def test_decided_in_half_of_the_runs(self):
        self.write("trace-deopt-again", "")
        code, tables, count, _ = self.speeds("jit")
        self.assertEqual((code, count), (1, 5))
        self.assertEqual(tables["jit"]["programs"]["c"]["deopts"]["missing"], [["add", "not a Smi"]])

    def test_a_missing_deopt(self):
        self.traces(OPTIMIZED.format("add ", 1, ""), "", SCAVENGE)
        code, tables = self.compare("jit")
        self.assertEqual((code, tables["jit"]["programs"]["c"]["deopts"]["missing"]), (1, [["add", "not a Smi"]]))

    def test_a_damaged_trace(self):
        self.traces(OPTIMIZED.format("add ", 1, "")[:-1], "", SCAVENGE[:60])
        for subject in ("jit", "gc"):
            code, tables = self.compare(subject)
            self.assertEqual(code, 2)
            self.assertIn("cannot read", tables[subject]["failures"]["c"])

    def test_a_trace_that_nsim_does_not_have(self):
        os.remove(self.path("trace-deopt"))
        code, tables = self.compare("all")
        self.assertEqual((code, tables["gc"]["passed"], tables["jit"]["passed"]), (1, True, False))

    def test_a_program_that_fails_in_nsim_alone(self):
        os.environ["FAILS"] = "1"
        self.addCleanup(os.environ.pop, "FAILS")
        for subject in ("jit", "gc", "cpu"):
            code, tables = self.compare(subject)
            self.assertEqual((code, tables[subject]["programs"]), (2, {}))
            self.assertIn("Error: no x", tables[subject]["failures"]["c"])

    def test_nothing_to_compare(self):
        os.mkdir(self.path("empty"))
        for arguments, message in ((["jit", self.path("empty")], "no programs"), (["jit", self.path("none")], "none"),
                                   (["gc", self.path("programs"), "--only", "x"], "no program x")):
            code, _, err = self.validate(*arguments)
            self.assertEqual(code, 2)
            self.assertIn(message, err)
        code, _, err = self.validate("record", self.path("programs"), NSIM_NODE="/no/such/node")
        self.assertEqual((code, "/no/such/node" in err), (2, True))


class Records(unittest.TestCase):
    """Every program has a golden record of its present text, and says what it exercises."""

    PROGRAMS = runs.programs_of(os.path.join(HERE, "programs"), None)

    def test_golden(self):
        self.assertGreaterEqual(len(self.PROGRAMS), 30)
        for path in self.PROGRAMS:
            made = golden.load(os.path.join(HERE, "golden"), path)
            self.assertIsNotNone(made, path)
            self.assertTrue(golden.is_current(made, path), path + " is not the text that was recorded")
            self.assertLessEqual({"jit", "gc", "cpu"}, set(made), path)

    def test_comments(self):
        for path in self.PROGRAMS:
            with open(path, encoding="utf-8") as file:
                self.assertTrue(file.readline().startswith("// "), path)

    def test_record_against_itself(self):
        for path in self.PROGRAMS:
            made = golden.load(os.path.join(HERE, "golden"), path)["jit"]
            found = traces.Decisions()
            found.optimized = {name for name, seen in made["optimized"].items() if 2 * seen >= made["runs"]}
            found.deopts = {(d["function"], d["reason"]) for d in made["deopts"] if 2 * d["runs"] >= made["runs"]}
            for match in scores.match_jit(made, found):
                self.assertEqual((match.precision(), match.recall()), (1, 1))


class Speed(unittest.TestCase):
    PROGRAMS, GOLDEN = os.path.join(HERE, "programs"), os.path.join(HERE, "golden")

    class Faster:
        """a node that takes 0.4 of the records' time for half of the programs, and 0.5 for the others"""

        def cpu(self, path, mode):
            made = golden.load(Speed.GOLDEN, path)
            early = speed.YARDSTICK.index(made["program"][:-3]) < len(speed.YARDSTICK) // 2
            return scores.quiet(made["cpu"][mode]["user_ms"]) * (0.4 if early else 0.5)

    def test_median_of_the_programs(self):
        of_records, _ = golden.machine_of(self.GOLDEN)
        found = speed.measure(self.Faster(), self.PROGRAMS, self.GOLDEN)
        self.assertEqual(found, tuple(round(times * of_records, 2) for times in (2.25, 2.0, 2.5)))

    def test_machine_of_the_records(self):
        with tempfile.TemporaryDirectory() as folder:
            self.assertEqual(golden.machine_of(folder), (1, None))
            with open(os.path.join(folder, golden.MACHINE), "w", encoding="utf-8") as file:
                json.dump({"cpu": "one", "speed": 1.5, "cores": 4}, file)
            self.assertEqual(golden.machine_of(folder), (1.5, 4))
            for text, message in (('{"speed": 1.5', "machine.json: no JSON: .*line 1"),
                                  ('{"cpu": "one", "speed": "fast", "cores": 4}', 'machine.json: speed: found "fast", expected a number'),
                                  ('{"cpu": "one", "speed": 1}', "machine.json: cores: found null, expected a whole number")):
                with open(os.path.join(folder, golden.MACHINE), "w", encoding="utf-8") as file:
                    file.write(text)
                with self.assertRaisesRegex(runs.Failure, message):
                    golden.machine_of(folder)

    def test_programs_of_no_record(self):
        with tempfile.TemporaryDirectory() as empty, self.assertRaisesRegex(runs.Failure, "no golden record"):
            speed.measure(self.Faster(), self.PROGRAMS, empty)

    def test_a_speed_is_a_number_in_nsims_range(self):
        tool = os.path.join(HERE, "../../tools/validate")
        for bad in ("0", "fast", "nan", "1001"):
            done = subprocess.run([sys.executable, tool, "cpu", self.PROGRAMS, "--speed", bad], capture_output=True, text=True)
            self.assertEqual(done.returncode, 2)
            self.assertIn(f'found "{bad}", expected a number', done.stderr)

    def test_nsim_gets_it(self):
        self.assertEqual(runs.Nsim("nsim", 1.5).machine(), ["--set", "machine.speed=1.5"])
        self.assertEqual(runs.Nsim("nsim", 1.5, 2).machine(2),
                         ["--set", "machine.cores=2", "--set", "machine.speed=3"])
        self.assertEqual(runs.Nsim("nsim").machine(), [])


if __name__ == "__main__":
    unittest.main()

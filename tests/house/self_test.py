# SPDX-License-Identifier: MIT
"""Tests the checks of this folder and the generators of tools/ on small trees that break their rules.

usage: self_test.py SOURCE_ROOT
"""
import importlib.machinery
import importlib.util
import os
import sys
import tempfile
import unittest

import arrows
import banned
import heads
import no_state
import tree

SOURCE_ROOT = os.path.abspath(sys.argv.pop())


def load(path):
    """A Python file of tools/ as a module."""
    loader = importlib.machinery.SourceFileLoader("tool", os.path.join(SOURCE_ROOT, path))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("tool", loader))
    loader.exec_module(module)
    return module


class TreeCase(unittest.TestCase):
    """Gives each test an empty tree to write into."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = folder.name

    def write(self, path, text):
        full = os.path.join(self.root, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "w", encoding="utf-8") as stream:
            stream.write(text)

    def problems(self, checker, path, text):
        self.write(path, text)
        return checker.check(self.root)[0]


class Arrows(TreeCase):
    def test_an_include_that_points_up_is_found(self):
        self.assertIn("points up", self.problems(
            arrows, "sim/mm/zone.c", '#include "reclaim/lru.h"\n')[0])

    def test_neighbours_of_one_level_do_not_see_each_other(self):
        self.assertTrue(self.problems(arrows, "sim/trace/a.c", '#include "mm/gfp.h"\n'))
        self.assertTrue(self.problems(arrows, "sim/mm/b.c", '#include "yaml/document.h"\n'))

    def test_an_include_that_points_down_is_fine(self):
        self.assertEqual([], self.problems(
            arrows, "sim/run/a.c", '#include "mm/gfp.h"\n#include "yaml/document.h"\n'
                                   '#include "run/b.h"\n#include <stdio.h>\n'))

    def test_a_path_that_does_not_start_at_sim_is_found(self):
        self.assertTrue(self.problems(arrows, "sim/mm/zone.c", '#include "gfp.h"\n'))
        self.assertTrue(self.problems(arrows, "sim/mm/zone.c", '#include "../base/vec.h"\n'))

    def test_libraries_stay_in_their_room(self):
        self.assertTrue(self.problems(arrows, "sim/config/a.c", "#include <yaml.h>\n"))
        self.assertTrue(self.problems(arrows, "sim/config/a.c", "#include <cjson/cJSON.h>\n"))
        self.assertEqual([], self.problems(arrows, "sim/config/a.c", "#include <stdio.h>\n"))
        self.assertEqual([], self.problems(arrows, "sim/yaml/a.c", "#include <yaml.h>\n"))

    def test_an_include_in_a_comment_is_none(self):
        self.assertEqual([], self.problems(
            arrows, "sim/mm/zone.c", '/*\n#include "cli/options.h"\n*/\n'))

    def test_a_library_that_prints_or_exits_is_found(self):
        for call in ('fputs("x", stderr);', 'printf("x");', "exit(1);", "abort();"):
            self.assertTrue(self.problems(arrows, "sim/mm/zone.c", f"void f(void) {{ {call} }}\n"))
            self.assertEqual([], self.problems(arrows, "sim/mm/zone.c", f"/* {call} */\n"))
        self.assertEqual([], self.problems(arrows, "sim/cli/main.c", "int f(void) { exit(1); }\n"))

    def test_a_folder_that_is_no_layer_is_found(self):
        self.assertTrue(self.problems(arrows, "sim/utils/a.c", ""))


class Heads(TreeCase):
    GOOD = "/* SPDX-License-Identifier: MIT */\n/* The buddy lists of a zone. */\n"

    def test_a_missing_licence_or_purpose_is_found(self):
        self.assertEqual([], self.problems(heads, "sim/mm/a.c", self.GOOD))
        self.assertTrue(self.problems(heads, "sim/mm/a.c", "/* The buddy lists of a zone. */\n"))
        self.assertTrue(self.problems(heads, "sim/mm/a.c", self.GOOD.splitlines()[0] + "\nint a;\n"))

    def test_scripts_and_build_files_are_looked_at(self):
        self.assertTrue(self.problems(heads, "tools/thing", "#!/bin/sh\necho\n"))
        self.assertEqual([], self.problems(
            heads, "tools/thing", "#!/bin/sh\n# SPDX-License-Identifier: MIT\n# Does it.\n"))
        self.assertTrue(self.problems(heads, "tests/meson.build", "subdir('unit')\n"))


class Banned(TreeCase):
    def test_banned_words_are_found_in_code_only(self):
        for code in ("strcpy(a, b);", "x = atoi(s);", "time(NULL);", "double d;", "rand();"):
            self.assertTrue(self.problems(banned, "sim/mm/a.c", f"void f(void) {{ {code} }}\n"))
            self.assertEqual([], self.problems(banned, "sim/mm/a.c", f'/* {code} */ "{code}"\n'))

    def test_words_that_only_contain_one_are_fine(self):
        self.assertEqual([], self.problems(
            banned, "sim/mm/a.c", "run_time(x); clock->time(y); q.clock(z); rng_rand(&r);\n"))

    def test_unfinished_work_is_found_in_comments(self):
        self.assertTrue(self.problems(banned, "sim/mm/a.c", "/* " + "TO" + "DO: free it */\n"))


class NoState(unittest.TestCase):
    def test_variables_are_told_from_constant_tables(self):
        listing = "\n".join([
            "0000000000000000 l     O .bss\t0000000000000008 counter",
            "0000000000000000 g     O .data\t0000000000000004 setting",
            "0000000000000000 l     O .data.rel.ro.local\t0000000000000040 verbs",
            "0000000000000000 l     O .rodata\t0000000000000040 fallbacks",
            "0000000000000000 l    d  .bss\t0000000000000000 .bss",
            "0000000000000000 g     F .text\t0000000000000040 zone_init",
            "0000000000000004       O *COM*\t0000000000000004 tentative",
        ])
        self.assertEqual(["counter", "setting", "tentative"], no_state.variables(listing))


class Strings(unittest.TestCase):
    def test_a_comment_mark_in_a_string_starts_no_comment(self):
        self.assertIn("after", tree.code_only('x = "/*"; after(); /* gone */'))
        self.assertNotIn("gone", tree.code_only('x = "/*"; after(); /* gone */'))


class Errors(unittest.TestCase):
    def test_numbers_must_rise_inside_their_block(self):
        page = load("tools/gen-errors").page
        good = '/* 01xx: YAML */ X(ERR_A, 101, "One " "two.") X(ERR_B, 102, "Three.")'
        self.assertIn("| MM-0101 | `ERR_A` | One two. |", page(good))
        for bad in (good.replace("102", "101"), good.replace("102", "202"), ""):
            with self.assertRaises(ValueError):
                page(bad)


class KernelMap(unittest.TestCase):
    def setUp(self):
        self.tool = load("tools/gen-kernel-map")

    def test_marks_name_the_declaration_they_stand_at(self):
        text = ("/*\n * Takes a page.\n *\n * Kernel: mm/page_alloc.c buffered_rmqueue()\n"
                " * [2.6.24]\n */\nstruct frame *take(struct zone *zone);\n")
        self.assertIn("| `buffered_rmqueue()` | `sim/a.h` `take` |",
                      self.tool.page([("sim/a.h", text)]))

    def test_deviations_inside_a_function_name_it(self):
        text = ("static int scan(void)\n{\n    /* DEVIATION: no scan,\n"
                "     * the answer is kept. */\n    return 0;\n}\n")
        self.assertIn("- `sim/a.c` `scan`: no scan, the answer is kept.",
                      self.tool.page([("sim/a.c", text)]))

    def test_a_mark_without_generation_is_refused(self):
        with self.assertRaises(ValueError):
            self.tool.page([("sim/a.c", "/* Kernel: mm/page_alloc.c expand() */\n")])


class CountTests(unittest.TestCase):
    def setUp(self):
        self.tool = load("tools/lib/count_tests.py")

    def kinds(self, output, result="OK"):
        return [kind for kind, _ in self.tool.count_tap(output, result)]

    def test_every_tap_line_counts(self):
        self.assertEqual(["passed", "failed", "skipped"], self.kinds(
            "1..3\nok 1 - a\nnot ok 2 - b\nok 3 - c # SKIP no tool\n", "FAIL"))

    def test_tests_that_never_ran_have_failed(self):
        self.assertEqual(["passed", "failed", "failed"], self.kinds("1..3\nok 1 - a\n", "ERROR"))

    def test_a_crash_after_the_last_test_is_a_failure(self):
        self.assertEqual(["passed", "failed"], self.kinds("1..1\nok 1 - a\n", "ERROR"))

    def test_a_program_without_tests_has_failed(self):
        self.assertEqual(["failed"], self.kinds("", "SKIP"))

    def test_programs_count_one(self):
        tests = [{"name": "vec", "suite": ["mmsim:base"], "protocol": "tap"},
                 {"name": "vec", "suite": ["mmsim:cli"], "protocol": "exitcode"}]
        results = self.tool.count(tests, [
            {"name": "mmsim:base / vec", "stdout": "1..2\nok 1\nok 2\n", "result": "OK"},
            {"name": "mmsim:cli / vec", "stdout": "not ok", "result": "OK"}])
        self.assertEqual(["passed"] * 3, [kind for kind, _, _ in results])


if __name__ == "__main__":
    unittest.main()

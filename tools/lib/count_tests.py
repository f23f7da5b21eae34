# SPDX-License-Identifier: MIT
"""Counts the results of one `meson test` run: every TAP line counts, every other program counts one.

usage: count_tests.py BUILD_DIR TESTLOG.json

Prints "PASSED FAILED SKIPPED" on the first line, then one line for each skipped or failed result.
A TAP program that ends badly, or before its plan is done, has failed even when no line says so.
"""
import json
import re
import sys

TAP_LINE = re.compile(r"^(not )?ok\b\s*\d*\s*(.*)$")
TAP_PLAN = re.compile(r"^1\.\.(\d+)")
TAP_SKIP = re.compile(r"#\s*skip", re.IGNORECASE)
PASSED = ("OK", "EXPECTEDFAIL")


def count_tap(output, result):
    """The results of a TAP program: a list of (kind, text)."""
    found = []
    planned = None
    for line in output.splitlines():
        plan = TAP_PLAN.match(line)
        test = TAP_LINE.match(line)
        if plan:
            planned = int(plan.group(1))
        elif test and test.group(1):
            found.append(("failed", test.group(2)))
        elif test and TAP_SKIP.search(test.group(2)):
            found.append(("skipped", test.group(2)))
        elif test:
            found.append(("passed", test.group(2)))
    if planned is not None:
        found += [("failed", "never ran")] * (planned - len(found))
    if planned == 0:
        found.append(("skipped", output.strip()))
    good = result in PASSED or result == "SKIP"
    if not found or (not good and all(kind != "failed" for kind, _ in found)):
        found.append(("failed", f"ended with {result}"))
    return found


def count_program(result):
    """The result of a program that only has an exit code."""
    if result in PASSED:
        return [("passed", "")]
    return [("skipped" if result == "SKIP" else "failed", result)]


def logged_name(test):
    """The name under which meson logs a test of intro-tests.json: "mmsim:suite+suite / name"."""
    suites = "+".join(suite.split(":", 1)[1] for suite in test["suite"] if ":" in suite)
    project = test["suite"][0].split(":", 1)[0]
    return f"{project}:{suites} / {test['name']}" if suites else test["name"]


def count(tests, records):
    """All results of a run as (kind, test name, text); tests as in intro-tests.json."""
    tap = {logged_name(test) for test in tests if test["protocol"] == "tap"}
    results = []
    for record in records:
        if record["name"] in tap:
            found = count_tap(record.get("stdout") or "", record["result"])
        else:
            found = count_program(record["result"])
        results += [(kind, record["name"], text) for kind, text in found]
    return results


def main():
    build_dir, log = sys.argv[1:]
    with open(f"{build_dir}/meson-info/intro-tests.json", encoding="utf-8") as stream:
        tests = json.load(stream)
    with open(log, encoding="utf-8") as stream:
        results = count(tests, [json.loads(line) for line in stream])
    kinds = [kind for kind, _, _ in results]
    print(kinds.count("passed"), kinds.count("failed"), kinds.count("skipped"))
    for kind, name, text in results:
        if kind != "passed":
            print(f"{kind}: {name}: {text}")


if __name__ == "__main__":
    main()

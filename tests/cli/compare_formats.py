# SPDX-License-Identifier: MIT
"""Holds the reports of `mmsim compare` for programs against their formats.

usage: compare_formats.py MMSIM SOURCE_ROOT

JSON fits docs/schema/compare.schema.json and names only what is documented there; JUnit is well-formed
and counts right. Prints TAP, one test a comparison.
"""
import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

try:
    import jsonschema
except ImportError as error:
    print(f"1..0 # SKIP {error}")
    sys.exit(0)

BURST = "workloads/atomic-burst.yaml"
# Each with whether it passes.
COMPARISONS = [
    ([BURST, "--try", "vm.min_free_kbytes=4096"], False),
    ([BURST, "--try", "vm.swappiness=61"], True),
    ([BURST, "--try", "vm.min_free_kbytes=4096", "--thresholds", "configs/thresholds/atomic-burst.yaml"], True),
    ([BURST, "--try", "vm.min_free_kbytes=1024", "--try", "vm.min_free_kbytes=4096", "-t",
      "alloc.failed < baseline", "-t", "rates.cache_hit_permille >= 1", "-m", "alloc_latency_ns.p99.mean"], False),
    ([BURST, "--try", "workload.duration=20ms", "--seeds", "4"], False),
    (["-c", "configs/uma-256m.yaml", "-c", "configs/boot-256m.yaml", BURST, "-m", "zones[*].nr_free_pages.mean"], False),
]


def problems_of(mmsim, root, validator, arguments, passes):
    """What is wrong with the reports on one comparison."""
    def report(report_format):
        ran = subprocess.run([mmsim, "compare", "--format", report_format, *arguments], cwd=root,
                             stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        return ran.stdout, ran.returncode

    text, code = report("json")
    found = [] if code == (0 if passes else 1) else [f"the exit code is {code}"]
    document = json.loads(text)
    found += [f"{error.json_path}: {error.message}" for error in validator.iter_errors(document)]
    if document["passed"] != passes:
        found.append("passed and the exit code are not one")
    suite = ElementTree.fromstring(report("junit")[0]).find("testsuite")
    cases = suite.findall("testcase")
    failures = [case for case in cases if case.find("failure") is not None]
    if (len(cases), len(failures)) != (int(suite.get("tests")), int(suite.get("failures"))):
        found.append("JUnit counts other cases than it has")
    if bool(failures) == passes:
        found.append("JUnit has another answer than the exit code")
    if not report("markdown")[0].startswith("### "):
        found.append("Markdown does not begin with its headline")
    return found


def main():
    mmsim, root = map(os.path.abspath, sys.argv[1:])
    with open(f"{root}/docs/schema/compare.schema.json", encoding="utf-8") as file:
        schema = json.load(file)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    failed = 0
    print(f"1..{len(COMPARISONS)}", flush=True)
    for number, (arguments, passes) in enumerate(COMPARISONS, 1):
        found = problems_of(mmsim, root, validator, arguments, passes)
        failed += bool(found)
        print(f"{'not ok' if found else 'ok'} {number} - {' '.join(arguments)}", flush=True)
        for problem in found:
            print(f"# {problem}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()

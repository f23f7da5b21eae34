# SPDX-License-Identifier: MIT
"""Holds mmsim tune against an exhaustive search, and its curves against their schema.

usage: tune_curves.py MMSIM SOURCE_ROOT [BUILD_ROOT]

The exhaustive search runs workloads/atomic-burst.yaml with every min_free_kbytes up to 4096 and with each
64th beyond, to the end of the range that tune searches. With BUILD_ROOT, of a build that is slow, a
quick mmsim is built there first. Prints TAP.
"""
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import scenarios

try:
    import jsonschema
except ImportError as error:
    print(f"1..0 # SKIP {error}")
    sys.exit(0)

EVERY_UP_TO = 4096
STEP_BEYOND = 64
GOAL = "alloc.failed_by_order[0] == 0"


def tune(mmsim, workload, *arguments):
    """The curve, and the exit code."""
    ran = subprocess.run([mmsim, "tune", workload, "--format", "json", *arguments],
                         stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=False)
    return json.loads(ran.stdout), ran.returncode


def failures(mmsim, workload, value):
    """Failed requests of order 0 with that min_free_kbytes."""
    ran = subprocess.run([mmsim, "run", workload, "--set", f"vm.min_free_kbytes={value}", "-o",
                          "/dev/null", "--summary", "/dev/stdout"], stdin=subprocess.DEVNULL,
                         stdout=subprocess.PIPE, check=True)
    return json.loads(ran.stdout)["alloc"]["failed_by_order"][0]


def smallest_of_all(mmsim, workload, high):
    """The smallest value from which on none fails, and all that was measured."""
    values = [*range(EVERY_UP_TO), *range(EVERY_UP_TO, high, STEP_BEYOND), high]
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        failed = dict(zip(values, pool.map(lambda value: failures(mmsim, workload, value), values)))
    return 1 + max(value for value in values if failed[value] > 0), failed


def main():
    mmsim, root = map(os.path.abspath, sys.argv[1:3])
    if len(sys.argv) > 3:
        mmsim = scenarios.build(root, os.path.abspath(sys.argv[3]))
    burst = os.path.join(root, "workloads", "atomic-burst.yaml")
    with open(os.path.join(root, "docs/schema/tune.schema.json"), encoding="utf-8") as file:
        schema = jsonschema.Draft202012Validator(json.load(file))
    curve, code = tune(mmsim, burst, "--sysctl", "vm.min_free_kbytes", "--goal", GOAL)
    others = [
        tune(mmsim, burst, "--sysctl", "vm.min_free_kbytes", "--range", "0..8000", "--goal",
             "alloc.failed_by_order[0] <= 2300", "--seeds", "2", "--until", "1s"),
        tune(mmsim, burst, "--sysctl", "vm.swappiness", "--largest", "--goal",
             "zones[*].nr_free_pages.first_below(0) > 1", "--set", "workload.tick=5ms"),
    ]
    smallest, failed = smallest_of_all(mmsim, burst, curve["high"])
    wrong = [point["value"] for point in curve["points"] if point["value"] in failed and
             failed[point["value"]] != point["runs"][0]["metrics"]["alloc.failed_by_order[0]"]]
    statements = [
        (f"tune says {curve['answer']}, as the exhaustive search does: {smallest}",
         curve["answer"] == smallest < EVERY_UP_TO and curve["monotonic"] and code == 0),
        (f"it measured {len(curve['points'])} values instead of {len(failed)}",
         len(curve["points"]) < len(failed) // 100),
        ("what it measured is what a run says", not wrong),
        ("a curve that is not monotonic is no", others[0][1] == 1 and not others[0][0]["monotonic"]),
        ("a goal without a value is never met", others[1][1] == 1 and others[1][0]["answer"] is None),
        ("the curves fit the schema", all(schema.is_valid(one) for one, _ in [(curve, 0), *others])),
    ]
    print(f"1..{len(statements)}")
    for number, (statement, truth) in enumerate(statements, 1):
        print(f"{'ok' if truth else 'not ok'} {number} - {statement}")
    sys.exit(0 if all(truth for _, truth in statements) else 1)


if __name__ == "__main__":
    main()

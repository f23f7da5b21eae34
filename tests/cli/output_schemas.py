# SPDX-License-Identifier: MIT
"""Holds real output against the published schemas: every shipped workload, with all its events.

usage: output_schemas.py MMSIM SOURCE_ROOT VALIDATE

VALIDATE is tests/unit/stats/validate.py. Prints TAP, one test a workload.
"""
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import shipped_workloads


def main(mmsim, root, validate):
    workloads = shipped_workloads.arguments(root)
    schemas = os.path.join(root, "docs", "schema")
    print(f"1..{len(workloads)}")
    failed = not workloads
    for number, workload in enumerate(workloads, 1):
        with subprocess.Popen([mmsim, "run", "--quiet", "--events", *workload],
                              stdout=subprocess.PIPE, cwd=root) as run:
            check = subprocess.run([sys.executable, validate, "-", schemas], stdin=run.stdout,
                                   stdout=subprocess.PIPE, text=True, check=False)
        name = os.path.basename(workload[0])
        if check.returncode == 77:
            print(f"ok {number} - {name} # SKIP python3-jsonschema is missing")
            continue
        ok = run.returncode == 0 and check.returncode == 0
        failed = failed or not ok
        print(f"{'ok' if ok else 'not ok'} {number} - {name}: {check.stdout.splitlines()[-1]}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*map(os.path.abspath, sys.argv[1:])))

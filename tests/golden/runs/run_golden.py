# SPDX-License-Identifier: MIT
"""Runs each scenario <scenario>/run.yaml with its events and compares the bytes with expected.jsonl.

usage: run_golden.py [--record] MMSIM [SCENARIO]...

--record writes expected.jsonl anew: what changed must be explained in the commit, which holds
nothing else. Prints TAP, one test a scenario.
"""
import difflib
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))


def changed_fields(wanted, got):
    """The first line that differs, field by field."""
    for number, (left, right) in enumerate(zip(wanted, got), 1):
        if left != right:
            break
    else:
        return [f"{len(wanted)} lines wanted, {len(got)} got"]
    lines = [json.dumps(json.loads(text), indent=0).splitlines() for text in (left, right)]
    return [f"line {number}:"] + [line for line in difflib.unified_diff(*lines, lineterm="", n=1)][:40]


def main():
    arguments = sys.argv[1:]
    recording = "--record" in arguments
    arguments = [argument for argument in arguments if argument != "--record"]
    mmsim = os.path.abspath(arguments[0])
    names = arguments[1:] or sorted(name for name in os.listdir(HERE)
                                    if os.path.exists(os.path.join(HERE, name, "run.yaml")))
    failed = 0
    print(f"1..{len(names)}", flush=True)
    for number, name in enumerate(names, 1):
        folder = os.path.join(HERE, name)
        expected = os.path.join(folder, "expected.jsonl")
        ran = subprocess.run([mmsim, "run", "run.yaml", "--events"], cwd=folder, text=True,
                             stdin=subprocess.DEVNULL, capture_output=True, check=False)
        if recording and ran.returncode == 0:
            with open(expected, "w", encoding="utf-8") as file:
                file.write(ran.stdout)
        problems = ran.stderr.splitlines()
        if ran.returncode == 0:
            with open(expected, encoding="utf-8") as file:
                wanted = file.read()
            if wanted != ran.stdout:
                problems += changed_fields(wanted.splitlines(), ran.stdout.splitlines())
        failed += bool(problems)
        print(f"{'not ok' if problems else 'ok'} {number} - {name}", flush=True)
        for problem in problems:
            print(f"# {problem}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()

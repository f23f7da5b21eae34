# SPDX-License-Identifier: MIT
"""Runs the command-line cases tests/cli/<topic>/<case>.sh and compares what they print.

usage: run_cases.py [--record] MMSIM SOURCE_ROOT [TOPIC/CASE]...

A case is a shell script. It runs in an empty folder with `mmsim` in its PATH and ROOT, the top of the
tree, in its environment. Beside it stand

    <case>.stdout.exact   its stdout; no file: nothing
    <case>.stderr.glob    its stderr, * for anything; no file: nothing
    <case>.exit           its exit code; no file: 0

--record writes these files from what happens now, a glob that still matches excepted: look at the
difference before committing it.
Prints TAP, one test a case.
"""
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))


def cases():
    """All cases as TOPIC/CASE, sorted."""
    found = []
    for topic in sorted(os.listdir(HERE)):
        folder = os.path.join(HERE, topic)
        if os.path.isdir(folder):
            found += [f"{topic}/{name[:-3]}" for name in sorted(os.listdir(folder))
                      if name.endswith(".sh")]
    return found


def read(path, default):
    if not os.path.exists(path):
        return default
    with open(path, encoding="utf-8") as file:
        return file.read()


def write(path, text, default):
    """Leaves no file where the default would do."""
    if text == default:
        if os.path.exists(path):
            os.remove(path)
        return
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def matches(glob, text):
    return re.fullmatch(".*".join(map(re.escape, glob.split("*"))), text, re.DOTALL) is not None


def run(mmsim, source_root, case):
    """stdout, stderr and exit code of a case."""
    with tempfile.TemporaryDirectory() as folder:
        bin_folder = os.path.join(folder, "bin")
        work = os.path.join(folder, "work")
        os.mkdir(bin_folder)
        os.mkdir(work)
        os.symlink(mmsim, os.path.join(bin_folder, "mmsim"))
        environment = {**os.environ, "ROOT": source_root, "LC_ALL": "C",
                       "PATH": bin_folder + os.pathsep + os.environ["PATH"]}
        ran = subprocess.run(["sh", os.path.join(HERE, case + ".sh")], cwd=work, env=environment,
                             stdin=subprocess.DEVNULL, capture_output=True, check=False,
                             timeout=300)
    return ran.stdout.decode("utf-8", "replace"), ran.stderr.decode("utf-8", "replace"), \
        ran.returncode


def problems_of(case, stdout, stderr, code):
    base = os.path.join(HERE, case)
    found = []
    if stdout != read(base + ".stdout.exact", ""):
        found.append("stdout is\n" + stdout)
    if not matches(read(base + ".stderr.glob", ""), stderr):
        found.append("stderr is\n" + stderr)
    if code != int(read(base + ".exit", "0")):
        found.append(f"the exit code is {code}")
    return found


def record(case, source_root, stdout, stderr, code):
    base = os.path.join(HERE, case)
    write(base + ".stdout.exact", stdout, "")
    if not matches(read(base + ".stderr.glob", ""), stderr):
        write(base + ".stderr.glob", stderr.replace(source_root, "*"), "")
    write(base + ".exit", f"{code}\n", "0\n")


def main():
    arguments = sys.argv[1:]
    recording = "--record" in arguments
    arguments = [argument for argument in arguments if argument != "--record"]
    mmsim, source_root = map(os.path.abspath, arguments[:2])
    names = arguments[2:] or cases()
    failed = 0
    print(f"1..{len(names)}", flush=True)
    for number, case in enumerate(names, 1):
        result = run(mmsim, source_root, case)
        if recording:
            record(case, source_root, *result)
        found = problems_of(case, *result)
        failed += bool(found)
        print(f"{'not ok' if found else 'ok'} {number} - {case}", flush=True)
        for line in "\n".join(found).splitlines():
            print(f"# {line}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()

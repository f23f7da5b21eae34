# SPDX-License-Identifier: MIT
"""Runs every `mmsim ...` command that the documentation shows; each must end with exit code 0
(a comparison also with 1: it has found a difference).

usage: docs_commands.py MMSIM SOURCE_ROOT

A command is a line of an indented or fenced block that begins with mmsim and a verb, tools/plot, parallel, or
with xz, which unpacks what mmsim then reads; a "$ " in front is allowed, a backslash at its end continues it. The
commands of a page run one after the other in a copy of the tree's folders, so that a page may use
what it made. Prints TAP.
"""
import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile

PAGES = ["README.md", "docs/*.md", "docs/mmsim.1", "workloads/*.md"]
# In the shown form these are patterns, not commands.
PATTERN = re.compile(r"[A-Z]{3,}|\.\.\.|\[")
COMMAND = re.compile(r"^ *(?:\$ )?((?:tools/)?mmsim +(?:run|check|import|trace|explain|show|compare|tune|sweep|--)\S* ?.*"
                     r"|tools/plot .*|parallel .*|xz(?:cat)? .*)$")


def commands(text):
    """The commands of a page, in order."""
    found = []
    fenced = False
    lines = iter(text.replace("\\-", "-").splitlines())
    for line in lines:
        if line.startswith(("```", ".EX", ".EE")):
            fenced = line.startswith(".EX") or line.startswith("```") and not fenced
            continue
        match = COMMAND.match(line)
        if not match or not fenced and not line.startswith(("    ", "\t")):
            continue
        command = match.group(1)
        while command.endswith("\\"):
            command = command[:-1] + next(lines).strip()
        if not PATTERN.search(re.sub(r"nodes\[\d+\]|\[[\d,]+\]|GFP_\w+|zones\[\d/\w+\]|\d/\w+", "", command)):
            found.append(re.sub(r"^tools/", "", command))
    return found


def run(command, folder, bin_folder):
    environment = {**os.environ, "PATH": bin_folder + os.pathsep + os.environ["PATH"]}
    return subprocess.run(["bash", "-c", "set -o pipefail\n" + command], cwd=folder,
                          env=environment, stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, check=False, timeout=600)


def main():
    mmsim, source_root = map(os.path.abspath, sys.argv[1:])
    pages = [path for page in PAGES for path in sorted(glob.glob(os.path.join(source_root, page)))]
    work = []
    for page in pages:
        with open(page, encoding="utf-8") as file:
            work += [(os.path.relpath(page, source_root), command)
                     for command in commands(file.read())]
    failed = 0
    print(f"1..{len(work)}", flush=True)
    with tempfile.TemporaryDirectory() as scratch:
        bin_folder = os.path.join(scratch, "bin")
        os.mkdir(bin_folder)
        os.symlink(mmsim, os.path.join(bin_folder, "mmsim"))
        os.symlink(os.path.join(source_root, "tools/plot"), os.path.join(bin_folder, "plot"))
        for number, (page, command) in enumerate(work, 1):
            folder = os.path.join(scratch, page.replace("/", "_"))
            if not os.path.isdir(folder):
                os.mkdir(folder)
                for name in ["configs", "workloads", "docs"]:
                    shutil.copytree(os.path.join(source_root, name), os.path.join(folder, name))
            ran = run(command, folder, bin_folder)
            bad = ran.returncode != 0 and not (ran.returncode == 1 and " compare " in command)
            failed += bad
            print(f"{'not ok' if bad else 'ok'} {number} - {page}: {command}",
                  flush=True)
            for line in (ran.stderr.splitlines() if bad else []):
                print(f"# {line}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()

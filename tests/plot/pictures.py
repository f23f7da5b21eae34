# SPDX-License-Identifier: MIT
"""Checks that the pictures in docs/ are what the README's commands draw now, whatever gnuplot is there.

usage: pictures.py MMSIM SOURCE_ROOT

Each docs/*.svg is written by a tools/plot command of the README and shown there. The runs that it
draws are made again, and the picture must name the drawing that comes of them. Prints TAP.
"""
import glob
import os
import shlex
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "../cli"))
from docs_commands import commands  # pylint: disable=wrong-import-position


def output_of(words):
    """The file that a command writes, or None."""
    return words[words.index("-o") + 1] if "-o" in words[:-1] else None


def problems_of(root, folder, mmsim, plot, written):
    """What is wrong with the picture of one plot command. written: by file, the mmsim command."""
    for name in set(plot) & set(written):
        words = [mmsim if word == "mmsim" else word for word in written[name]]
        words[words.index("-o") + 1] = os.path.join(folder, name)
        ran = subprocess.run(words, cwd=root, capture_output=True, text=True, check=False)
        if ran.returncode:
            return [f"{shlex.join(words)}: {ran.stderr}"]
    here = [os.path.join(folder, word) if word in written else word for word in plot[1:]]
    ran = subprocess.run([sys.executable, os.path.join(root, "tools/plot"), *here, "--check"], cwd=root,
                         stderr=subprocess.PIPE, text=True, check=False)
    return [ran.stderr] if ran.returncode else []


def main():
    mmsim, root = map(os.path.abspath, sys.argv[1:])
    with open(os.path.join(root, "README.md"), encoding="utf-8") as stream:
        text = stream.read()
    found = [shlex.split(command) for command in commands(text)]
    written = {output_of(words): words for words in found if words[0] == "mmsim" and output_of(words)}
    plots = {output_of(words): words for words in found if words[0] == "plot"}
    pictures = sorted(os.path.relpath(path, root) for path in glob.glob(os.path.join(root, "docs/*.svg")))
    failed = 0
    print(f"1..{len(pictures) + 1}")
    lost = sorted(set(plots) ^ set(pictures)) + [path for path in pictures if f"]({path})" not in text]
    failed += bool(lost or len(pictures) < 2)
    print(f"{'not ok' if lost or len(pictures) < 2 else 'ok'} 1 - the README draws and shows {pictures} {lost}")
    with tempfile.TemporaryDirectory() as folder:
        for number, path in enumerate(pictures, 2):
            problems = problems_of(root, folder, mmsim, plots[path], written) if path in plots else \
                ["no command"]
            failed += bool(problems)
            print(f"{'not ok' if problems else 'ok'} {number} - {path} is fresh")
            for problem in problems:
                print(f"# {problem}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()

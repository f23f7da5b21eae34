# SPDX-License-Identifier: MIT
"""What the structure tests share: the C files of a tree, and C text without comments or strings."""
import os
import re
import sys

TOKEN = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.DOTALL)


def files(root, folders=("sim", "tests"), suffixes=(".c", ".h")):
    """Paths relative to root, sorted, of the files below these folders with these suffixes."""
    found = []
    for folder in folders:
        for where, names, leaves in os.walk(os.path.join(root, folder)):
            names[:] = [name for name in names if not name.startswith((".", "build"))]
            found += [os.path.relpath(os.path.join(where, leaf), root)
                      for leaf in leaves if leaf.endswith(suffixes)]
    return sorted(found)


def read(root, path):
    with open(os.path.join(root, path), encoding="utf-8") as stream:
        return stream.read()


def code_only(text, keep_strings=False):
    """The text with comments (and strings) blanked out; line numbers stay what they were."""
    def blank(match):
        token = match.group()
        if keep_strings and token.startswith('"'):
            return token
        return re.sub(r"[^\n]", " ", token)
    return TOKEN.sub(blank, text)


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def finish(problems, checked):
    """Prints the problems and ends: 0 when there is none and something was checked, else 1."""
    for problem in problems:
        print(problem)
    print(f"{checked} checked, {len(problems)} problems")
    sys.exit(1 if problems or not checked else 0)

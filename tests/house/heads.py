# SPDX-License-Identifier: MIT
"""Checks the head of every source file: the licence line, then one line that says its purpose.

usage: heads.py SOURCE_ROOT
"""
import os
import re
import sys

import tree

LICENCE = "SPDX-License-Identifier: MIT"
C_HEAD = re.compile(r"/\* " + LICENCE + r" \*/\n/\* \S.*\S \*/\n")
OTHER_HEAD = re.compile(r"(#!.*\n)?# " + LICENCE + r"\n(# \S.*|\"\"\"\S.*)\n")
# A list of subdirectories says all by itself; every other file says what it is for.
BUILD_HEAD = re.compile(r"# " + LICENCE + r"\n")


def head_of(path):
    """The pattern a file must start with, or None when it needs no head."""
    name = os.path.basename(path)
    if name == "meson.build":
        return BUILD_HEAD
    if name.endswith((".c", ".h")):
        return C_HEAD
    if name.endswith((".py", ".sh")) or path.startswith("tools/") and "." not in name:
        return OTHER_HEAD
    return None


def check(root):
    """All problems of the tree at `root`, and the number of files looked at."""
    problems = []
    checked = 0
    for path in tree.files(root, folders=("sim", "tests", "tools"), suffixes=("",)):
        pattern = head_of(path)
        if not pattern:
            continue
        checked += 1
        if not pattern.match(tree.read(root, path)):
            problems.append(f"{path}:1: wants the {LICENCE} line, then one line of purpose")
    return problems, checked


if __name__ == "__main__":
    tree.finish(*check(sys.argv[1]))

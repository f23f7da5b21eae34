# SPDX-License-Identifier: MIT
"""Checks that clang-format would change no C file; ends with 77 (skipped) where it is absent.

usage: format.py SOURCE_ROOT
"""
import shutil
import subprocess
import sys

import tree


def main():
    root = sys.argv[1]
    if not shutil.which("clang-format"):
        print("skipped: there is no clang-format here")
        sys.exit(77)
    paths = tree.files(root)
    ran = subprocess.run(["clang-format", "--dry-run", "-Werror", *paths], cwd=root, text=True,
                         stderr=subprocess.PIPE, check=False)
    problems = [line for line in ran.stderr.splitlines() if ": error:" in line]
    if ran.returncode != 0 and not problems:
        problems = [ran.stderr]
    tree.finish(problems, len(paths))


if __name__ == "__main__":
    main()

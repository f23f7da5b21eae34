# SPDX-License-Identifier: MIT
"""Checks that every header compiles alone, and twice, with the flags of the build.

usage: headers.py SOURCE_ROOT BUILD_ROOT
"""
import json
import os
import shlex
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import tree

# Not flags of the language: what is compiled, where to, and the dependency files.
WITH_VALUE = ("-o", "-c", "-MF", "-MQ", "-MT")
ALONE = ("-MD", "-MMD")


def flags(command):
    """The compiler and its flags in one command of compile_commands.json."""
    kept = []
    words = iter(shlex.split(command))
    for word in words:
        if word in WITH_VALUE:
            next(words)
        elif word not in ALONE and not word.endswith(".c"):
            kept.append(word)
    return kept


def flags_by_folder(source_root, build_root):
    """Source folder -> the compiler and flags that one of its files is compiled with."""
    with open(os.path.join(build_root, "compile_commands.json"), encoding="utf-8") as stream:
        commands = json.load(stream)
    found = {}
    for entry in commands:
        path = os.path.relpath(os.path.join(entry["directory"], entry["file"]), source_root)
        found.setdefault(os.path.dirname(path), flags(entry["command"]))
    return found


def flags_for(header, folders):
    """The flags of the header's own folder, else of the nearest one; and every include folder of
    its half of the tree: the layers' arrows are another test's business."""
    half = [name for name in sorted(folders) if name.split("/")[0] == header.split("/")[0]]
    nearest = max(half, key=lambda name: len(os.path.commonprefix([name, header])))
    found = list(folders[nearest])
    for name in half:
        found += [word for word in folders[name] if word.startswith("-I") and word not in found]
    return found


def problem_of(header, source_root, build_root, folders):
    """What the compiler says against the header, or an empty text."""
    path = os.path.join(source_root, header)
    unit = f'#include "{path}"\n#include "{path}"\nextern int house_not_empty;\n'
    ran = subprocess.run([*flags_for(header, folders), "-Werror", "-fsyntax-only", "-x", "c", "-"],
                         input=unit, cwd=build_root, text=True, stderr=subprocess.PIPE, check=False)
    return "" if ran.returncode == 0 else f"{header}:\n{ran.stderr}"


def main():
    source_root, build_root = sys.argv[1:]
    folders = flags_by_folder(source_root, build_root)
    headers = tree.files(source_root, suffixes=(".h",))
    with ThreadPoolExecutor(2) as pool:
        said = pool.map(lambda header: problem_of(header, source_root, build_root, folders), headers)
        tree.finish([problem for problem in said if problem], len(headers))


if __name__ == "__main__":
    main()

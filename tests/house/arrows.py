# SPDX-License-Identifier: MIT
"""Checks the arrows between the layers of sim/: who may include whom, and who may talk.

usage: arrows.py SOURCE_ROOT
"""
import re
import sys

import tree

# A layer may include itself, the layers named here, and what those may include.
ARROWS = {
    "base": [],
    "engine": ["base"],
    "yaml": ["base"],
    "mm": ["engine"],
    "trace": ["base", "yaml"],
    "reclaim": ["mm"],
    "user": ["reclaim"],
    "kernels": ["reclaim"],
    "stats": ["kernels", "user"],
    "run": ["stats", "trace"],
    "config": ["run", "yaml"],
    "compare": ["stats", "yaml"],
    "sweep": ["config", "compare"],
    "cli": ["sweep"],
}
# Only here may the header of a library be included.
LIBRARIES = {
    "yaml.h": re.compile(r"^sim/yaml/"),
    "cjson/cJSON.h": re.compile(r"^sim/stats/(summary|result_reader)\w*\.[ch]$"),
    "sqlite3.h": re.compile(r"^sim/sweep/sweep_sqlite\.c$"),
    "cJSON.h": re.compile(r"^sim/stats/(summary|result_reader)\w*\.[ch]$"),
}
# Library code neither prints nor exits; base/check.c is the end of a run that met a bug, and a
# worker process ends where its pool made it.
TALK = re.compile(r"\b(stderr|(?:v?printf|puts|putchar|perror|exit|_exit|_Exit|quick_exit|abort)\s*\()")
MAY_TALK = re.compile(r"^sim/(cli/|base/check\.c$|sweep/worker_pool\.c$)")
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(?:"([^"\n]+)"|<([^>\n]+)>)', re.MULTILINE)


def reachable(layer):
    """The layers that `layer` may include, itself among them."""
    found = {layer}
    for below in ARROWS[layer]:
        found |= reachable(below)
    return found


def check_include(path, layer, quoted, system):
    """The problem with one include, or None."""
    if system:
        where = LIBRARIES.get(system)
        if where and not where.match(path):
            return f"<{system}> is not for this file"
        return None
    target = quoted.split("/")[0]
    if "/" not in quoted or target not in ARROWS:
        return f'"{quoted}": write the path from sim/, "layer/file.h"'
    if target not in reachable(layer):
        return f'"{quoted}" points up: {layer} may include {", ".join(sorted(reachable(layer)))}'
    return None


def check(root):
    """All problems of the tree at `root`, and the number of files looked at."""
    problems = []
    paths = tree.files(root, folders=("sim",))
    for path in paths:
        layer = path.split("/")[1]
        text = tree.read(root, path)
        code = tree.code_only(text)
        if layer not in ARROWS:
            problems.append(f"{path}:1: {layer} is no layer")
            continue
        for match in INCLUDE.finditer(tree.code_only(text, keep_strings=True)):
            problem = check_include(path, layer, *match.groups())
            if problem:
                problems.append(f"{path}:{tree.line_of(text, match.start())}: {problem}")
        for match in TALK.finditer(code):
            if not MAY_TALK.match(path):
                problems.append(f"{path}:{tree.line_of(code, match.start())}: "
                                f"{match.group(1)} is for sim/cli only")
    return problems, len(paths)


if __name__ == "__main__":
    tree.finish(*check(sys.argv[1]))

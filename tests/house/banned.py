# SPDX-License-Identifier: MIT
"""Checks that no source uses a function that is unsafe or lets the outside world into a result.

usage: banned.py SOURCE_ROOT
"""
import re
import sys

import tree

# (words, reason, where it is forbidden, where it is allowed all the same)
RULES = [
    (r"(?:strcpy|strcat|stpcpy|sprintf|vsprintf|gets|strtok|alloca)\s*\(",
     "has no bound or hidden state", r"^(sim|tests)/", None),
    (r"(?:atoi|atol|atoll|atof)\s*\(",
     "hides errors: use base/units.h", r"^(sim|tests)/", None),
    (r"[fs]?scanf\s*\(",
     "hides errors: use base/units.h", r"^sim/", None),
    (r"(?:s?rand|s?random|[ejlmn]rand48|drand48|getrandom)\s*\(",
     "is not base/rng.h", r"^(sim|tests)/", None),
    (r"(?:time|clock|gettimeofday|clock_gettime|timespec_get)\s*\(",
     "lets the wall clock in", r"^sim/", r"^sim/(cli/progress|sweep/worker_pool)"),
    (r"(?:getenv|setlocale)\s*\(",
     "lets the environment in", r"^sim/", r"^sim/cli/"),
    (r"(?:float|double)\b",
     "no floating point in the model", r"^sim/", r"^sim/(cli|stats)/"),
    (r"(?:TODO|FIXME|XXX|HACK)\b",
     "finish it, or open an issue", r"^(sim|tests)/", None),
]


def check(root):
    """All problems of the tree at `root`, and the number of files looked at."""
    problems = []
    paths = tree.files(root)
    for path in paths:
        text = tree.read(root, path)
        code = tree.code_only(text)
        for words, reason, where, allowed in RULES:
            if not re.match(where, path) or allowed and re.match(allowed, path):
                continue
            searched = text if "TODO" in words else code
            for match in re.finditer(r"(?<![\w.>])" + words, searched):
                word = match.group().rstrip("( \t")
                line = tree.line_of(searched, match.start())
                problems.append(f"{path}:{line}: {word}: {reason}")
    return problems, len(paths)


if __name__ == "__main__":
    tree.finish(*check(sys.argv[1]))

# SPDX-License-Identifier: MIT
"""Checks that no library of sim/ has a variable: only constant tables may have file scope.

usage: no_state.py LIBRARY.a...
"""
import re
import subprocess
import sys

import tree

# objdump -t: value, flags, section, size, name. Tables of pointers lie in .data.rel.ro: constant.
SYMBOL = re.compile(r"^[0-9a-f]+ .{7} (\S+)\t([0-9a-f]+) (?:\.hidden )?(\S+)$")
WRITABLE = re.compile(r"^(\*COM\*|\.(data|bss|tdata|tbss|sdata|sbss)(?!\.rel\.ro)\b)")


def variables(listing):
    """The names of the writable objects in an `objdump -t` listing."""
    found = []
    for line in listing.splitlines():
        match = SYMBOL.match(line)
        if match and WRITABLE.match(match.group(1)) and int(match.group(2), 16) > 0:
            found.append(match.group(3))
    return found


def main():
    problems = []
    libraries = sys.argv[1:]
    for library in libraries:
        listing = subprocess.run(["objdump", "-t", library], check=True, text=True,
                                 stdout=subprocess.PIPE).stdout
        problems += [f"{library}: {name} is mutable state" for name in variables(listing)]
    tree.finish(problems, len(libraries))


if __name__ == "__main__":
    main()

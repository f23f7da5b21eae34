#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Meson's test wrapper for valgrind: our own binaries run under it, interpreters do not.

A script test gets our binaries as arguments. Each of those is replaced by a small script that runs
it under valgrind, so that a test written in Python exercises mmsim, and not Python, there. A binary
is ours when it lies below the build directory, which the test setup names in MMSIM_BUILD_ROOT.
"""
import os
import shlex
import sys

ERROR_EXIT = 99  # no program of ours ends with this
VALGRIND = ["valgrind", "--quiet", f"--error-exitcode={ERROR_EXIT}", "--leak-check=full",
            "--show-leak-kinds=definite,indirect", "--errors-for-leak-kinds=definite,indirect"]


def is_ours(path, build_dir):
    """True for an ELF file below the build directory."""
    real = os.path.realpath(path)
    if not real.startswith(build_dir + os.sep) or not os.access(real, os.X_OK):
        return False
    if not os.path.isfile(real):
        return False
    with open(real, "rb") as stream:
        return stream.read(4) == b"\x7fELF"


def stand_in(path, build_dir):
    """The script that runs `path` under valgrind; it keeps the name of the binary."""
    real = os.path.realpath(path)
    folder = os.path.join(build_dir, "valgrind", os.path.relpath(os.path.dirname(real), build_dir))
    os.makedirs(folder, exist_ok=True)
    script = os.path.join(folder, os.path.basename(real))
    unfinished = f"{script}.{os.getpid()}"
    with open(unfinished, "w", encoding="utf-8") as stream:
        stream.write(f'#!/bin/sh\nexec {shlex.join(VALGRIND)} {shlex.quote(real)} "$@"\n')
    os.chmod(unfinished, 0o755)
    os.rename(unfinished, script)
    return script


def main():
    build_dir = os.path.realpath(os.environ["MMSIM_BUILD_ROOT"])
    command = sys.argv[1:]
    if is_ours(command[0], build_dir):
        os.execvp(VALGRIND[0], VALGRIND + command)
    command[1:] = [stand_in(word, build_dir) if is_ours(word, build_dir) else word
                   for word in command[1:]]
    environment = {name: stand_in(value, build_dir) if is_ours(value, build_dir) else value
                   for name, value in os.environ.items()}
    os.execvpe(command[0], command, environment)


if __name__ == "__main__":
    main()

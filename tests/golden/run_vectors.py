#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs golden_replay over every vector of the given folders; TAP on stdout.

usage: run_vectors.py GOLDEN_REPLAY FOLDER [OPTIONAL_FOLDER [ARGUMENT...]]

The vectors of OPTIONAL_FOLDER that FOLDER does not have are run when the folder is there, and
reported as skipped, by one line, when it is not. The arguments are golden_replay's.
"""
import lzma
import pathlib
import subprocess
import sys


def read(path):
    """The bytes of a vector file, xz-compressed or not."""
    if path.exists():
        return path.read_bytes()
    return lzma.decompress(path.with_name(path.name + ".xz").read_bytes())


def vectors(folder):
    return sorted({p.name.split(".in")[0] for p in folder.glob("*.in*")})


def first_difference(got, want):
    """The number and text of the first line that differs."""
    got, want = got.split(b"\n"), want.split(b"\n")
    for number, (a, b) in enumerate(zip(got, want), 1):
        if a != b:
            return f"line {number}: got {a[:120]!r}, expected {b[:120]!r}"
    return f"got {len(got)} lines, expected {len(want)}"


def main():
    program, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    extra = pathlib.Path(sys.argv[3]) if len(sys.argv) > 3 else None
    cases = [(folder, name) for name in vectors(folder)]
    if extra and extra.is_dir():
        cases += [(extra, n) for n in vectors(extra) if n not in {c[1] for c in cases}]
        extra = None
    print(f"1..{len(cases) + (1 if extra else 0)}")
    failed = not cases
    for number, (where, name) in enumerate(cases, 1):
        run = subprocess.run([program, *sys.argv[4:]], input=read(where / (name + ".in")), capture_output=True,
                             check=False)
        want = read(where / (name + ".out"))
        ok = run.returncode == 0 and run.stdout == want
        print(f"{'ok' if ok else 'not ok'} {number} - {name}")
        if not ok:
            failed = True
            print(f"# {first_difference(run.stdout, want)}")
            print("# " + run.stderr.decode(errors="replace").replace("\n", "\n# "))
    if extra:
        print(f"ok {len(cases) + 1} - the long vectors # SKIP they are not on this machine")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

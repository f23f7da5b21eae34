# SPDX-License-Identifier: MIT
"""Checks that a run's output depends on its input only: not on compiler, optimisation or checks.

usage: byte_equal.py SOURCE_ROOT BUILD_ROOT MMSIM WERROR

Builds mmsim four more times, runs every workload with every binary, with the first one twice, and
demands equal bytes. Prints TAP, one test a run.
"""
import filecmp
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import shipped_workloads

# (CC, optimisation, -Dchecks). The fifth is the build that the test belongs to.
VARIANTS = [("gcc", "3", "none"), ("clang", "0", "none"), ("gcc", "0", "full"),
            ("clang", "3", "full")]

# Every workload is run on the machine it names; these are run too.
MORE_RUNS = [
    ["--events", "workloads/atomic-burst.yaml"],
    ["-c", "configs/numa-4node.yaml", "workloads/dma-exhaustion.yaml"],
    ["--set", "machine.page_group_by_mobility=off", "workloads/order4-churn.yaml"],
    ["--seed", "7", "workloads/order4-churn.yaml"],
    ["-c", "configs/boot-256m.yaml", "workloads/boot-256m.mmtr"],
    ["--events", "--until", "9s", "workloads/swap-oom.yaml"],
    ["-c", "configs/stream-3g-wait-iff-congested.yaml", "--until", "1600ms",
     "workloads/mapped-stream.yaml"],
]


def quietly(command, **more):
    """Runs a command; raises RuntimeError with its output when it fails."""
    ran = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                         stdin=subprocess.DEVNULL, text=True, check=False, **more)
    if ran.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} ended with {ran.returncode}\n{ran.stdout}")


def build(source_root, build_root, werror, variant):
    """Builds one variant, or brings it up to date, and returns its mmsim."""
    compiler, optimisation, checks = variant
    folder = os.path.join(build_root, "equal", f"{compiler}-O{optimisation}-{checks}")
    if not os.path.exists(os.path.join(folder, "build.ninja")):
        quietly(["meson", "setup", "--wipe" if os.path.exists(folder) else "--backend=ninja",
                 f"-Doptimization={optimisation}", "-Ddebug=false", f"-Dchecks={checks}",
                 f"-Dwerror={werror}", "-Dtests=false", folder, source_root],
                env={**os.environ, "CC": compiler})
    quietly(["meson", "compile", "-C", folder, "-j", "2"])
    return os.path.join(folder, "sim", "cli", "mmsim")


def runs(source_root):
    """The arguments of each run."""
    return shipped_workloads.arguments(source_root) + MORE_RUNS


def difference(binaries, source_root, arguments, scratch):
    """Which binary's output differs from the first one's, or None. The first runs twice."""
    first = None
    for number, binary in enumerate([binaries[0], *binaries]):
        output = os.path.join(scratch, f"{number}.jsonl")
        quietly([binary, "run", *arguments, "-o", output], cwd=source_root)
        first = first or output
        if os.path.getsize(output) == 0:
            return f"{binary}: the output is empty"
        if not filecmp.cmp(first, output, shallow=False):
            return f"{binary} differs"
    return None


def main():
    source_root, build_root, binary, werror = sys.argv[1:]
    wanted = runs(source_root)
    print(f"1..{len(wanted)}", flush=True)
    binaries = [build(source_root, build_root, werror, variant) for variant in VARIANTS]
    binaries.append(os.path.realpath(binary))
    for number, arguments in enumerate(wanted, start=1):
        with tempfile.TemporaryDirectory(dir=build_root) as scratch:
            try:
                problem = difference(binaries, source_root, arguments, scratch)
            except RuntimeError as failed:
                problem = str(failed)
        print(f"{'not ok' if problem else 'ok'} {number} - {' '.join(arguments)} gives the same "
              f"bytes in {len(binaries)} builds and twice")
        for line in (problem or "").splitlines():
            print(f"# {line}")
        sys.stdout.flush()


if __name__ == "__main__":
    main()

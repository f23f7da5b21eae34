# SPDX-License-Identifier: MIT
"""Checks that a run's output depends on its input only: not on compiler, optimisation or checks.

usage: byte_equal.py SOURCE_ROOT BUILD_ROOT MMSIM WERROR

Builds mmsim four more times, runs each (machine, workload) with every binary, twice with MMSIM, and
demands equal bytes. Prints TAP: one test per workload, and one that no workload was forgotten.
"""
import filecmp
import os
import subprocess
import sys
import tempfile

# (CC, optimisation, -Dchecks); the fifth is the build that the test belongs to.
VARIANTS = [
    ("gcc", "0", "full"),
    ("gcc", "3", "none"),
    ("clang", "0", "none"),
    ("clang", "3", "full"),
]

# Every workload and the machine it is run on.
RUNS = [
    ("atomic-burst.yaml", "uma-256m.yaml"),
    ("boot-256m.yaml", "boot-256m.yaml"),
    ("boot-idle.yaml", "pc-4g.yaml"),
    ("dma-exhaustion.yaml", "uma-256m.yaml"),
    ("numa-imbalance.yaml", "numa-4node.yaml"),
    ("order4-churn.yaml", "uma-256m.yaml"),
]
# Read by a workload.
NO_RUNS = ["boot-256m.mmtr"]


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


def unlisted(source_root):
    """Workloads of the tree that RUNS does not name, and rows of RUNS that the tree does not have."""
    there = {name for name in os.listdir(os.path.join(source_root, "workloads"))
             if name.endswith((".yaml", ".yml", ".mmtr"))}
    listed = {workload for workload, _ in RUNS} | set(NO_RUNS)
    return sorted(there ^ listed)


def difference(binaries, source_root, machine, workload, scratch):
    """Which binary's output differs from the first one's, or None. The first runs twice."""
    outputs = []
    for number, binary in enumerate([binaries[0], *binaries]):
        output = os.path.join(scratch, f"{workload}.{number}.jsonl")
        quietly([binary, "run", "-c", os.path.join("configs", machine),
                 os.path.join("workloads", workload), "-o", output], cwd=source_root)
        outputs.append((binary, output))
    first = outputs[0][1]
    if os.path.getsize(first) == 0:
        return f"{binaries[0]}: the output is empty"
    for binary, output in outputs[1:]:
        if not filecmp.cmp(first, output, shallow=False):
            return f"{binary} differs"
    return None


def report(number, name, problem):
    print(f"{'not ok' if problem else 'ok'} {number} - {name}")
    for line in (problem or "").splitlines():
        print(f"# {line}")
    sys.stdout.flush()


def main():
    source_root, build_root, binary, werror = sys.argv[1:]
    print(f"1..{len(RUNS) + 1}", flush=True)
    left_out = unlisted(source_root)
    report(1, "every workload is in the table of this test",
           f"not in both: {', '.join(left_out)}" if left_out else None)
    binaries = [os.path.realpath(binary)]
    binaries += [build(source_root, build_root, werror, variant) for variant in VARIANTS]
    with tempfile.TemporaryDirectory(dir=build_root) as scratch:
        for number, (workload, machine) in enumerate(RUNS, start=2):
            try:
                problem = difference(binaries, source_root, machine, workload, scratch)
            except RuntimeError as failed:
                problem = str(failed)
            report(number, f"{workload} on {machine} gives the same bytes in "
                           f"{len(binaries)} builds and twice", problem)


if __name__ == "__main__":
    main()

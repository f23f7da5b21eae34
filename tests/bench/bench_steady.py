# SPDX-License-Identifier: MIT
"""Times workloads/steady-4g.yaml: ten simulated minutes must take less than a twentieth of that.

usage: bench_steady.py MMSIM SOURCE_ROOT

Prints one JSON line: CPU time in milliseconds, and simulated time as a multiple of it.
"""
import json
import os
import resource
import subprocess
import sys

SIMULATED_MS = 600_000
PROMISED_RATIO = 20


def main(mmsim, source_root):
    workload = os.path.join(source_root, "workloads", "steady-4g.yaml")
    subprocess.run([mmsim, "run", "--quiet", workload, "-o", os.devnull], check=True)
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_ms = max(1, round((usage.ru_utime + usage.ru_stime) * 1000))
    print(json.dumps({"steady_cpu_ms": cpu_ms, "steady_ratio": SIMULATED_MS // cpu_ms}))
    return 0 if SIMULATED_MS >= PROMISED_RATIO * cpu_ms else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

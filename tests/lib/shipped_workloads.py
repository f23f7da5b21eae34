# SPDX-License-Identifier: MIT
"""The shipped workloads, and how far tests that run all of them need to go."""
import os

# Virtual time after which nothing new happens that a test in many builds would see; the others run
# to their end.
UNTIL = {
    "dirty-throttling": "10s",
    "growth-100mbs": "9300ms",
    "highalloc": "12s",
    "jumbo-frames": "60ms",
    "kswapd-order3": "3100ms",
    "lowmem-oom": "600ms",
    "mapped-stream": "1600ms",
    "steady-4g": "6s",
    "stream-vs-anon": "5s",
    "swap-oom": "9s",
    "zone-reclaim": "6s",
}


def arguments(root):
    """For each workload, ascending, the arguments of `mmsim run`."""
    names = sorted(os.listdir(os.path.join(root, "workloads")))
    runs = []
    for name in names:
        if not name.endswith(".yaml"):
            continue
        until = UNTIL.get(name[: -len(".yaml")])
        runs.append([f"workloads/{name}"] + (["--until", until] if until else []))
    return runs

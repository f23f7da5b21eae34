# SPDX-License-Identifier: MIT
"""Holds the schemas of the input files, their documentation and mmsim against each other.

usage: input_schemas.py MMSIM SOURCE_ROOT

Prints TAP: the shipped files fit the schemas; every key of a schema is documented; a default that a
schema states is accepted by mmsim; what the schema and mmsim think of some bad files is the same.
"""
import glob
import json
import os
import subprocess
import sys
import tempfile

try:
    import jsonschema
    import yaml
except ImportError as error:
    print(f"1..0 # SKIP {error}")
    sys.exit(0)

# Where a kind of file is documented, if not on a page of its own.
PAGES = {"thresholds": "compare"}
IN_SCENARIOS = {"machine": "[!t]*.yaml", "thresholds": "thresholds.yaml"}

BAD_MACHINES = [
    {"version": 2, "machine": {"nodes": [{"memory": "1GiB"}]}},
    {"version": 1, "machine": {"nodes": []}},
    {"version": 1, "machine": {"nodes": [{"memory": "1GB"}]}},
    {"version": 1, "machine": {"nodes": [{"memory": "1GiB"}], "hz": 10}},
    {"version": 1, "machine": {"nodes": [{"memory": [{"start": 0}]}]}},
    {"version": 1, "machine": {"nodes": [{"memory": "1GiB"}]}, "vm": {"swapiness": 1}},
    {"version": 1, "machine": {"nodes": [{"memory": "1GiB"}]},
     "vm": {"percpu_pagelist_fraction": 7}},
    {"version": 1, "machine": {"nodes": [{"memory": "1GiB"}]}, "vm": {"page_cluster": 3}},
    {"version": 1, "machine": {"nodes": [{"memory": "1GiB"}]}, "vm": {"swappiness": 101}},
    {"version": 1, "machine": {"nodes": [{"memory": "1GiB"}]},
     "kernel_params": {"wait_iff_congested": 1}},
    {"version": 1, "machine": {"nodes": [{"memory": "1GiB"}]}, "devices": [{"name": "a"}]},
    {"version": 1, "machine": {"nodes": [{"memory": "1GiB"}]},
     "devices": [{"name": "a", "type": "swap"}]},
    {"version": 1, "machine": {"nodes": [{"memory": "1GiB"}]},
     "devices": [{"name": "a", "type": "file", "size": "1GiB"}]},
    {"version": 1, "machine": {"nodes": [{"memory": "1GiB"}]},
     "devices": [{"name": "a", "type": "file", "bandwidth": "60kB/s"}]},
]
BAD_WORKLOADS = [
    {"version": 1, "duration": "1s", "tasks": [{"cpu": 0}]},
    {"version": 1, "duration": "1 s"},
    {"version": 1, "duration": "1s", "tasks": [{"name": "a", "steps": ["leave"]}]},
    {"version": 1, "duration": "1s",
     "tasks": [{"name": "a", "steps": [{"sleep": "1ms", "until": "2ms"}]}]},
    {"version": 1, "duration": "1s", "generators": [{"name": "a"}]},
    {"version": 1, "duration": "1s",
     "generators": [{"name": "a", "gap": {"normal": {"mean": "1ms"}}}]},
    {"version": 1, "duration": "1s", "events": [["1ms"]]},
    {"version": 1, "duration": "1s", "files": [{"name": "a"}]},
    {"version": 1, "duration": "1s", "caches": [{"name": "a"}]},
    {"version": 1, "duration": "1s", "caches": [{"name": "a", "object_size": 8,
                                                 "objects_per_page": 8}]},
    {"version": 1, "duration": "1s", "tasks": [{"name": "a", "nice": 20}]},
    {"version": 1, "duration": "1s", "tasks": [{"name": "a", "steps": [{"anon": {"id": "x"}}]}]},
    {"version": 1, "duration": "1s",
     "tasks": [{"name": "a", "steps": [{"drop_caches": "dentries"}]}]},
    {"version": 1, "duration": "1s",
     "tasks": [{"name": "a", "steps": [{"sysctl": {"swappiness": 101}}]}]},
]
BAD_THRESHOLDS = [
    {"version": 2, "thresholds": {"alloc.failed": "== 0"}},
    {"version": 1},
    {"version": 1, "thresholds": {}},
    {"version": 1, "thresholds": {"alloc.failed": []}},
    {"version": 1, "thresholds": {"alloc.failed": "0"}},
    {"version": 1, "thresholds": {"alloc.failed": "no better"}},
    {"version": 1, "thresholds": {"alloc.failed": {"max": 0}}},
    {"version": 1, "threshold": {}, "thresholds": {"alloc.failed": "== 0"}},
]
BURST = {"version": 1, "workload": "workload.yaml", "axes": {"seed": [1, 2]}}
BAD_SWEEPS = [
    {**BURST, "version": 2},
    {"version": 1, "workload": "workload.yaml"},
    {**BURST, "axes": {}},
    {**BURST, "axes": {"seed": []}},
    {**BURST, "axes": {"seed": 1}},
    {**BURST, "axes": {"seed": {"from": 1, "to": 2}}},
    {**BURST, "axes": {"seed": {"from": 1, "to": 2, "step": 1, "factor": 2}}},
    {**BURST, "axes": {"seed": {"from": 1, "to": 2, "factor": 1}}},
    {**BURST, "axes": {f"vm.a{i}": [1] for i in range(33)}},
    {**BURST, "zip": {"vm.swappiness": [1]}},
    {**BURST, "zip": [{}]},
    {**BURST, "set": {"seed": 1}},
    {**BURST, "only": {"seed": 1}},
    {**BURST, "only": [{}]},
    {**BURST, "exclude": [{"seed": [1]}]},
    {**BURST, "metrics": []},
    {**BURST, "metrics": ["time_ns", "time_ns"]},
    {**BURST, "keep": "all"},
    {**BURST, "tick": 0},
    {**BURST, "limits": {"time": "1s"}},
    {**BURST, "limits": {"memory": "1GB"}},
    {**BURST, "workload": "-"},
    {**BURST, "axis": {"seed": [1]}},
]
GOOD_SWEEP = {
    **BURST, "name": "good", "description": "all of it", "set": {"vm.swappiness": 10},
    "axes": {"seed": {"from": 1, "to": 3, "step": 2}, "vm.min_free_kbytes": [512, 1024],
             "vm.lowmem_reserve_ratio": [[256, 32, 32]]},
    "zip": [{"vm.dirty_ratio": [40, 50], "workload.tick": ["10ms", 1000000]}],
    "only": [{"seed": 1}, {"vm.min_free_kbytes": ">= 512"}], "exclude": [{"vm.dirty_ratio": "> 45"}],
    "metrics": ["alloc.failed", "zones[*].margin_low_pages.min"], "keep": "summary",
    "until": "1s", "reclaim": "simulated", "limits": {"timeout": "1m", "memory": "1GiB"},
}
SWEPT_WORKLOAD = {"version": 1, "machine": "machine.yaml", "duration": "1s"}
SWEPT_MACHINE = {"version": 1, "machine": {"nodes": [{"memory": "64MiB"}]}}
GOOD_WORKLOAD = {
    "version": 1, "duration": "1s",
    "files": [{"name": "log", "size": "1MiB", "writepage": "redirties"}],
    "caches": [{"name": "dentry", "object_size": "192B", "seeks": 2, "fs_only": True}],
    "cpusets": [{"name": "left", "mems": "0-1", "mem_exclusive": True},
                {"name": "inner", "parent": "left", "mems": [0], "memory_spread_page": True}],
    "tasks": [
        {"name": "a", "nice": -5, "oom_adj": 3, "uid": 0, "capabilities": ["CAP_SYS_RAWIO"],
         "flags": ["PF_LESS_THROTTLE"], "cpuset": "left",
         "mempolicy": {"mode": "interleave", "nodes": "0-1"},
         "steps": [{"anon": {"id": "heap", "size": "1MiB"}},
                   {"mmap": {"id": "map", "file": "log", "offset": "4KiB"}},
                   {"touch": {"id": "heap", "pattern": "zipf", "exponent": 0.99, "write": True,
                              "offset": "4KiB", "size": "8KiB", "count": 9, "rate": "100MB/s"}},
                   {"read": {"file": "log", "block": "4KiB"}}, {"write": {"file": "log"}},
                   {"set_mempolicy": "default"}, {"set_mempolicy": {"mode": "bind", "nodes": 1}},
                   {"mbind": {"id": "heap", "mode": "preferred", "nodes": [0]}},
                   {"anon": {"id": "far", "size": "1MiB",
                             "mempolicy": {"mode": "bind", "nodes": 1}}},
                   {"fsync": "log"}, {"mlock": "map"}, {"munlock": "map"}, {"unmap": "map"},
                   {"drop_caches": "all"}, {"drop_caches": 1}, {"fork": "b"},
                   {"fork": {"task": "b", "count": 2}},
                   {"slab_alloc": {"cache": "dentry", "objects": 100, "gfp": "GFP_NOFS"}},
                   {"slab_free": {"cache": "dentry", "objects": 1}}, {"slab_free": "dentry"},
                   {"kmem_cache_shrink": "dentry"},
                   {"sysctl": {"page-cluster": 0}}, {"sysctl": {"vm.swappiness": 100}}]},
        {"name": "b", "forked": True, "steps": [{"touch": {"id": "heap"}}, "exit"]}],
}


def properties(schema, path=""):
    """(path, schema) of every named key, without those behind a $ref."""
    if isinstance(schema, list):
        for item in schema:
            yield from properties(item, path)
        return
    if not isinstance(schema, dict):
        return
    for key, value in schema.items():
        if key == "properties":
            for name, inner in value.items():
                yield f"{path}.{name}".lstrip("."), inner
                yield from properties(inner, f"{path}.{name}")
        elif isinstance(value, (dict, list)) and key != "default":
            yield from properties(value, path)


class Report:
    """TAP, numbered as it comes."""

    def __init__(self):
        self.number = 0
        self.failed = 0

    def line(self, title, problems):
        self.number += 1
        self.failed += bool(problems)
        print(f"{'not ok' if problems else 'ok'} {self.number} - {title}", flush=True)
        for problem in problems:
            print(f"# {problem}")


def accepted(mmsim, folder, document):
    path = os.path.join(folder, "document.yaml")
    with open(path, "w", encoding="utf-8") as file:
        yaml.safe_dump(document, file)
    return subprocess.run([mmsim, "check", path], stdin=subprocess.DEVNULL, capture_output=True,
                          check=False).returncode == 0


def defaults_refused(mmsim, folder, schema):
    """Keys of a machine file whose stated default mmsim does not take."""
    found = []
    for path, inner in properties(schema):
        names = path.split(".")
        if not isinstance(inner, dict) or "default" not in inner or "nodes" in names:
            continue
        document = {"version": 1, "machine": {"nodes": [{"memory": "256MiB"}]}}
        at = document
        if names[0] == "devices":
            at = {"name": "a", "type": "swap", "size": "1MiB"}
            document["devices"] = [at]
            names = names[1:]
        for name in names[:-1]:
            at = at.setdefault(name, {})
        at[names[-1]] = inner["default"]
        if names[-1] == "normal_end":
            document["machine"]["highmem"] = True
        if not accepted(mmsim, folder, document):
            found.append(path)
    return found


def main():
    mmsim, root = map(os.path.abspath, sys.argv[1:])
    report = Report()
    kinds = {"machine": ("configs", BAD_MACHINES), "workload": ("workloads", BAD_WORKLOADS),
             "thresholds": ("configs/thresholds", BAD_THRESHOLDS), "sweep": ("configs/sweeps", BAD_SWEEPS)}
    print("1..15", flush=True)
    with tempfile.TemporaryDirectory() as scratch:
        for name, document in (("machine", SWEPT_MACHINE), ("workload", SWEPT_WORKLOAD)):
            with open(os.path.join(scratch, f"{name}.yaml"), "w", encoding="utf-8") as file:
                yaml.safe_dump(document, file)
        for kind, (folder, bad) in kinds.items():
            with open(f"{root}/docs/schema/{kind}.schema.json", encoding="utf-8") as file:
                schema = json.load(file)
            jsonschema.Draft202012Validator.check_schema(schema)
            validator = jsonschema.Draft202012Validator(schema)
            problems = []
            for path in sorted(glob.glob(f"{root}/{folder}/*.yaml")
                               + glob.glob(f"{root}/configs/scenarios/*/{IN_SCENARIOS.get(kind, 'none')}")):
                with open(path, encoding="utf-8") as file:
                    problems += [f"{os.path.basename(path)}: {error.message}"
                                 for error in validator.iter_errors(yaml.safe_load(file))]
            report.line(f"the files of {folder} fit the {kind} schema", problems)
            with open(f"{root}/docs/{PAGES.get(kind, kind)}.md", encoding="utf-8") as file:
                page = file.read()
            names = {path.split(".")[-1] for path, _ in properties(schema)}
            report.line(f"docs/{PAGES.get(kind, kind)}.md names every key of the {kind} schema",
                        sorted(name for name in names if name not in page))
            report.line(f"neither the {kind} schema nor mmsim takes a bad file",
                        [f"schema: {document}" for document in bad if validator.is_valid(document)]
                        + [f"mmsim: {document}" for document in bad
                           if accepted(mmsim, scratch, document)])
            if kind == "workload":
                report.line("the workload schema and mmsim take every kind of step",
                            [error.message for error in validator.iter_errors(GOOD_WORKLOAD)]
                            + ([] if accepted(mmsim, scratch, GOOD_WORKLOAD) else ["mmsim"]))
            if kind == "sweep":
                report.line("the sweep schema and mmsim take every key",
                            [error.message for error in validator.iter_errors(GOOD_SWEEP)]
                            + ([] if accepted(mmsim, scratch, GOOD_SWEEP) else ["mmsim"]))
            if kind == "machine":
                report.line("mmsim takes the defaults of the machine schema",
                            defaults_refused(mmsim, scratch, schema))
    sys.exit(1 if report.failed else 0)


if __name__ == "__main__":
    main()

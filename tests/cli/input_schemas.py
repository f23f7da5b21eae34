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

BAD_MACHINES = [
    {"version": 2, "machine": {"nodes": [{"memory": "1GiB"}]}},
    {"version": 1, "machine": {"nodes": []}},
    {"version": 1, "machine": {"nodes": [{"memory": "1GB"}]}},
    {"version": 1, "machine": {"nodes": [{"memory": "1GiB"}], "hz": 10}},
    {"version": 1, "machine": {"nodes": [{"memory": [{"start": 0}]}]}},
    {"version": 1, "machine": {"nodes": [{"memory": "1GiB"}]}, "vm": {"swapiness": 1}},
    {"version": 1, "machine": {"nodes": [{"memory": "1GiB"}]},
     "vm": {"percpu_pagelist_fraction": 7}},
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
]


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
    kinds = {"machine": ("configs", BAD_MACHINES), "workload": ("workloads", BAD_WORKLOADS)}
    print("1..7", flush=True)
    with tempfile.TemporaryDirectory() as scratch:
        for kind, (folder, bad) in kinds.items():
            with open(f"{root}/docs/schema/{kind}.schema.json", encoding="utf-8") as file:
                schema = json.load(file)
            jsonschema.Draft202012Validator.check_schema(schema)
            validator = jsonschema.Draft202012Validator(schema)
            problems = []
            for path in sorted(glob.glob(f"{root}/{folder}/*.yaml")):
                with open(path, encoding="utf-8") as file:
                    problems += [f"{os.path.basename(path)}: {error.message}"
                                 for error in validator.iter_errors(yaml.safe_load(file))]
            report.line(f"the files of {folder} fit the {kind} schema", problems)
            with open(f"{root}/docs/{kind}.md", encoding="utf-8") as file:
                page = file.read()
            names = {path.split(".")[-1] for path, _ in properties(schema)}
            report.line(f"docs/{kind}.md names every key of the {kind} schema",
                        sorted(name for name in names if name not in page))
            report.line(f"neither the {kind} schema nor mmsim takes a bad file",
                        [f"schema: {document}" for document in bad if validator.is_valid(document)]
                        + [f"mmsim: {document}" for document in bad
                           if accepted(mmsim, scratch, document)])
            if kind == "machine":
                report.line("mmsim takes the defaults of the machine schema",
                            defaults_refused(mmsim, scratch, schema))
    sys.exit(1 if report.failed else 0)


if __name__ == "__main__":
    main()

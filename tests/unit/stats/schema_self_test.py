#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Checks the checkers: the schema refuses whatever is changed in a valid line, and the page
docs/output.md names every field.

usage: schema_self_test.py PROGRAM SCHEMA_DIR OUTPUT_PAGE   (PROGRAM writes valid lines to stdout)
"""
import copy
import json
import pathlib
import re
import subprocess
import sys

import validate

FREE_FORM = {"costs"}      # an object whose keys are the configuration's
OPTIONAL = re.compile(r"^(numa_\w+|\w+_(dma32|high)|DMA32|HighMem)$")

# The lines of the output; the folder holds the schemas of the input files, too.
LINE_KINDS = ("header", "tick", "event", "summary", "line")


def places(value, path=()):
    """The paths of all objects in a value; of the elements of an array only the first."""
    if isinstance(value, dict):
        yield path
        for key, child in value.items():
            yield from places(child, path + (key,))
    elif isinstance(value, list) and value:
        yield from places(value[0], path + (0,))


def at(value, path):
    for step in path:
        value = value[step]
    return value


def mutants(line):
    """(what was done, the line with it done) for each object of the line."""
    for path in places(line):
        if path and path[-1] in FREE_FORM:
            continue
        mutant = copy.deepcopy(line)
        at(mutant, path)["unheard_of"] = 1
        yield f"{path} with a member more", mutant
        for key in at(line, path):
            if not OPTIONAL.match(key):
                mutant = copy.deepcopy(line)
                del at(mutant, path)[key]
                yield f"{path} without {key}", mutant
            mutant = copy.deepcopy(line)
            at(mutant, path)[key] = -2 ** 70 if not isinstance(at(line, path)[key], int) else "text"
            yield f"{path} with another type of {key}", mutant


def check_mutants(lines, by_type):
    problems, count, seen = [], 0, set()
    for line in lines:
        kind = (line["type"], line.get("event"))
        if kind in seen:
            continue
        seen.add(kind)
        for what, mutant in mutants(line):
            count += 1
            if by_type["line"].is_valid(mutant):
                problems.append(f"{kind}: {what} is accepted")
    return problems, count


def property_names(schema):
    """The names of all properties anywhere in a schema."""
    if isinstance(schema, dict):
        yield from schema.get("properties", {})
        for child in schema.values():
            yield from property_names(child)
    elif isinstance(schema, list):
        for child in schema:
            yield from property_names(child)


def check_page(folder, page):
    text = pathlib.Path(page).read_text(encoding="utf-8")
    named = set(re.findall(r"\w+", " ".join(re.findall(r"`([^`]*)`", text))))
    names = set()
    for path in (pathlib.Path(folder) / f"{kind}.schema.json" for kind in LINE_KINDS):
        names |= set(property_names(json.loads(path.read_text(encoding="utf-8"))))
    return [f"{page} does not name {name}" for name in sorted(names - named)]


def main(program, folder, page):
    by_type = validate.validators(folder)
    text = subprocess.run([program], stdout=subprocess.PIPE, check=True).stdout
    lines = [json.loads(line) for line in text.splitlines()]
    problems, count = check_mutants(lines, by_type)
    problems += check_page(folder, page)
    for problem in problems[:validate.PROBLEMS_SHOWN]:
        print(problem)
    print(f"{count} wrong lines tried, {len(problems)} problems")
    return 1 if problems or not count else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Checks every line of an output file against the published schema, and the order of the lines.

usage: validate.py [--run] FILE SCHEMA_DIR     (FILE: "-" is stdin; --run: FILE is a program that
                                                writes the lines to its stdout)

Exit code 0: all lines are valid; 1: some are not; 77: python3-jsonschema is missing.
"""
import json
import pathlib
import subprocess
import sys

SKIPPED = 77
PROBLEMS_SHOWN = 20
# Of the events of a kind, so many are held against the schema; a run may write a million of them.
EVENTS_OF_A_KIND = 200

try:
    import jsonschema
except ImportError:
    print("python3-jsonschema is not installed: skipped")
    sys.exit(SKIPPED)


def unique_keys(pairs):
    """An object whose keys are distinct."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError(f"duplicate key in {[key for key, _ in pairs]}")
    return found


def no_fraction(text):
    raise ValueError(f"{text} is not an integer")


def validators(folder):
    """One validator per line type; references between the schema files resolve within folder."""
    paths = sorted(pathlib.Path(folder).resolve().glob("*.schema.json"))
    store = {path.as_uri(): json.loads(path.read_text(encoding="utf-8")) for path in paths}
    found = {}
    for path in paths:
        schema = store[path.as_uri()]
        jsonschema.Draft202012Validator.check_schema(schema)
        resolver = jsonschema.RefResolver(path.as_uri(), schema, store=store)
        found[path.name.split(".")[0]] = jsonschema.Draft202012Validator(schema, resolver=resolver)
    return found


def check_line(line, by_type, seen):
    """The problems of one line, and its type; `seen` counts the events of each kind."""
    if not line.endswith(b"\n"):
        return ["the line is not complete"], None
    try:
        value = json.loads(line.decode("utf-8"), object_pairs_hook=unique_keys,
                           parse_float=no_fraction, parse_constant=no_fraction)
    except ValueError as error:
        return [str(error)], None
    kind = value.get("type") if isinstance(value, dict) else None
    if kind == "event":
        event = str(value.get("event"))
        seen[event] = seen.get(event, 0) + 1
        if seen[event] > EVENTS_OF_A_KIND:
            return [], kind
    problems = list(by_type["line"].iter_errors(value))
    if kind in by_type and kind != "line":
        # the same verdict, said of the place that is wrong
        problems += by_type[kind].iter_errors(value)
    return [f"{error.json_path}: {error.message[:200]}" for error in problems], kind


def check(stream, by_type):
    """The problems of a file and the number of its lines."""
    problems, previous, ended = [], None, False
    number, last_time, seen = 0, 0, {}
    for number, line in enumerate(stream, 1):
        found, kind = check_line(line, by_type, seen)
        problems += [f"line {number}: {text}" for text in found]
        if (kind == "header") != (previous in (None, "summary")):
            problems.append(f"line {number}: {kind} after {previous}")
        if kind == "header":
            last_time = 0
        if kind in ("tick", "summary") and not found:
            time = json.loads(line)["time_ns"]
            if time < last_time:
                problems.append(f"line {number}: time goes back")
            last_time = time
        previous, ended = kind, kind == "summary"
    if not ended:
        problems.append("the last line is not a summary")
    return problems, number


def main(arguments):
    run = arguments[:1] == ["--run"]
    if len(arguments) - run != 2:
        print(__doc__)
        return 2
    name, folder = arguments[run:]
    by_type = validators(folder)
    if run:
        with subprocess.Popen([name], stdout=subprocess.PIPE) as program:
            problems, count = check(program.stdout, by_type)
        if program.returncode:
            problems.append(f"{name} ended with {program.returncode}")
    elif name == "-":
        problems, count = check(sys.stdin.buffer, by_type)
    else:
        with open(name, "rb") as stream:
            problems, count = check(stream, by_type)
    for problem in problems[:PROBLEMS_SHOWN]:
        print(problem)
    print(f"{count} lines, {len(problems)} problems")
    return 1 if problems or not count else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

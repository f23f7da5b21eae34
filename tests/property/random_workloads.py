# SPDX-License-Identifier: MIT
"""Random machines and workloads under memory pressure, held against what must always be true.

usage: random_workloads.py MMSIM SOURCE_ROOT [--seeds FIRST-LAST] [--against OTHER_MMSIM]...
                           [--keep DIR] [--timeout SECONDS] [--until TIME] [--write DIR]

For each seed a machine file and a workload file are drawn, over the whole vocabulary. `mmsim check` must
accept them and `mmsim run --events` must end, twice with the same bytes, and with the same bytes in each
OTHER_MMSIM, another build. Every line must match its schema (where jsonschema is there), the sums of
the output must add up and `mmsim explain` must read it. What the model itself must hold is
checked by a build with -Dchecks=full. --keep leaves the files of failed seeds in DIR; --write only writes
the files. Prints TAP, one test a seed.
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

from draw_workload import write_files

try:
    import jsonschema
except ImportError:
    jsonschema = None

EVENTS_READ = 5000
class Failure(Exception):
    """What must always be true is not."""


def call(timeout, *command, output=None):
    """Runs a command; the result with its stderr."""
    try:
        return subprocess.run(command, stdout=output or subprocess.PIPE, stderr=subprocess.PIPE,
                              text=True, timeout=timeout, check=False)
    except subprocess.TimeoutExpired as expired:
        raise Failure(f"does not end in {timeout} s: {' '.join(command)}") from expired


def run(mmsim, workload, path, options):
    """A run with all its events into a file; the bytes."""
    done = call(options.timeout, mmsim, "run", "--quiet", "--events", "-o", path, workload,
                *(["--until", options.until] if options.until else []))
    if done.returncode != 0 or done.stderr:
        raise Failure(f"run: exit {done.returncode}\n{done.stderr[-6000:]}")
    with open(path, "rb") as file:
        return file.read()


def check_numbers(lines):
    """Sums that must add up in every tick and in the summary."""
    ticks = [line for line in lines if line["type"] == "tick"]
    last_time = -1
    for tick in ticks:
        if tick["time_ns"] <= last_time:
            raise Failure(f"time does not pass: {tick['time_ns']} after {last_time}")
        last_time = tick["time_ns"]
        for name in ("nr_free_pages", "nr_active", "nr_inactive", "nr_anon_pages", "nr_mapped",
                     "nr_file_pages", "nr_dirty", "nr_writeback"):
            key = "nr_free_pages_exact" if name == "nr_free_pages" else name
            in_zones = sum(zone[key] for zone in tick["zones"])
            if name in tick["vmstat"] and tick["vmstat"][name] != in_zones:
                raise Failure(f"{name} is {tick['vmstat'][name]}, its zones' sum {in_zones}")
    for line in ticks + lines[-1:]:
        for name, one, other in sums(line):
            if one != other:
                raise Failure(f"{name} at {line['time_ns']} ns: {one} and {other}")


def sums(line):
    """What a tick or a summary says twice: a name and the two figures."""
    vmstat, reclaim, user = line["vmstat"], line["reclaim"], line["user"]

    def zones(name):
        return sum(value for key, value in vmstat.items() if key.startswith(name + "_"))

    yield "kswapd_scanned", reclaim["kswapd_scanned"], zones("pgscan_kswapd")
    yield "direct_scanned", reclaim["direct_scanned"], zones("pgscan_direct")
    yield "freed", reclaim["kswapd_freed"] + reclaim["direct_freed"], zones("pgsteal")
    yield "kswapd_freed", reclaim["kswapd_freed"], vmstat["kswapd_steal"]
    yield "direct_reclaims", reclaim["direct_reclaims"], vmstat["allocstall"]
    yield "failed", line["alloc"]["failed"], sum(line["alloc"]["failed_by_order"])
    yield "latency", line["alloc"]["count"], line["alloc_latency_ns"]["count"]
    yield "major_faults", user["major_faults"], vmstat["pgmajfault"]
    yield "swapins", user["swapins"], vmstat["pswpin"]
    yield "dirty_pages", line["dirty"]["dirty_pages"], vmstat["nr_dirty"]
    yield "writeback_pages", line["dirty"]["writeback_pages"], vmstat["nr_writeback"]
    if "tasks" in line:
        yield "oom_kills", line["oom_kills"], sum(task["oom_killed"] for task in line["tasks"])
        for cause, stall in line["stall"].items():
            yield "stall." + cause, stall["total_ns"], sum(
                task["stall"][cause]["total_ns"] for task in line["tasks"]
                if not task["name"].startswith(("kswapd", "pdflush")))


def check_against_summary(lines):
    """What the last tick and the summary both say must agree."""
    summary = lines[-1]
    ticks = [line for line in lines if line["type"] == "tick"]
    if summary["type"] != "summary":
        raise Failure(f"the last line is of type {summary['type']}")
    if ticks and ticks[-1]["time_ns"] == summary["time_ns"]:
        for name in set(ticks[-1]) & set(summary):
            if name in ("type", "time_ns"):
                continue
            compare_values(name, ticks[-1][name], summary[name])


def compare_values(name, tick, summary):
    """Equal where both have a number."""
    if isinstance(tick, dict) and isinstance(summary, dict):
        for key in set(tick) & set(summary):
            compare_values(f"{name}.{key}", tick[key], summary[key])
    elif isinstance(tick, int) and isinstance(summary, int) and tick != summary:
        raise Failure(f"{name}: {tick} in the last tick, {summary} in the summary")


def load_schemas(root):
    """Validators by the type of a line."""
    if not jsonschema:
        return {}
    paths = sorted(pathlib.Path(root, "docs", "schema").resolve().glob("*.schema.json"))
    store = {path.as_uri(): json.loads(path.read_text(encoding="utf-8")) for path in paths}
    return {path.name.split(".")[0]: jsonschema.Draft202012Validator(
                store[path.as_uri()],
                resolver=jsonschema.RefResolver(path.as_uri(), store[path.as_uri()], store=store))
            for path in paths}


def check_lines(data, validators):
    """Every line is JSON, a sample of the events and all others match their schemas."""
    texts = data.splitlines()
    lines = [json.loads(line) for number, line in enumerate(texts)
             if number < EVENTS_READ or not line.startswith(b'{"type":"event"')]
    seen = {}
    for number, line in enumerate(lines, 1):
        kind = f"{line['type']} {line.get('event')}"
        seen[kind] = seen.get(kind, 0) + 1
        if seen[kind] > 25:
            continue
        if not validators:
            continue
        for error in validators[line["type"]].iter_errors(line):
            raise Failure(f"line {number}: {error.json_path}: {error.message[:300]}")
    check_numbers(lines)
    check_against_summary(lines)
    return lines


def check_explain(mmsim, path, folder, lines, options):
    """`explain` reads the output and tells each kind of decision in words."""
    with open(os.path.join(folder, "explained"), "w", encoding="utf-8") as output:
        done = call(options.timeout, mmsim, "explain", path, output=output)
    events = any(line["type"] == "event" for line in lines)
    if done.returncode not in (0, 1) or (done.returncode == 1 and events and "error" not in done.stderr):
        raise Failure(f"explain: exit {done.returncode}\n{done.stderr[-3000:]}")


def check_seed(seed, folder, options, validators):
    """All that must hold for a seed; a short text of what happened."""
    workload = write_files(seed, folder)
    checked = call(options.timeout, options.mmsim, "check", workload)
    if checked.returncode != 0:
        raise Failure(f"check refuses it: {checked.stderr}")
    path = os.path.join(folder, "out.jsonl")
    data = run(options.mmsim, workload, path, options)
    for other in options.against or [options.mmsim]:
        if run(other, workload, os.path.join(folder, "other.jsonl"), options) != data:
            raise Failure(f"another result: {other}")
    lines = check_lines(data, validators)
    check_explain(options.mmsim, path, folder, lines, options)
    vmstat = ([line for line in lines if line["type"] == "tick"] or [{"vmstat": {}}])[-1]["vmstat"]
    return " ".join(f"{name}={vmstat.get(name, 0)}"
                    for name in ("kswapd_steal", "allocstall", "pswpout", "pswpin", "pgmajfault")
                    ) + f" oom={lines[-1].get('oom_kills')} lines={len(lines)}"


def parse_options():
    """The command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("mmsim")
    parser.add_argument("root")
    parser.add_argument("--seeds", default="1-12")
    parser.add_argument("--against", action="append", default=[])
    parser.add_argument("--until")
    parser.add_argument("--keep")
    parser.add_argument("--write")
    parser.add_argument("--timeout", type=int, default=60)
    return parser.parse_args()


def main():
    """One TAP line a seed."""
    options = parse_options()
    first, _, last = options.seeds.partition("-")
    seeds = range(int(first), int(last or first) + 1)
    if options.write:
        for seed in seeds:
            folder = os.path.join(options.write, str(seed))
            os.makedirs(folder, exist_ok=True)
            write_files(seed, folder)
        return 0
    validators = load_schemas(options.root)
    failed = 0
    print(f"1..{len(seeds)}", flush=True)
    for number, seed in enumerate(seeds, 1):
        with tempfile.TemporaryDirectory() as folder:
            try:
                told = check_seed(seed, folder, options, validators)
                print(f"ok {number} - seed {seed}: {told}", flush=True)
            except Failure as failure:
                failed += 1
                print(f"not ok {number} - seed {seed}")
                print("\n".join(f"# {line}" for line in str(failure).splitlines()), flush=True)
                if options.keep:
                    keep = os.path.join(options.keep, str(seed))
                    os.makedirs(keep, exist_ok=True)
                    write_files(seed, keep)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

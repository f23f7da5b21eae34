# SPDX-License-Identifier: MIT
"""Sweeps that are killed, run out of disk or lose runs must end as those that nobody disturbs.

usage: interrupted.py MMSIM SOURCE_ROOT

Prints TAP, one test a way of being disturbed.
"""
import contextlib
import json
import os
import random
import resource
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

from sweep_folder import Failed, SweepFolder, children, expect, is_alive, kill_group, wait_for

KILLS = 20
LONG_AGO_S = 3600

# A run takes some milliseconds.
SHORT = """\
version: 1
name: short
workload: {root}/workloads/atomic-burst.yaml
set: {{workload.duration: 200ms, workload.tick: 10ms}}
axes:
  vm.min_free_kbytes: {{from: 1024, to: 4064, step: 160}}
  seed: {{from: 1, to: {seeds}, step: 1}}
metrics: [alloc.failed, "zones[*].nr_free_pages.mean", vmstat.allocstall]
keep: {keep}
"""

# Two runs that are over at once and one that is not over for a long time.
LOPSIDED = """\
version: 1
name: lopsided
workload: {root}/workloads/steady-4g.yaml
axes:
  workload.duration: [1ms, {duration}, 2ms]
metrics: [alloc.count]
keep: {keep}
limits: {{{limits}}}
"""

# The last machine needs more than a worker may have.
UNEVEN = """\
version: 1
name: uneven
workload: {root}/workloads/boot-idle.yaml
set: {{workload.duration: 1ms}}
axes:
  "machine.nodes[0].memory": [64MiB, 128MiB, 64GiB]
metrics: [alloc.count]
limits: {{memory: 64MiB}}
"""

# More than a signed integer of 64 bits holds.
SEEDS = """\
version: 1
name: seeds
workload: {root}/workloads/atomic-burst.yaml
set: {{workload.duration: 20ms}}
axes:
  seed: [1, 9007199254740993, 18446744073709551615]
  vm.swappiness: [0, 100]
metrics: [alloc.count]
"""


class Tests:
    """The tests are the methods that begin with `a_`; their names are statements."""

    def __init__(self, mmsim, root, folder):
        self.mmsim = mmsim
        self.root = root
        self.folder = folder
        self.made = 0

    def sweep(self, template, folder=None, keep="metrics", **values):
        self.made += 1
        text = template.format(root=self.root, keep=keep, **values)
        return SweepFolder(self.mmsim, folder or self.folder, text, f"sweep{self.made}")

    def short(self, seeds=10, keep="metrics", folder=None):
        return self.sweep(SHORT, folder, seeds=seeds, keep=keep)

    def a_result_does_not_depend_on_workers_and_chunks(self):
        sweep = self.short(seeds=4)
        sweep.run("-j", "1")
        alone = sweep.merged()
        expect(sweep.run("-j", "2") == "", "nothing was to be done")
        for workers, chunks in ((2, 1), (5, 1), (1, 3), (2, 7)):
            sweep.clear()
            for chunk in range(chunks, 0, -1):
                sweep.run("-j", str(workers), "--chunk", f"{chunk}/{chunks}")
            expect(sweep.merged() == alone, f"-j{workers} in {chunks} chunks differs from -j1")

    def a_sweep_killed_at_twenty_random_moments_ends_like_an_undisturbed_one(self):
        draw = random.Random(24)
        sweep = self.short(seeds=30)
        begin = time.monotonic()
        sweep.run("-j", "2")
        whole_s = time.monotonic() - begin
        undisturbed = sweep.merged()
        sweep.clear()
        kills = kept = 0
        while kills < KILLS:
            process = sweep.start("-j", "2")
            time.sleep(draw.uniform(0, max(whole_s / 6, 0.6)))
            if kill_group(process) == -signal.SIGKILL:
                kills += 1
            else:
                expect(process.returncode == 0, f"the run ended with {process.returncode}")
            kept = max(kept, sweep.stored_runs())
            if process.returncode == 0:  # it was quicker: much is missing again
                for name in sweep.results()[1:]:
                    os.remove(os.path.join(sweep.dir, "results", name))
        expect(kept > 0, "no result was kept before the last kill")
        sweep.run("-j", "2")
        expect(sweep.merged() == undisturbed, "the results differ")
        expect(not [name for name in sweep.results() if name.startswith(".")],
               "unfinished files were left")

    def a_killed_parent_takes_its_workers_along(self):
        sweep = self.sweep(LOPSIDED, duration=f"{LONG_AGO_S}s", limits="timeout: 1h")
        process = sweep.start("-j", "2")
        workers = wait_for(lambda: children(process.pid), "workers")
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        wait_for(lambda: not any(map(is_alive, workers)), "the end of the workers")

    def a_terminated_sweep_keeps_what_it_has_and_goes_on(self):
        sweep = self.sweep(LOPSIDED, duration=f"{LONG_AGO_S}s", limits="timeout: 1h")
        for number in (signal.SIGTERM, signal.SIGINT):
            sweep.clear()
            process = sweep.start("-j", "2")
            wait_for(lambda: sweep.stored_runs() == 2, "the short runs")
            os.killpg(process.pid, number)  # as a terminal or a batch system does
            message = process.communicate()[1]
            expect(process.returncode == -number, f"it ended with {process.returncode}")
            expect("2 of 3 runs" in message and "goes on from here" in message, message)

    def a_crashed_run_is_noted_and_done_by_the_next_command(self):
        for duration_s in (20, 80, 320, 1280, 5120):
            sweep = self.sweep(LOPSIDED, duration=f"{duration_s}s", limits="timeout: 1h")
            process = sweep.start("-j", "2")
            wait_for(lambda: sweep.stored_runs() == 2 or process.poll() is not None,
                     "the short runs")
            for worker in children(process.pid):
                os.kill(worker, signal.SIGSEGV)
            message = process.communicate()[1]
            if process.returncode != 0:  # else the long run was too short to be caught
                break
        expect(process.returncode == 1, f"it ended with {process.returncode}")
        expect(f"workload.duration={duration_s}s" in message, message)
        expect("signal 11" in message or "exit code" in message, message)
        expect([note["reason"] for note in sweep.notes()] == ["crashed"], str(sweep.notes()))
        sweep.command("merge", sweep.dir, "-o", os.devnull, code=1)
        sweep.run("-j", "1")
        expect(not sweep.notes(), "the note is still there")
        resumed = sweep.merged()
        sweep.clear()
        sweep.run("-j", "1")
        expect(sweep.merged() == resumed, "the results differ")

    def a_run_that_takes_too_long_is_killed_and_the_rest_finishes(self):
        sweep = self.sweep(LOPSIDED, keep="output", duration=f"{LONG_AGO_S}s", limits="timeout: 2s")
        message = sweep.run("-j", "1", code=1)
        expect("timeout of 2.000 s" in message and "2 of 3 runs" in message, message)
        expect([note["reason"] for note in sweep.notes()] == ["timeout"], str(sweep.notes()))
        expect(sweep.stored_runs() == 2, "the other runs have no result")
        outputs = os.listdir(os.path.join(sweep.dir, "outputs"))
        expect(len(outputs) == 2, f"not two whole outputs: {outputs}")

    def a_run_that_needs_too_much_memory_fails_and_the_rest_finishes(self):
        sweep = self.sweep(UNEVEN)
        message = sweep.run("-j", "1", code=1)
        expect("64GiB" in message and "2 of 3 runs" in message, message)
        # A sanitizer ends the process where malloc() would return NULL.
        expect([note["reason"] for note in sweep.notes()] in (["memory"], ["crashed"]),
               str(sweep.notes()))
        expect(sweep.stored_runs() == 2, "the other runs have no result")

    def a_sweep_whose_files_cannot_grow_goes_on_when_they_can(self):
        sweep = self.short(seeds=2)
        sweep.run("-j", "2")
        undisturbed = sweep.merged()
        sweep.clear()
        for limit in (0, 200):
            message = run_with_small_files(self.mmsim, sweep.dir, limit)
            expect("MM-0703" in message and "goes on from here" in message, message)
            expect(not [name for name in sweep.results() if name.startswith(".")],
                   "an unfinished file was left")
        sweep.run("-j", "2")
        expect(sweep.merged() == undisturbed, "the results differ")

    def a_sweep_whose_disk_is_full_goes_on_when_it_is_freed(self):
        with Disk(self.folder) as disk:
            sweep = self.short(seeds=40, folder=disk.path)
            sweep.run("-j", "2")
            undisturbed = sweep.merged()
            os.remove(sweep.dir + ".merged")
            whole_kb = sweep.results_kb()
            sweep.clear()
            for free_kb in (0, whole_kb * 4 // 5):
                disk.fill(free_kb)
                message = sweep.run("-j", "2", code=4)
                expect("No space left" in message and "goes on from here" in message, message)
                expect(not [name for name in sweep.results() if name.startswith(".")],
                       "an unfinished file was left")
            expect(0 < sweep.stored_runs() < 800, f"{sweep.stored_runs()} runs are stored")
            disk.free()
            sweep.run("-j", "2")
            expect(sweep.merged() == undisturbed, "the results differ")

    def a_kept_output_is_that_of_mmsim_run(self):
        sweep = self.short(seeds=1, keep="output")
        sweep.run("-j", "2")
        with open(os.path.join(sweep.dir, "manifest.jsonl"), encoding="utf-8") as file:
            runs = [json.loads(line) for line in file][1:]
        expect(len(os.listdir(os.path.join(sweep.dir, "outputs"))) == len(runs),
               "there is not one output a run")
        for run in (runs[0], runs[-1]):
            sets = [word for text in run["set"] for word in ("--set", text)]
            path = os.path.join(self.folder, "run.jsonl")
            subprocess.run([self.mmsim, "run", "-q", os.path.join(self.root, "workloads",
                            "atomic-burst.yaml"), "--seed", str(run["seed"]), *sets, "-o", path],
                           check=True)
            with open(path, "rb") as file:
                expected = file.read()
            with open(os.path.join(sweep.dir, "outputs", run["key"] + ".jsonl"), "rb") as file:
                expect(file.read() == expected, f"the output of run {run['index']} differs")

    def a_database_holds_what_the_lines_hold(self):
        sweep = self.sweep(SEEDS)
        sweep.run("-j", "2")
        runs = [json.loads(line) for line in sweep.merged().splitlines()[1:]]
        path = os.path.join(self.folder, "merged.db")
        try:
            sweep.command("merge", sweep.dir, "--sqlite", path)
        except Failed as failure:
            if "without SQLite" in str(failure):
                raise Skipped("this mmsim was built without SQLite") from failure
            raise
        with contextlib.closing(sqlite3.connect(path)) as database:
            found = database.execute('SELECT key, "index", seed, "vm.swappiness", ended, "alloc.count" '
                                     "FROM run ORDER BY key").fetchall()
        expect(found == [(run["key"], run["index"], run["axes"]["seed"],
                          int(run["axes"]["vm.swappiness"]), run["ended"],
                          run["metrics"]["alloc.count"]) for run in runs], str(found))

    def a_changed_input_stops_the_sweep(self):
        workload = os.path.join(self.folder, "changing.yaml")
        with open(os.path.join(self.root, "workloads", "atomic-burst.yaml"),
                  encoding="utf-8") as file:
            text = file.read().replace("../configs", os.path.join(self.root, "configs"))
        with open(workload, "w", encoding="utf-8") as file:
            file.write(text)
        sweep = self.sweep("version: 1\nname: changing\nworkload: " + workload +
                           "\naxes: {{seed: [1, 2]}}\nmetrics: [alloc.count]\n")
        with open(workload, "a", encoding="utf-8") as file:
            file.write("# another workload\n")
        expect("changing.yaml: error[MM-1106]" in sweep.run(code=3), "it is not said")
        expect(sweep.stored_runs() == 0, "something was run")

    def a_metric_that_no_run_has_stops_the_sweep(self):
        sweep = self.sweep(SHORT.replace("vmstat.allocstall", "vmstat.allocstalls"),
                           seeds=10, keep="metrics")
        message = sweep.run("-j", "2", code=3)
        expect("MM-1002" in message and message.count("error[") == 1, message)
        expect("vmstat.allocstall" in message, message)

    def a_larger_plan_in_the_same_folder_does_only_what_is_new(self):
        sweep = self.short(seeds=2)
        sweep.run("-j", "2")
        with open(os.path.join(self.folder, "larger.yaml"), "w", encoding="utf-8") as file:
            file.write(SHORT.format(root=self.root, seeds=3, keep="metrics"))
        sweep.command("plan", os.path.join(self.folder, "larger.yaml"), "-o", sweep.dir, "--force")
        before = sweep.stored_runs()
        sweep.run("-j", "2")
        expect(sweep.stored_runs() - before == 20, "not exactly the new runs were done")
        both = sweep.merged()
        sweep.clear()
        sweep.run("-j", "1")
        expect(sweep.merged() == both, "the results differ")


def run_with_small_files(mmsim, folder, limit):
    """The stderr of a run whose files may have that many bytes; it must end with 4."""
    def limit_files():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))

    done = subprocess.run([mmsim, "sweep", "run", folder, "-j", "2"], preexec_fn=limit_files,
                          restore_signals=False, stderr=subprocess.PIPE, text=True, check=False)
    expect(done.returncode == 4, f"it ended with {done.returncode}: {done.stderr}")
    return done.stderr


class Skipped(Exception):
    """A test that cannot be here, with the reason."""


class Disk:
    """A file system of its own, small enough to be filled."""

    def __init__(self, folder):
        self.path = os.path.join(folder, "disk")
        self.filler = os.path.join(self.path, "filler")

    def __enter__(self):
        os.mkdir(self.path)
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", self.path],
                              stderr=subprocess.PIPE, text=True, check=False)
        if done.returncode != 0:
            raise Skipped("a file system cannot be mounted here: " + done.stderr.strip())
        return self

    def __exit__(self, *_):
        subprocess.run(["umount", "--lazy", self.path], check=True)

    def fill(self, free_kb):
        """Takes all space but so much."""
        self.free()
        space = os.statvfs(self.path)
        with open(self.filler, "wb") as file:
            file.write(bytes(space.f_bavail * space.f_frsize - free_kb * 1024))

    def free(self):
        if os.path.exists(self.filler):
            os.remove(self.filler)


def main(mmsim, root):
    failures = 0
    with tempfile.TemporaryDirectory() as folder:
        tests = Tests(os.path.abspath(mmsim), os.path.abspath(root), folder)
        names = [name for name in Tests.__dict__ if name.startswith("a_")]
        print(f"1..{len(names)}", flush=True)
        for number, name in enumerate(names, 1):
            title = f"{number} - {name.replace('_', ' ')}"
            try:
                getattr(tests, name)()
                print(f"ok {title}", flush=True)
            except Skipped as reason:
                print(f"ok {title} # SKIP {reason}", flush=True)
            except Exception as error:  # whatever it is, the next test is another one
                failures += 1
                print(f"not ok {title}\n# {type(error).__name__}: "
                      + str(error).replace("\n", "\n# "), flush=True)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

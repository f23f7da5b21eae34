# SPDX-License-Identifier: MIT
"""Runs a sweep on a real Slurm of four nodes on loopback, and disturbs it in every way.

usage: sweep_on_slurm.py MMSIM SOURCE_ROOT

Whatever happens to tasks, nodes and the controller, the merged results must be the bytes of an
undisturbed run by one process. Prints TAP, one test a way of being disturbed; where Slurm is not
installed or cannot be started all are skipped, with the reason.
"""
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from cluster import Cluster, descendants, end, missing, name_this_host, stat_of, wait_until

CHUNKS = 4
RUNS = 24

# A run takes some tenths of a second, a chunk of six a few seconds.
PLAN = """\
version: 1
name: disturbed
workload: {root}/workloads/order4-churn.yaml
set: {{workload.duration: 800ms, workload.tick: 100ms}}
axes:
  vm.min_free_kbytes: [2048, 4096]
  seed: {{from: 1, to: 12, step: 1}}
metrics: [alloc.failed, "zones[*].nr_free_pages.mean", vmstat.allocstall]
"""


def expect(condition, message):
    if not condition:
        raise AssertionError(message)


class Sweep:
    """One sweep in a folder of its own, planned anew; its commands go to the cluster."""

    def __init__(self, tests, name):
        self.tests = tests
        self.dir = os.path.join(tests.folder, name)
        self.merged_path = os.path.join(self.dir, "merged.jsonl")
        self.command("plan", tests.plan, "-o", self.dir)

    def command(self, action, *arguments, code=0):
        """stdout and stderr of the action, which must end with that exit code."""
        cluster = self.tests.cluster
        ran = subprocess.run([self.tests.mmsim, "sweep", action, *arguments], text=True, check=False,
                             env=cluster and cluster.environment, stdin=subprocess.DEVNULL,
                             capture_output=True, timeout=120)
        expect(ran.returncode == code, f"sweep {action} ended with {ran.returncode}, not {code}: "
                                       f"{ran.stdout}{ran.stderr}{self.logs()}")
        return ran.stdout + ran.stderr

    def logs(self):
        """What the jobs have said, for a failure's report."""
        folder = os.path.join(self.dir, "logs")
        text = ""
        for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
            with open(os.path.join(folder, name), encoding="utf-8", errors="replace") as file:
                text += f"\n-- {name}\n{file.read()}"
        return text

    def submit(self, chunks=CHUNKS):
        """Submits; how many chunks it says were missing."""
        said = self.command("submit", self.dir, "--chunks", str(chunks))
        return int(re.match(r"submitted (\d+) of ", said).group(1))

    def missing(self):
        """The chunks that status names."""
        said = subprocess.run([self.tests.mmsim, "sweep", "status", self.dir, "--missing",
                               "--chunks", str(CHUNKS)], text=True, capture_output=True,
                              check=False)
        return said.stdout.strip()

    def merged(self):
        """The bytes of the merge that Slurm did."""
        expect(os.path.exists(self.merged_path), "there is no merged file" + self.logs())
        with open(self.merged_path, "rb") as file:
            return file.read()

    def processes(self, chunk=None):
        """The processes of the sweep's tasks, or of one task."""
        found = []
        for pid in descendants(os.getpid()):
            try:
                with open(f"/proc/{pid}/cmdline", "rb") as file:
                    words = file.read().decode().split("\0")
            except OSError:
                continue
            if words[1:4] == ["sweep", "run", self.dir] and \
                    (chunk is None or words[5] == f"{chunk}/{CHUNKS}"):
                found.append(pid)
        return found

    def inodes(self):
        """The files of results, each with its identity: a file that is written again has another."""
        with os.scandir(os.path.join(self.dir, "results")) as files:
            return {(file.name, file.inode()) for file in files}

    def wait_for_results(self, count):
        """Until so many runs are stored."""
        folder = os.path.join(self.dir, "results")

        def stored():
            names = os.listdir(folder) if os.path.isdir(folder) else []
            return sum(sum(1 for _ in open(os.path.join(folder, name), "rb"))
                       for name in names if not name.startswith(".")) >= count
        wait_until(stored, f"for {count} results")


class Tests:
    """The tests are the methods that begin with `a_`; their names are statements."""

    def __init__(self, mmsim, root, folder):
        self.mmsim = mmsim
        self.folder = folder
        self.cluster = None
        self.plan = os.path.join(folder, "plan.yaml")
        with open(self.plan, "w", encoding="utf-8") as file:
            file.write(PLAN.format(root=root))
        alone = Sweep(self, "alone")
        alone.command("run", alone.dir, "-j", "1", "--quiet")
        alone.command("merge", alone.dir, "-o", alone.merged_path)
        self.expected = alone.merged()
        expect(self.expected.count(b"\n") == RUNS + 1, "the undisturbed sweep is not whole")

    def expect_merged(self, sweep):
        """Waits for the end of all jobs and looks at what they merged."""
        self.cluster.wait_idle(90)
        expect(sweep.merged() == self.expected, "the merged results differ" + sweep.logs())

    def a_sweep_on_four_nodes_ends_like_one_process(self):
        sweep = Sweep(self, "four")
        expect(sweep.submit() == CHUNKS, "not all chunks were submitted")
        self.expect_merged(sweep)
        nodes = set(re.findall(r"on (n\d) ", sweep.logs().replace(",", " ")))
        expect(len(nodes) == CHUNKS, f"only {sorted(nodes)} had a task")
        expect("nothing to submit" in sweep.command("submit", sweep.dir),
               "a complete sweep was submitted")

    def a_task_killed_in_the_middle_is_all_that_is_submitted_again(self):
        sweep = Sweep(self, "killed")
        sweep.submit()
        sweep.wait_for_results(CHUNKS)
        victims = wait_until(lambda: sweep.processes(2), "for the second task")
        end(victims, signal.SIGKILL)
        self.cluster.wait_idle(90)
        expect(not os.path.exists(sweep.merged_path), "an incomplete sweep was merged")
        expect(sweep.missing() == "2", f"chunk {sweep.missing()!r} is missing, not 2")
        expect(sweep.submit() == 1, "more was submitted than is missing")
        self.expect_merged(sweep)

    def a_node_that_is_lost_and_comes_back_runs_its_task_twice(self):
        sweep = Sweep(self, "lost")
        sweep.submit()
        # With a worker it knows what it has to do.
        wait_until(lambda: len(sweep.processes(3)) > 1, "for the third task")
        orphans = sweep.processes(3)
        node = wait_until(lambda: next((node for _, task, state, node in self.cluster.queue()
                                        if task == "3" and state == "RUNNING"), None),
                          "for the node of the third task")
        # The node is cut off: its daemon is gone, its task stands still until the other has ended.
        end(orphans, signal.SIGSTOP)
        self.cluster.kill("slurmd." + node)
        self.cluster.ask("scontrol", "update", "nodename=" + node, "state=down", "reason=lost")
        self.expect_merged(sweep)
        expect(set(orphans) <= set(sweep.processes(3)), "the orphan has not waited")
        before = sweep.inodes()
        end(orphans, signal.SIGCONT)
        wait_until(lambda: not any(stat_of(pid) and stat_of(pid)[0] != "Z" for pid in orphans),
                   "for the orphan to finish", 60)
        expect(sweep.inodes() - before, "no run was done twice" + sweep.logs())
        sweep.command("merge", sweep.dir, "-o", sweep.merged_path)
        self.expect_merged(sweep)
        expect(sweep.logs().count("chunk 3/") == 2, "the task was not started twice")
        self.cluster.start_node(node)
        self.cluster.wait_all_idle()

    def a_controller_may_be_restarted_in_the_middle(self):
        sweep = Sweep(self, "restarted")
        sweep.submit()
        sweep.wait_for_results(CHUNKS)
        expect(sweep.missing(), "it was over before the controller went")
        self.cluster.finish("slurmctld")
        time.sleep(0.5)
        self.cluster.start_controller()
        self.expect_merged(sweep)

    def a_controller_killed_after_the_submission_costs_another_submission(self):
        sweep = Sweep(self, "forgotten")
        sweep.submit()
        wait_until(sweep.processes, "for a task")
        self.cluster.kill("slurmctld")
        self.cluster.start_controller()
        # Jobs it has forgotten, knows twice, or holds: all are thrown away, the results stay.
        self.cluster.clean()
        expect(sweep.submit() > 0, "nothing was missing")
        self.expect_merged(sweep)

    def a_site_that_allows_few_tasks_gets_larger_chunks(self):
        sweep = Sweep(self, "site")
        said = sweep.command("submit", sweep.dir, "--chunk-runs", "1", "--dry-run")
        expect("--array=1-10 " in said, f"the site allows ten tasks: {said}")
        sweep.command("submit", sweep.dir, "--chunks", "11", code=2)


def skip(names, reason):
    print(f"1..{len(names)}")
    for number, name in enumerate(names, 1):
        print(f"ok {number} - {name.replace('_', ' ')} # SKIP {reason}")


def run_all(tests, names):
    """The number of tests that failed."""
    failures = 0
    for number, name in enumerate(names, 1):
        begin = time.monotonic()
        try:
            getattr(tests, name)()
            verdict, report = "ok", ""
        except Exception as error:  # whatever it is, the next test is another one
            failures += 1
            verdict, report = "not ok", f"{type(error).__name__}: {error}"
        print(f"{verdict} {number} - {name.replace('_', ' ')}")
        print(f"# {time.monotonic() - begin:.1f} s")
        for line in report.splitlines():
            print(f"# {line}")
        sys.stdout.flush()
        if report:
            tests.cluster.clean()
    return failures


def main(mmsim, root):
    names = [name for name in Tests.__dict__ if name.startswith("a_")]
    name_this_host()
    reason = missing()
    if reason:
        skip(names, reason)
        return 0
    # A terminated test still takes its daemons along.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    folder = tempfile.mkdtemp()
    try:
        tests = Tests(os.path.abspath(mmsim), os.path.abspath(root), folder)
        print(f"1..{len(names)}", flush=True)
        with Cluster(os.path.join(folder, "slurm"), nodes=CHUNKS, max_array_size=11) as cluster:
            tests.cluster = cluster
            return 1 if run_all(tests, names) else 0
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

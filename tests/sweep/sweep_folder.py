# SPDX-License-Identifier: MIT
"""Sweeps for the tests of this folder: planned, run, killed and merged in a folder of their own."""
import json
import os
import re
import shutil
import signal
import subprocess
import time

PATIENCE_S = 120


class Failed(Exception):
    """A test that did not find what it expects."""


def expect(condition, message):
    if not condition:
        raise Failed(message)


class SweepFolder:
    """One sweep: DIR, and the commands on it."""

    def __init__(self, mmsim, folder, text, name="sweep"):
        self.mmsim = mmsim
        self.dir = os.path.join(folder, name)
        plan = os.path.join(folder, name + ".yaml")
        with open(plan, "w", encoding="utf-8") as file:
            file.write(text)
        self.command("plan", plan, "-o", self.dir)

    def command(self, action, *arguments, code=0):
        """What the action prints on stderr; it must end with that exit code."""
        done = subprocess.run([self.mmsim, "sweep", action, *arguments], text=True, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        expect(done.returncode == code,
               f"sweep {action} ended with {done.returncode}, not {code}: {done.stderr}")
        return done.stderr

    def run(self, *arguments, code=0):
        return self.command("run", self.dir, *arguments, code=code)

    def start(self, *arguments):
        """`sweep run` as the leader of a process group of its own."""
        return subprocess.Popen([self.mmsim, "sweep", "run", self.dir, *arguments],
                                start_new_session=True, stdout=subprocess.DEVNULL,
                                stderr=subprocess.PIPE, text=True)

    def merged(self):
        """The bytes of the merged results."""
        path = self.dir + ".merged"
        self.command("merge", self.dir, "-o", path)
        with open(path, "rb") as file:
            return file.read()

    def results(self):
        """The names of the files in DIR/results, hidden ones, too."""
        folder = os.path.join(self.dir, "results")
        return sorted(os.listdir(folder)) if os.path.isdir(folder) else []

    def stored_runs(self):
        """The number of result lines."""
        count = 0
        for name in self.results():
            if not name.startswith("."):
                with open(os.path.join(self.dir, "results", name), "rb") as file:
                    count += file.read().count(b"\n")
        return count

    def results_kb(self):
        """What DIR/results takes on the disk."""
        folder = os.path.join(self.dir, "results")
        return sum(os.stat(os.path.join(folder, name)).st_blocks for name in self.results()) // 2

    def notes(self):
        """The notes of failed runs."""
        folder = os.path.join(self.dir, "failed")
        names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
        found = []
        for name in names:
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                found.append(json.load(file))
            expect(name == found[-1]["key"] + ".json", f"{name} is the note of another run")
        return found

    def clear(self):
        """As it was when it was planned."""
        for name in ("results", "failed", "outputs"):
            shutil.rmtree(os.path.join(self.dir, name), ignore_errors=True)


def wait_for(condition, what):
    """Until the condition gives something true, which is returned."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.005)
    raise Failed(f"waited in vain for {what}")


def children(pid):
    """The children of a process; none when it is gone."""
    try:
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
            return [int(word) for word in file.read().split()]
    except OSError:
        return []


def is_alive(pid):
    """Whether the process is there and no zombie."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as file:
            return not re.search(r"\) [ZX] ", file.read())
    except OSError:
        return False


def kill_group(process, number=signal.SIGKILL):
    """Kills the whole process group; returns how its leader ended."""
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        pass
    process.communicate()
    return process.returncode

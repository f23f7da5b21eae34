# SPDX-License-Identifier: MIT
"""Holds the scenario library to what its pages say: docs/scenarios and configs/scenarios.

usage: scenario_pages.py [--record] MMSIM SOURCE_ROOT [BUILD_ROOT]

Each scenario is a folder of machines (base.yaml, candidate.yaml) that differ in one line, with a
thresholds.yaml that holds from base to candidate and of which nothing holds the other way round. Its
page shows commands ("$ " in a fenced block) with their output, and both must be what comes out, byte
by byte. A number in the text must stand in one of these outputs or in the files that the page names;
MiB and GiB may be those of a number of pages there. Only the section "On real machines" is free to
quote others, with its sources. Pictures must show what their command draws.

With BUILD_ROOT a quick mmsim is built there first and used instead. --record writes the outputs and the
pictures; then look at the difference. Prints TAP.
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

import scenarios

SIDES = ("base", "candidate")
FREE_SECTION = "## On real machines"
FENCE = re.compile(r"^```\n(.*?)^```\n", re.MULTILINE | re.DOTALL)
NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?! ?(?:MiB|GiB))(?![\w.]*\w)")
MEMORY = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?) (MiB|GiB)")
PAGES_OF = {"MiB": 256, "GiB": 256 * 1024}


class Page:
    """One page, its blocks of commands and its text."""

    def __init__(self, path):
        self.path = path
        with open(path, encoding="utf-8") as file:
            self.text = file.read()

    def blocks(self):
        """Each fenced block as a list of commands with the outputs that the page shows."""
        return [self.commands(block) for block in FENCE.findall(self.text)]

    @staticmethod
    def commands(block):
        """The commands of a block, each with its output."""
        found = []
        for line in block.splitlines(keepends=True):
            if line.startswith("$ "):
                found.append([line[2:], ""])
            elif found and found[-1][0].endswith("\\\n"):
                found[-1][0] += line
            elif found:
                found[-1][1] += line
        return [(command, output) for command, output in found]

    def prose(self):
        """The text without blocks, code, links' addresses and the section of quoted figures."""
        text = FENCE.sub("", self.text)
        text = re.sub(rf"^{FREE_SECTION}\n.*?(?=^## |\Z)", "", text, flags=re.MULTILINE | re.DOTALL)
        return re.sub(r"\]\([^)]*\)|`[^`]*`", " ", text)

    def rewrite(self, outputs):
        """Puts the outputs behind their commands."""
        outputs = iter(outputs)

        def again(match):
            return "```\n" + "".join(f"$ {command}{next(outputs)}"
                                     for command, _ in self.commands(match.group(1))) + "```\n"
        self.text = FENCE.sub(again, self.text)
        with open(self.path, "w", encoding="utf-8") as file:
            file.write(self.text)


def without_comments(path):
    """The lines of a YAML file that say something, apart from its description."""
    with open(path, encoding="utf-8") as file:
        text = re.sub(r"^description:.*\n(?:  .*\n)*", "", file.read(), flags=re.MULTILINE)
    lines = [re.sub(r"\s*#.*", "", line) for line in text.splitlines()]
    return [line for line in lines if line]


def said(number, unit, known):
    """Whether so much memory stands among the numbers, as that or as pages."""
    decimals = len(number.partition(".")[2])
    return any(f"{int(one) / PAGES_OF[unit]:.{decimals}f}" == number for one in known if one.isdigit())


class Library:
    """Runs the library in a copy of the tree, and collects what holds."""

    def __init__(self, mmsim, root, record, folder):
        self.mmsim = mmsim
        self.root = root
        self.record = record
        self.folder = folder
        self.results = []
        for name in ("configs", "workloads", "docs", "tools"):
            shutil.copytree(os.path.join(root, name), os.path.join(folder, name))
        os.mkdir(os.path.join(folder, "bin"))
        os.symlink(mmsim, os.path.join(folder, "bin", "mmsim"))

    def holds(self, statement, problems):
        """One result; the problems say why it does not hold."""
        self.results.append((statement, problems))

    def run(self, command):
        """The result of a command line. Pictures are compared, not drawn, except when recording."""
        if "plot" in command and not self.record:
            command = command.replace("tools/plot", "tools/plot --check", 1)
        environment = {**os.environ, "PATH": f"{self.folder}/bin:{os.environ['PATH']}"}
        return subprocess.run(["bash", "-c", command], cwd=self.folder, env=environment, text=True,
                              stdin=subprocess.DEVNULL, capture_output=True, check=False)

    def thresholds(self, name, base, candidate):
        """How many thresholds there are from one side to the other, and those that are met."""
        ran = self.run(f"mmsim compare --format json {name}-{base}.jsonl {name}-{candidate}.jsonl "
                       f"--thresholds configs/scenarios/{name}/thresholds.yaml")
        if ran.returncode > 1:
            raise RuntimeError(ran.stderr)
        conditions = json.loads(ran.stdout)["thresholds"]
        return len(conditions), [f"{one['metric']} {one['condition']}" for one in conditions
                                 if one["met"]]

    def direction(self, name, page):
        """The thresholds hold one way and only that way."""
        command = f"mmsim compare -c configs/scenarios/{name}/base.yaml "
        shown = [re.sub(r"\\\n *", "", one) for block in page.blocks() for one, _ in block]
        first = next((one for one in shown if one.startswith(command)), "")
        workload = re.search(r"workloads/[\w-]+\.yaml", first)
        self.holds(f"{name}: its page compares base and candidate by the thresholds", [] if workload and
                   f"-c configs/scenarios/{name}/candidate.yaml" in first and
                   f"--thresholds configs/scenarios/{name}/thresholds.yaml" in first else [first])
        if not workload:
            return
        for side in SIDES:
            self.run(f"mmsim run -q -c configs/scenarios/{name}/{side}.yaml {workload.group(0)} "
                     f"-o {name}-{side}.jsonl")
        count, met = self.thresholds(name, "base", "candidate")
        self.holds(f"{name}: all thresholds hold", [] if 0 < len(met) == count else [f"only {met}"])
        self.holds(f"{name}: none holds the other way round",
                   self.thresholds(name, "candidate", "base")[1])
        self.holds(f"{name}: none holds where nothing changes",
                   self.thresholds(name, "base", "base")[1])

    def outputs(self, name, page):
        """What the page shows comes out; returns it."""
        come = []
        for number, (command, output) in enumerate(sum(page.blocks(), []), 1):
            ran = self.run(command)
            come.append(ran.stdout)
            problems = [] if ran.returncode == 0 else [f"exit code {ran.returncode}: {ran.stderr}"]
            if not self.record and ran.stdout != output:
                problems += [f"shown   {line}" for line in output.splitlines()
                             if line not in ran.stdout.splitlines()]
                problems += [f"is      {line}" for line in ran.stdout.splitlines()
                             if line not in output.splitlines()] or ["other lines"]
            self.holds(f"{name}: command {number} gives what the page shows: "
                       + re.sub(r"\s*\\?\n *", " ", command).strip(), problems)
        if self.record:
            page.rewrite(come)
            picture = f"docs/scenarios/{name}.svg"
            if os.path.exists(os.path.join(self.folder, picture)):
                shutil.copy(os.path.join(self.folder, picture), os.path.join(self.root, picture))
        return come

    def figures(self, name, page, come):
        """Each number of the text is one of the outputs or of the files that the page names."""
        sources = come + [command for command, _ in sum(page.blocks(), [])]
        for path in set(re.findall(r"(?:configs|workloads)/[\w/-]+\.yaml", page.text)):
            with open(os.path.join(self.root, path), encoding="utf-8") as file:
                sources.append(file.read())
        known = set(re.findall(r"\d+(?:\.\d+)?", " ".join(sources)))
        text = page.prose()
        self.holds(f"{name}: the numbers of its text are those of its runs", sorted(
            {number for number in NUMBER.findall(text) if number not in known}
            | {f"{number} {unit}" for number, unit in MEMORY.findall(text)
               if not said(number, unit, known) and number not in known}))

    def scenario(self, name):
        """All that holds of one scenario."""
        folder = os.path.join(self.root, "configs/scenarios", name)
        base, candidate = (without_comments(os.path.join(folder, f"{side}.yaml")) for side in SIDES)
        self.holds(f"{name}: base and candidate differ in one line",
                   [] if len(base) == len(candidate) and
                   sum(one != other for one, other in zip(base, candidate)) == 1 else ["they do not"])
        checked = self.run(f"mmsim check configs/scenarios/{name}/*.yaml")
        self.holds(f"{name}: its files are right", [checked.stderr] if checked.returncode else [])
        page = Page(os.path.join(self.root, f"docs/scenarios/{name}.md"))
        self.direction(name, page)
        self.figures(name, page, self.outputs(name, page))
        picture = f"docs/scenarios/{name}.svg"
        self.holds(f"{name}: its picture is there, shown and made by a command of the page",
                   [] if f"]({name}.svg)" in page.text and f"-o {picture}" in page.text and
                   os.path.exists(os.path.join(self.root, picture)) else [picture])
        real = page.text.partition(FREE_SECTION)[2]
        self.holds(f"{name}: what is said of real machines has a source",
                   [] if "](http" in real else ["no link"])


def index(library, names):
    """The index names all scenarios, and nothing else is there."""
    with open(os.path.join(library.root, "docs/scenarios/README.md"), encoding="utf-8") as file:
        listed = re.findall(r"\]\(([\w-]+)\.md\)", file.read())
    pages = [name[:-3] for name in os.listdir(os.path.join(library.root, "docs/scenarios"))
             if name.endswith(".md") and name != "README.md"]
    library.holds("the index lists each scenario once", [] if sorted(listed) == names else [str(listed)])
    library.holds("each folder of configs/scenarios has its page",
                  sorted(set(pages).symmetric_difference(names)))


def main():
    record = "--record" in sys.argv
    paths = [os.path.abspath(argument) for argument in sys.argv[1:] if argument != "--record"]
    mmsim, root = paths[:2]
    if len(paths) > 2:
        mmsim = scenarios.build(root, paths[2])
    names = sorted(os.listdir(os.path.join(root, "configs/scenarios")))
    with tempfile.TemporaryDirectory() as folder:
        library = Library(mmsim, root, record, folder)
        index(library, names)
        for name in names:
            library.scenario(name)
    failed = 0
    for number, (statement, problems) in enumerate(library.results, 1):
        failed += bool(problems)
        print(f"{'not ok' if problems else 'ok'} {number} - {statement}")
        for problem in problems:
            print("\n".join(f"# {line}" for line in problem.splitlines()))
    print(f"1..{len(library.results)}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()

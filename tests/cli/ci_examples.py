# SPDX-License-Identifier: MIT
"""Runs the CI examples of docs/ci.md as their runners would, for a good, a bad and a misspelt change.

usage: ci_examples.py MMSIM SOURCE_ROOT

Each example is a YAML block whose first line is a comment with the file's name. The shape is checked as the
runner's documentation has it; then the commands run in a repository with a base branch and a change, but for
those that install git and fetch mmsim: MMSIM stands where they put it. Prints TAP.
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

try:
    import yaml
except ImportError as error:
    print(f"1..0 # SKIP {error}")
    sys.exit(0)

GITHUB, GITLAB, THRESHOLDS = ".github/workflows/memory.yml", ".gitlab-ci.yml", "memory/thresholds.yaml"
# Line by line what the test does in their place.
NOT_HERE = re.compile(r"^\s*(apt-get|git clone)\b")
FILES = {"junit.xml", "base.jsonl", "candidate.jsonl", "report.md"}


def examples(page):
    """The text of each example by its file's name."""
    blocks = re.findall(r"^```yaml\n# (\S+)\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    return dict(blocks)


class Repository:
    """A clone of a repository with a base branch, at a commit that changes its memory settings."""

    def __init__(self, scratch, mmsim, root, thresholds):
        self.environment = {
            **os.environ, "HOME": scratch, "LC_ALL": "C", "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.org",
            "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.org",
            "GITHUB_STEP_SUMMARY": os.path.join(scratch, "summary.md"), "GITHUB_BASE_REF": "main",
            "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
        }
        self.summary = self.environment["GITHUB_STEP_SUMMARY"]
        origin = os.path.join(scratch, "origin")
        self.folder = os.path.join(scratch, "clone")
        os.makedirs(os.path.join(origin, "memory"))
        shutil.copy(os.path.join(root, "configs/uma-256m.yaml"),
                    os.path.join(origin, "memory/machine.yaml"))
        with open(os.path.join(root, "workloads/atomic-burst.yaml"), encoding="utf-8") as file:
            workload = file.read().replace("../configs/uma-256m.yaml", "machine.yaml")
        with open(os.path.join(origin, "memory/workload.yaml"), "w", encoding="utf-8") as file:
            file.write(workload)
        with open(os.path.join(origin, THRESHOLDS), "w", encoding="utf-8") as file:
            file.write(thresholds)
        for command in ["git init -q -b main", "git add .", "git commit -q -m base"]:
            self.git(command, origin)
        self.git(f"git clone -q {origin} {self.folder}", scratch)
        self.git("git checkout -q -b change", self.folder)
        os.makedirs(os.path.join(self.folder, "mmsim/tools"))
        os.symlink(mmsim, os.path.join(self.folder, "mmsim/tools/mmsim"))

    def git(self, command, folder):
        subprocess.run(command.split(), cwd=folder, env=self.environment, check=True)

    def change(self, min_free_kbytes, thresholds):
        """The change that the pull request is."""
        with open(os.path.join(self.folder, "memory/machine.yaml"), "a", encoding="utf-8") as file:
            file.write(f"vm:\n  min_free_kbytes: {min_free_kbytes}\n")
        with open(os.path.join(self.folder, THRESHOLDS), "w", encoding="utf-8") as file:
            file.write(thresholds)
        self.git("git commit -q -a -m change", self.folder)

    def run(self, lines):
        """Exit code, stdout and stderr of a script, as a runner's shell runs it."""
        script = "\n".join(line for line in lines if not NOT_HERE.match(line))
        ran = subprocess.run(["sh", "-e"], cwd=self.folder, env=self.environment, input=script,
                             capture_output=True, text=True, check=False)
        return ran.returncode, ran.stdout, ran.stderr

    def read(self, name):
        path = os.path.join(self.folder, name)
        if not os.path.exists(path):
            return None
        with open(path, encoding="utf-8") as file:
            return file.read()


def problems_of_github(document):
    """What the runner would refuse."""
    found = []
    triggers = document.get(True)  # YAML 1.1 reads the key `on` so
    if not isinstance(triggers, dict) or "pull_request" not in triggers:
        found.append("no trigger")
    for name, job in document.get("jobs", {}).items():
        if "runs-on" not in job:
            found.append(f"{name} runs on nothing")
        for step in job.get("steps", []):
            if ("run" in step) == ("uses" in step):
                found.append(f"not one of run and uses: {step}")
            if set(step) - {"name", "run", "uses", "with", "if"}:
                found.append(f"a strange key: {step}")
            if "uses" in step and not re.fullmatch(r"[\w-]+/[\w-]+@v\d+", step["uses"]):
                found.append(f"not an action: {step['uses']}")
    artifact = document["jobs"]["compare"]["steps"][-1]["with"]["path"].split()
    return found + [f"{name} is no output" for name in artifact if name not in FILES]


def problems_of_gitlab(document):
    """What the runner would refuse."""
    job = document["memory"]
    found = []
    if set(job) - {"image", "timeout", "rules", "variables", "before_script", "script",
                   "after_script", "artifacts"}:
        found.append(f"a strange key: {list(job)}")
    for part in ["before_script", "script", "after_script"]:
        found += [f"not a text: {line}" for line in job[part] if not isinstance(line, str)]
    if not all(isinstance(value, str) for value in job["variables"].values()):
        found.append("a variable is not a text")
    artifact = [job["artifacts"]["reports"]["junit"], *job["artifacts"]["paths"]]
    return found + [f"{name} is no output" for name in artifact if name not in FILES]


def run_github(document, repository):
    """The job's exit code, what its reviewer sees, and its stderr."""
    code, errors = 0, ""
    for step in document["jobs"]["compare"]["steps"]:
        if "run" not in step or code and step.get("if") != "always()":
            continue
        step_code, _, step_errors = repository.run(step["run"].splitlines())
        code = code or step_code
        errors += step_errors
    return code, repository.read(repository.summary), errors


def run_gitlab(document, repository):
    """The same of GitLab, where after_script does not count."""
    job = document["memory"]
    code, shown, errors = repository.run(job["before_script"] + job["script"])
    repository.run(job["after_script"])
    return code, shown, errors


def outcome(runner, document, change, mmsim, root, thresholds):
    """What comes of a change: (min_free_kbytes, thresholds)."""
    with tempfile.TemporaryDirectory() as scratch:
        repository = Repository(scratch, mmsim, root, thresholds)
        repository.change(*change)
        code, shown, errors = runner(document, repository)
        junit = repository.read("junit.xml")
        failures = junit and len(xml.etree.ElementTree.fromstring(junit).findall(".//failure"))
        return code, shown or "", errors, failures, repository.read("report.md")


def main():
    mmsim, root = map(os.path.abspath, sys.argv[1:])
    with open(os.path.join(root, "docs/ci.md"), encoding="utf-8") as file:
        texts = examples(file.read())
    thresholds = texts[THRESHOLDS]
    misspelt = thresholds.replace("allocstall", "allocstal")
    results = []
    for name, problems, runner in [(GITHUB, problems_of_github, run_github),
                                   (GITLAB, problems_of_gitlab, run_gitlab)]:
        document = yaml.safe_load(texts[name])
        results.append((f"{name} is as its runner wants it", problems(document)))
        good, bad, wrong = [outcome(runner, document, change, mmsim, root, thresholds)
                            for change in [(4096, thresholds), (1024, thresholds), (4096, misspelt)]]
        metric = "alloc.failed_by_order[0]"
        results += [
            (f"{name}: a change that holds exits 0 and shows its metrics",
             [good] if good[0] != 0 or metric not in good[1] or good[3] != 0 else []),
            (f"{name}: a broken threshold exits 1 and is shown with its values",
             [bad] if bad[0] != 1 or "BROKEN" not in bad[1] or "2032" not in bad[1] or bad[3] != 1
             else []),
            (f"{name}: a misspelt metric exits 3 and names the likely one",
             [wrong] if wrong[0] != 3 or "allocstall" not in wrong[2] or wrong[3] is not None
             else []),
        ]
        if runner is run_gitlab:
            results.append((f"{name}: the Markdown is there when the job fails",
                            [] if bad[4] and "BROKEN" in bad[4] else [bad[4]]))
    print(f"1..{len(results)}")
    for number, (statement, problems) in enumerate(results, 1):
        print(f"{'not ok' if problems else 'ok'} {number} - {statement}")
        for line in "\n".join(map(str, problems)).splitlines():
            print(f"# {line}")
    sys.exit(1 if any(problems for _, problems in results) else 0)


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: MIT
"""Runs every block of docs/recipes.md with the tool that it is for, over the files that the page makes.

usage: recipes.py MMSIM SOURCE_ROOT

What a block prints must show the mark that stands for it in MARKS, so that a field which is gone
does not pass as an empty answer. A tool that is not installed gives a skipped test. Prints TAP.
"""
import csv
import importlib.util
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "../cli"))
from docs_commands import commands  # pylint: disable=wrong-import-position

PAGE = "docs/recipes.md"
BLOCK = re.compile(r"^```([\w-]+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
# One for each block, in their order: its language, and what its output must match.
MARKS = [
    ("sh", r"^500000000\t\d+\tabove_high$"),
    ("sh", r'^ *"gfp": "GFP_ATOMIC",$'),
    ("sh", r"^1\d{10}\t\d+\t\d*$"),
    ("sh", r"^database\tswapin\t[1-9]\d+\t[1-9]\d+$"),
    ("sh", r"^kmalloc-512\t500\t50$"),
    ("sh", r'^\{"calls":\{"kmalloc":\{"count":4008,"failed":8\},.*"no_memory":0\},"misuses":\{\}\}$'),
    ("sh", r"^vmstat\.allocstall\t29\t62$"),
    ("sh", r'^\{"vm\.min_free_kbytes":"16384",.*"2000"\}$'),
    ("python", r"^0/DMA32 +-\d+ +-\d+$"),
    ("python", r"^reclaim\.direct_freed +[1-9]\d*\.\d+$"),
    ("python", r"^1024 +782\.0 .* +NaN$"),
    ("duckdb", None),
    ("duckdb", None),
    ("duckdb", None),
    ("sql", r"^1024 782 4532$"),
    ("sqlite", r"^16384 [1-9]\d+\.\d+$"),
    ("gnuplot", r"free less low"),
    ("gnuplot", r"gnuplot_plot_1"),
    ("sh", r"^$"),
    ("vega-lite", r"^ticks\.json$"),
    ("vega-lite", r"^grid\.csv$"),
]


class Missing(Exception):
    """A tool is not installed."""


def needs(there, name):
    if not there:
        raise Missing(f"{name} is not installed")


def output_of(folder, *words, text=""):
    """What a program prints; raises RuntimeError when it complains."""
    ran = subprocess.run(words, cwd=folder, input=text, capture_output=True, text=True, check=False,
                         timeout=300)
    if ran.returncode or ran.stderr:
        raise RuntimeError(f"exit code {ran.returncode}: {ran.stderr}")
    return ran.stdout


def run_sh(folder, text):
    needs(shutil.which("jq"), "jq")
    return output_of(folder, "bash", "-c", "set -eo pipefail\n" + text)


def run_python(folder, text):
    needs(importlib.util.find_spec("pandas"), "pandas")
    return output_of(folder, sys.executable, "-c", text)


def run_gnuplot(folder, text):
    needs(shutil.which("gnuplot") and shutil.which("jq"), "gnuplot or jq")
    picture = os.path.join(folder, re.search(r'set output "(.*?)"', text).group(1))
    output_of(folder, "gnuplot", "-", text=text)
    with open(picture, encoding="utf-8") as stream:
        return stream.read()


def rows_of(path):
    """The rows of a CSV or of a JSON array, each by field."""
    with open(path, encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream)) if path.endswith(".csv") else json.load(stream)


def table_of(database, path):
    """The CSV as a table named like the file, as DuckDB has it; numbers are numbers."""
    rows = rows_of(path)
    names = ", ".join('"' + name.replace('"', '""') + '" NUMERIC' for name in rows[0])
    table = os.path.basename(path)
    database.execute(f'CREATE TABLE "{table}" ({names})')
    database.executemany(f'INSERT INTO "{table}" VALUES ({", ".join("?" * len(rows[0]))})',
                         [list(row.values()) for row in rows])


def run_sql(folder, text):
    database = sqlite3.connect(":memory:")
    table_of(database, os.path.join(folder, "grid.csv"))
    return "\n".join(" ".join(map(str, row)) for row in database.execute(text))


def run_sqlite(folder, text):
    database = sqlite3.connect(os.path.join(folder, "grid.sqlite"))
    return "\n".join(" ".join(map(str, row)) for row in database.execute(text))


def run_vega_lite(folder, text):
    needs(importlib.util.find_spec("altair"), "altair")
    import altair  # pylint: disable=import-outside-toplevel
    spec = json.loads(text)
    altair.Chart.from_dict(spec, validate=True)
    rows = rows_of(os.path.join(folder, spec["data"]["url"]))
    for channel in spec["encoding"].values():
        field = re.sub(r"\\(.)", r"\1", channel["field"])
        if any(row[field] is None for row in rows):
            raise RuntimeError(f"a row without {field}")
    return spec["data"]["url"]


RUNNERS = {"sh": run_sh, "python": run_python, "gnuplot": run_gnuplot, "sql": run_sql,
           "sqlite": run_sqlite, "vega-lite": run_vega_lite}


def result_of(folder, language, text, mark):
    """(ok, words behind the name, problem) of a block."""
    if mark is None:
        return True, f" # SKIP {language} is not packaged in Debian 12", ""
    try:
        said = RUNNERS[language](folder, text)
    except Missing as missing:
        return True, f" # SKIP {missing}", ""
    except Exception as error:  # whatever a block may do wrong is that block's failure
        return False, "", f"{type(error).__name__}: {error}"
    if re.search(mark, said, re.MULTILINE):
        return True, "", ""
    return False, "", f"no {mark} in {said[-2000:]}"


def make_files(mmsim, root, folder, text):
    """Runs the page's own mmsim commands in the folder."""
    for name in ("configs", "workloads"):
        shutil.copytree(os.path.join(root, name), os.path.join(folder, name))
    os.mkdir(os.path.join(folder, "bin"))
    os.symlink(mmsim, os.path.join(folder, "bin/mmsim"))
    path = os.path.join(folder, "bin") + os.pathsep + os.environ["PATH"]
    for command in commands(text):
        subprocess.run(["bash", "-c", command], cwd=folder, env={**os.environ, "PATH": path}, check=True,
                       stdout=subprocess.DEVNULL)


def main():
    mmsim, root = map(os.path.abspath, sys.argv[1:])
    with open(os.path.join(root, PAGE), encoding="utf-8") as stream:
        text = stream.read()
    blocks = [(found.group(1), found.group(2), text.count("\n", 0, found.start()) + 2)
              for found in BLOCK.finditer(text)]
    failed = [language for language, _, _ in blocks] != [language for language, _ in MARKS]
    print(f"1..{len(blocks) + 1}")
    print(f"{'not ok' if failed else 'ok'} 1 - every block has a mark here")
    with tempfile.TemporaryDirectory() as folder:
        make_files(mmsim, root, folder, text)
        for number, ((language, code, line), (_, mark)) in enumerate(zip(blocks, MARKS), 2):
            fine, words, problem = result_of(folder, language, code, mark)
            failed += not fine
            print(f"{'ok' if fine else 'not ok'} {number} - {PAGE}:{line}: {language}{words}")
            for part in problem.splitlines():
                print(f"# {part}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()

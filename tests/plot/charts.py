# SPDX-License-Identifier: MIT
"""Draws every chart of tools/plot as SVG and PNG and looks for its marks; then what it must refuse.

usage: charts.py MMSIM SOURCE_ROOT

The numbers are held against the results in the script that gnuplot gets (--script); the pictures
are looked at for titles, units, legends, curves in their colours, and their size. Prints TAP.
"""
import json
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import zlib
from xml.etree import ElementTree

SVG = "{http://www.w3.org/2000/svg}"
BURST = ["workloads/atomic-burst.yaml"]
LEAK = ["workloads/swap-oom.yaml", "--until", "12s"]
ORDERS = [f"order {order}" for order in range(11)]
QUANTILES = ["max", "p99.9", "p99", "p90", "median"]
# chart: (result, panels, texts that stand in the picture, colours of its curves)
CHARTS = {
    "free": ("burst", 2, ["Free memory of 0/DMA", "Free memory of 0/DMA32", "free", "high", "low", "min",
                          "3/8 min (GFP_ATOMIC)", "pages of 4 KiB", "time, ms"], 5),
    "orders": ("leak", 2, ["Free memory of 0/DMA32 by order of its blocks", "Free blocks of 0/DMA32",
                           "thousand pages of 4 KiB", "blocks", *ORDERS], 17),
    "migratetypes": ("leak", 1, ["Free memory of 0/DMA32 by migratetype", "unmovable", "reclaimable",
                                 "movable", "reserve", "time, s"], 4),
    "fragmentation": ("burst", 2, ["Free memory of 0/DMA32 too fragmented for an order",
                                   "unusable index, thousandths", "fragmentation index, thousandths",
                                   "order 2", "order 9"], 4),
    "lru": ("leak", 2, ["LRU lists and what is on them", "active", "inactive", "anon pages",
                        "slab reclaimable", "Dirty pages and their limits", "dirty limit",
                        "writeback"], 5),
    "reclaim": ("leak", 2, ["Reclaim by kswapd and by tasks", "thousand pages/s of 4 KiB",
                            "kswapd scanned", "direct freed", "Time in reclaim", "ms per s",
                            "kswapd awake"], 4),
    "stalls": ("leak", 1, ["Waits of tasks, by reason", "ms per s", "congestion_wait", "swapin"], 4),
    "latency": ("leak", 2, ["Latency of allocations since the start", "virtual time", "100 ns", "1 ms",
                            *QUANTILES], 5),
    "failures": ("burst", 1, ["Allocations that failed, since the start", "requests", "order 0",
                              "order 4"], 2),
}


class Tap:
    """Numbers and prints the results."""

    def __init__(self):
        self.count = self.failed = 0

    def check(self, name, find, *words):
        """One test: ok when find(*words) finds no problem."""
        self.count += 1
        try:
            problems = find(*words)
        except Exception as error:  # the picture is not even of the form looked for
            problems = [f"{type(error).__name__}: {error}"]
        self.failed += bool(problems)
        print(f"{'not ok' if problems else 'ok'} {self.count} - {name}", flush=True)
        for line in "\n".join(problems).splitlines():
            print(f"# {line}")

    def end(self):
        print(f"1..{self.count}")
        sys.exit(1 if self.failed else 0)


class Bench:
    """A scratch folder with results, and tools/plot."""

    def __init__(self, mmsim, root, folder):
        self.mmsim, self.root, self.folder = mmsim, root, folder
        self.plot_path = os.path.join(root, "tools/plot")

    def path(self, name):
        return os.path.join(self.folder, name)

    def simulate(self, name, *words):
        subprocess.run([self.mmsim, "run", "-q", "-o", self.path(name), *words], cwd=self.root, check=True)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as stream:
            stream.write(text)

    def read(self, name):
        with open(self.path(name), encoding="utf-8") as stream:
            return stream.read()

    def plot(self, *words, env=None, stdin=None):
        return subprocess.run([sys.executable, self.plot_path, *words], cwd=self.folder, env=env,
                              input=stdin, capture_output=True, check=False, timeout=120)

    def script(self, *words):
        """The gnuplot script that the words lead to."""
        ran = self.plot("--script", *words)
        assert ran.returncode == 0, ran.stderr.decode()
        return ran.stdout.decode()


def texts_of(svg):
    """All texts of an SVG."""
    return ["".join(node.itertext()).strip() for node in ElementTree.fromstring(svg).iter(SVG + "text")]


def curve_groups(svg):
    """The groups that gnuplot makes, one for each curve, by those that hold something drawn."""
    groups = [node for node in ElementTree.fromstring(svg).iter(SVG + "g")
              if node.get("id", "").startswith("gnuplot_plot_")]
    return [node for node in groups if any(child.tag in (SVG + "path", SVG + "polygon", SVG + "use")
                                           for child in node.iter())]


def colours_of(svg):
    """The different colours of lines and areas, greys aside."""
    found = re.findall(r"(?:stroke|fill) ?= ?['\"]rgb\( *(\d+), *(\d+), *(\d+)\)", svg)
    return {colour for colour in found if len(set(colour)) > 1 or colour == ("0", "0", "0")}


def png_problems(content, size):
    """What is wrong with a PNG of that size."""
    if content[:8] != b"\x89PNG\r\n\x1a\n":
        return ["not a PNG"]
    at, chunks = 8, {}
    while at < len(content):
        length, kind = struct.unpack(">I4s", content[at:at + 8])
        chunks[kind] = chunks.get(kind, b"") + content[at + 8:at + 8 + length]
        at += 12 + length
    found = struct.unpack(">II", chunks[b"IHDR"][:8])
    problems = [] if found == size else [f"size {found}, wants {size}"]
    pixels = zlib.decompress(chunks[b"IDAT"])
    row = len(pixels) // found[1]
    rows = {pixels[start:start + row] for start in range(0, len(pixels), row)}
    return problems + (["it shows nothing"] if len(rows) < found[1] // 10 else [])


def size_of(svg):
    root = ElementTree.fromstring(svg)
    return int(root.get("width")), int(root.get("height"))


def chart_problems(bench, name):
    """What is wrong with both pictures of a chart."""
    result, panels, words, curves = CHARTS[name]
    for kind in ("svg", "png"):
        ran = bench.plot("--chart", name, "-o", f"{name}.{kind}", f"{result}.jsonl")
        if ran.returncode or ran.stderr:
            return [f"{kind}: {ran.returncode}: {ran.stderr.decode()}"]
    svg = bench.read(f"{name}.svg")
    texts = texts_of(svg)
    problems = [f"no text {word!r} among {texts}" for word in words if word not in texts]
    problems += [] if svg.count("font-weight=\"bold\"") == panels else [f"not {panels} titles"]
    groups, colours = len(curve_groups(svg)), len(colours_of(svg))
    problems += [] if groups >= curves else [f"{groups} curves, not {curves}"]
    problems += [] if colours >= min(curves, 7) else [f"{colours} colours"]
    with open(bench.path(f"{name}.png"), "rb") as stream:
        return problems + png_problems(stream.read(), size_of(svg))


def block(script, number, panel="0_0"):
    """The points of one curve in a script."""
    found = re.search(rf"^\$d{panel}_{number} << EOD\n(.*?)^EOD$", script, re.DOTALL | re.MULTILINE)
    return [tuple(map(float, line.split())) for line in found.group(1).splitlines()]


def ticks_of(bench, name):
    return [line for line in map(json.loads, bench.read(name).splitlines()) if line["type"] == "tick"]


def value_at(points, x):
    """The value there of a curve from which points between equal ones were left out."""
    before = [point for point in points if point[0] <= x + 1e-9]
    return before[-1][1]


def numbers_are_the_results(bench):
    """Levels and rates of a script against the ticks."""
    problems = []
    ticks = ticks_of(bench, "burst.jsonl")
    free = block(bench.script("--chart", "free", "--zone", "0/DMA32", "burst.jsonl"), 0)
    for tick in ticks:
        if value_at(free, tick["time_ns"] / 1e6) != tick["zones"][1]["nr_free_pages"]:
            problems.append(f"free at {tick['time_ns']}: {value_at(free, tick['time_ns'] / 1e6)}")
    ticks = ticks_of(bench, "leak.jsonl")
    stalls = bench.script("--chart", "reclaim", "--columns", "1", "leak.jsonl")
    awake = block(stalls, 0, "1_0")
    for before, tick in zip(ticks, ticks[1:]):
        rate = ((tick["kswapd"]["awake_ns"] - before["kswapd"]["awake_ns"]) * 1e3
                / (tick["time_ns"] - before["time_ns"]))
        if abs(value_at(awake, tick["time_ns"] / 1e9) - rate) > 1e-5 * max(1, rate):
            problems.append(f"awake at {tick['time_ns']}: not {rate}")
    top = block(bench.script("--chart", "migratetypes", "leak.jsonl"), 0)
    for point, tick in zip(top[-1:], ticks[-1:]):
        blocks = tick["zones"][1]["free_blocks"]
        pages = sum(count << order for kind in blocks.values() for order, count in enumerate(kind))
        if abs(point[2] * 1000 - pages) > 1:
            problems.append(f"all migratetypes are {point[2]} thousand, not {pages}")
    return problems[:5]


def overlay_problems(bench):
    """Two results in one panel and side by side."""
    both = ["burst.jsonl", "4096.jsonl", "--label", "auto", "--label", "mine & <yours>"]
    ran = bench.plot("--chart", "free,failures", "--zone", "0/DMA32", *both)
    texts = texts_of(ran.stdout)
    problems = [f"no {word!r}" for word in ("auto", "mine & <yours>", "min, auto", "high, mine & <yours>",
                                           "Allocations that failed, since the start: order 0")
                if word not in texts]
    split = bench.script("--chart", "free", "--zone", "0/DMA32", "--split", *both)
    spans = re.findall(r"^set yrange (.*)$", split, re.MULTILINE)
    problems += [] if len(spans) == 2 and len(set(spans)) == 1 else [f"y axes {spans}"]
    problems += [] if '"auto: free memory of 0/DMA32"' in split else ["no title of the first"]
    # Marks that are the same have one colour; each dash stands once in the legend, once in the panel.
    same = bench.plot("--chart", "free", "--zone", "0/DMA32", "--label", "a", "--label", "b",
                      "burst.jsonl", "burst.jsonl")
    strokes = re.findall(rb"stroke='rgb\(127, 127, 127\)' stroke-dasharray='([^']*)'", same.stdout)
    return problems + ([] if len(strokes) == 4 and {strokes.count(dash) for dash in strokes} == {2} else
                       [f"dashes of the marks: {strokes}"])


def long_result_problems(bench):
    """A result of many ticks keeps its extremes in few points."""
    lines = bench.read("burst.jsonl").splitlines()
    ticks = [json.loads(line) for line in lines[1:-1]]
    out = [lines[0]]
    for round_ in range(20):
        for tick in ticks:
            out.append(json.dumps({**tick, "time_ns": tick["time_ns"] + round_ * 400_000_000}))
    out[4000] = out[4000].replace(f'"nr_free_pages": {json.loads(out[4000])["zones"][1]["nr_free_pages"]}',
                                  '"nr_free_pages": 7')
    bench.write("long.jsonl", "\n".join(out + lines[-1:]) + "\n")
    points = block(bench.script("--chart", "free", "--zone", "0/DMA32", "long.jsonl"), 0)
    problems = [] if len(points) <= 2100 else [f"{len(points)} points"]
    return problems + ([] if min(value for _, value in points) == 7 else ["the lowest one is lost"])


def sweep_lines():
    """A merged sweep of two axes, a seed and a hole."""
    yield {"type": "sweep", "schema_version": 1, "name": "demo", "runs": 24,
           "axes": ["vm.min_free_kbytes", "workload.rate", "seed"],
           "metrics": ["alloc.failed", "zones[*].x.min"]}
    for index in range(24):
        free, rate, seed = 512 << index % 4 * 2, ("10ms", "20ms")[index // 4 % 2], index // 8
        yield {"type": "run", "key": f"{index:032x}", "index": index, "ended": "duration",
               "axes": {"vm.min_free_kbytes": str(free), "workload.rate": rate, "seed": str(seed)},
               "metrics": {"alloc.failed": None if index == 5 else 1000 // (1 + index % 4) + seed,
                           "zones[0/DMA].x.min": free / 4}}


def sweep_problems(bench):
    """Curves of a merged sweep."""
    bench.write("sweep.jsonl", "".join(json.dumps(line) + "\n" for line in sweep_lines()))
    texts = texts_of(bench.plot("sweep.jsonl").stdout)
    problems = [f"no {word!r} in {texts}" for word in
                ("alloc.failed (median and range over seed)", "zones[0/DMA].x.min", "requests",
                 "vm.min_free_kbytes", "workload.rate = 10ms", "workload.rate = 20ms", "512", "32768")
                if word not in texts]
    script = bench.script("-y", "alloc.failed", "-x", "vm.min_free_kbytes", "--by", "workload.rate",
                          "sweep.jsonl")
    band, median = block(script, 0), block(script, 2)
    problems += [] if band[0] == (512, 1000, 1002) else [f"band {band[0]}"]
    problems += [] if median == [(512, 1001), (2048, 501), (8192, 334), (32768, 251)] else [f"{median}"]
    return problems + ([] if "set logscale x" in script else ["x is not logarithmic"])


def tune_problems(bench):
    """The curve of tune: as the tool writes it."""
    curve = json.loads(bench.read("curve.json"))
    texts = texts_of(bench.plot("curve.json").stdout)
    return [f"no {word!r} in {texts}" for word in
            (f"Goal: {curve['goals'][0]['metric']} {curve['goals'][0]['condition']}", "goal met",
             "goal missed", f"answer: {curve['answer']}", "requests", "vm.min_free_kbytes") if word not in texts]


def stale_problems(bench):
    """--check tells a picture of other numbers."""
    words = ["--chart", "free", "-o", "checked.svg"]
    bench.plot(*words, "burst.jsonl")
    before = bench.read("checked.svg")
    codes = [bench.plot(*words, "--check", "burst.jsonl").returncode,
             bench.plot(*words, "--check", "4096.jsonl").returncode,
             bench.plot("--chart", "free", "--check", "-o", "none.svg", "burst.jsonl").returncode]
    problems = [] if codes == [0, 1, 3] else [f"exit codes {codes}"]
    return problems + ([] if bench.read("checked.svg") == before else ["--check wrote"])


def refusals(bench):
    """(what, exit code wanted, text wanted in stderr, words, environment)."""
    lines = bench.read("burst.jsonl").splitlines(keepends=True)
    bench.write("cut.jsonl", "".join(lines[:5]) + lines[5][:200])
    bench.write("headless.jsonl", "".join(lines[1:]))
    bench.write("bare.jsonl", lines[0])
    bench.write("newer.jsonl", lines[0].replace('"schema_version":1', '"schema_version":99') + lines[1])
    bench.write("other.jsonl", lines[0] + '{"type":"tick","time_ns":1000000,"zones":[]}\n')
    bench.write("empty.jsonl", "")
    bench.write("bytes.jsonl", "")
    with open(bench.path("bytes.jsonl"), "wb") as stream:
        stream.write(b"\xff\xfe{}\n")
    bench.write("bad-curve.json", '{"type":"tune","sysctl":"x"}')
    bench.write("bad-sweep.jsonl", '{"type":"sweep","name":"x","axes":["a"],"metrics":[]}\n{"type":"run"}\n')
    os.mkdir(bench.path("no-programs"))
    nothing = {**os.environ, "PATH": bench.path("no-programs")}
    return [
        ("a line that is cut off", 3, "cut.jsonl:6: not JSON", ["cut.jsonl"], None),
        ("no header", 3, "headless.jsonl:1: ", ["headless.jsonl"], None),
        ("no tick", 3, "bare.jsonl:1: no tick", ["bare.jsonl"], None),
        ("another schema", 3, "newer.jsonl:1: schema_version 99", ["newer.jsonl"], None),
        ("a tick without its zones", 3, "other.jsonl:2: ", ["other.jsonl"], None),
        ("an empty file", 3, "empty.jsonl:1: ", ["empty.jsonl"], None),
        ("no text", 3, "bytes.jsonl:1: ", ["bytes.jsonl"], None),
        ("no such file", 3, "none.jsonl", ["none.jsonl"], None),
        ("a curve without points", 3, "bad-curve.json:1: ", ["bad-curve.json"], None),
        ("a sweep without axes in a run", 3, "bad-sweep.jsonl:2: ", ["bad-sweep.jsonl"], None),
        ("no file", 2, "which file", [], None),
        ("an unknown chart", 2, "there are free", ["--chart", "fre", "burst.jsonl"], None),
        ("an unknown zone", 2, "there are 0/DMA", ["--zone", "7/DMA", "burst.jsonl"], None),
        ("an unknown axis", 2, "there are vm.min_free_kbytes", ["-x", "seeds", "sweep.jsonl"], None),
        ("an unknown metric", 2, "there are alloc.failed", ["-y", "alloc.fail", "sweep.jsonl"], None),
        ("an unknown suffix", 2, ".svg", ["-o", "x.pdf", "burst.jsonl"], None),
        ("too few labels", 2, "1 labels", ["--label", "a", "burst.jsonl", "4096.jsonl"], None),
        ("an impossible order", 2, "0 to 10", ["--order", "11", "burst.jsonl"], None),
        ("a sweep beside a result", 2, "alone", ["sweep.jsonl", "burst.jsonl"], None),
        ("no gnuplot", 2, "gnuplot is not installed", ["burst.jsonl"], nothing),
        ("a folder that is not there", 4, "nowhere", ["-o", "nowhere/x.svg", "burst.jsonl"], None),
    ]


def refusal_problems(bench, code, wanted, words, env):
    ran = bench.plot(*words, env=env)
    said = ran.stderr.decode()
    problems = [] if ran.returncode == code else [f"exit code {ran.returncode}, wants {code}"]
    problems += [] if wanted in said else [f"no {wanted!r} in {said!r}"]
    return problems + (["a traceback"] if "Traceback" in said else []) + (["output"] if ran.stdout else [])


def hostile_problems(bench):
    """A label is never a command, nor markup."""
    label = "'; system('touch \"owned\"'); `touch owned` <script> & %s"
    ran = bench.plot("--chart", "free", "--split", "--label", label, "--label", "x", "--title", label,
                     "burst.jsonl", "4096.jsonl", "--size", "1200x300")
    if ran.returncode or os.path.exists(bench.path("owned")):
        return [f"exit code {ran.returncode}, files {os.listdir(bench.folder)}: {ran.stderr.decode()}"]
    found = [text for text in texts_of(ran.stdout) if text.startswith(label)]
    return [] if found else [f"the label is changed: {texts_of(ran.stdout)}"]


def list_problems(bench):
    listed = [line.split()[0] for line in bench.plot("--list").stdout.decode().splitlines()]
    return [] if listed == list(CHARTS) else [f"{listed}"]


def sheet_problems(bench):
    """All charts of a result at once, from stdin, the same bytes twice."""
    first = bench.plot("leak.jsonl")
    second = bench.plot("-", stdin=bench.read("leak.jsonl").encode())
    problems = [] if first.returncode == 0 and first.stdout == second.stdout else ["not the same bytes"]
    titles = first.stdout.decode().count('font-weight="bold"')
    return problems + ([] if titles == sum(panels for _, panels, _, _ in CHARTS.values())
                       else [f"{titles} panels"])


def main():
    mmsim, root = map(os.path.abspath, sys.argv[1:])
    if not shutil.which("gnuplot"):
        print("1..0 # SKIP gnuplot is not installed")
        return
    tap = Tap()
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(mmsim, root, folder)
        bench.simulate("burst.jsonl", *BURST)
        bench.simulate("4096.jsonl", *BURST, "--set", "vm.min_free_kbytes=4096")
        bench.simulate("leak.jsonl", *LEAK)
        subprocess.run([mmsim, "tune", *BURST, "--sysctl", "vm.min_free_kbytes", "--goal",
                        "alloc.failed_by_order[0] == 0", "-o", bench.path("curve.json")],
                       cwd=root, check=True, capture_output=True)
        tap.check("--list names every chart that is tested", list_problems, bench)
        for name in CHARTS:
            tap.check(f"{name} as SVG and PNG", chart_problems, bench, name)
        tap.check("the sheet of all charts", sheet_problems, bench)
        tap.check("curves are the numbers of the results", numbers_are_the_results, bench)
        tap.check("results lie over each other or side by side", overlay_problems, bench)
        tap.check("extremes of long results stay", long_result_problems, bench)
        tap.check("a merged sweep", sweep_problems, bench)
        tap.check("the curve of tune", tune_problems, bench)
        tap.check("--check tells a stale picture", stale_problems, bench)
        tap.check("a label is only text", hostile_problems, bench)
        for what, code, wanted, words, env in refusals(bench):
            tap.check(f"refuses {what}", refusal_problems, bench, code, wanted, words, env)
    tap.end()


if __name__ == "__main__":
    main()

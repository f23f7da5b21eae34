# SPDX-License-Identifier: MIT
"""Runs examples, those of reclaim first, each with its settings, and holds what their descriptions say.

usage: scenarios.py [--record] MMSIM SOURCE_ROOT [BUILD_ROOT]

A scenario makes statements about its runs, and quotes numbers of theirs in the very words of the
workload's description: a number that no longer comes out fails, as does a comparison that turns
round. With BUILD_ROOT a quick mmsim without checks is built there first and used instead: with
every checker on the runs would take hours. Prints TAP. --record first writes the numbers that come
out into the descriptions; then look at the difference.
"""
import fcntl
import json
import os
import re
import subprocess
import sys

SECOND = 10**9
MS = 10**6


class Run:
    """The output of one run: ticks, events and the summary, whose members are also the run's."""

    def __init__(self, lines):
        self.ticks = [line for line in lines if line["type"] == "tick"]
        self.events = [line for line in lines if line["type"] == "event"]
        self.summary = lines[-1]

    def __getitem__(self, name):
        return self.summary[name]

    def task(self, name):
        """The summary of one task."""
        return next(task for task in self["tasks"] if task["name"] == name)

    def stall(self, cause, *names):
        """Nanoseconds that the tasks together waited for the cause."""
        return sum(self.task(name)["stall"][cause]["total_ns"] for name in names)

    def waits(self, cause, name):
        """How often the task waited for the cause."""
        return self.task(name)["stall"][cause]["count"]

    def at(self, seconds):
        """The tick at that time."""
        return next(tick for tick in self.ticks if tick["time_ns"] == seconds * SECOND)

    def first(self, condition):
        """Seconds until the first tick of which the condition holds."""
        return next(tick["time_ns"] for tick in self.ticks if condition(tick)) / SECOND

    def scanned(self):
        """Pages that reclaim scanned."""
        return self["reclaim"]["kswapd_scanned"] + self["reclaim"]["direct_scanned"]

    def failures(self, mask, order=0):
        """Failed allocations of that mask and order."""
        return sum(group["count"] for group in self["failures"]["groups"]
                   if group["gfp"] == mask and group["order"] == order)


def renumbered(text, phrase):
    """The text with the numbers of the phrase, where it has the same words with other numbers. Words
    of digits that the phrase begins with stay: they tell the lines of a table apart."""
    number = r"\d+(?:\.\d+)?"
    words = phrase.split()
    fixed = words[0] if re.fullmatch(number, words[0]) else None
    pattern = [re.escape(word) if word == fixed and at == 0 else
               re.sub(r"\d+(?:\\\.\d+)?", lambda _: number, re.escape(word))
               for at, word in enumerate(words)]
    found = re.search(r"\b" * (fixed is not None) + r"(\s+)".join(pattern), text)
    if not found:
        return text
    spaces = list(found.groups()) + [""]
    old = found.group(0).split()
    new = ""
    for word, before, space in zip(words, old, spaces):
        width = len(before) + len(space) if "\n" not in space and len(space) > 1 else 0
        new += (word + space) if not width else word.ljust(max(width, len(word) + 1))
    return text[:found.start()] + new.rstrip(" ") + text[found.end():]


class Examples:
    """Runs the shipped workloads and collects what is stated about them."""

    def __init__(self, mmsim, root, record):
        self.mmsim = mmsim
        self.root = root
        self.record = record
        self.results = []
        self.name = None

    def run(self, *settings, machine=None, events=False):
        """One run of the present workload."""
        command = [self.mmsim, "run", "-q", os.path.join(self.root, f"workloads/{self.name}.yaml")]
        command += ["--events"] * events
        command += ["-c", os.path.join(self.root, f"configs/{machine}.yaml")] if machine else []
        for setting in settings:
            command += ["--set", setting]
        ran = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                             check=False)
        if ran.returncode != 0:
            raise RuntimeError(f"{' '.join(command)} ended with {ran.returncode}\n{ran.stderr}")
        run = Run([json.loads(line) for line in ran.stdout.splitlines()])
        awake = [tick["kswapd"]["awake_ns"] for tick in run.ticks]
        self.holds("kswapd's time only grows", awake == sorted(awake))
        return run

    def holds(self, statement, truth):
        """One result."""
        self.results.append((f"{self.name}: {statement}", bool(truth), ""))

    def quotes(self, *phrases):
        """Each must stand in the description of the present workload, line breaks aside."""
        path = os.path.join(self.root, f"workloads/{self.name}.yaml")
        with open(path, encoding="utf-8") as file:
            text = file.read()
        if self.record:
            for phrase in phrases:
                text = renumbered(text, phrase)
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
        said = " ".join(re.search(r"^description: \|\n((?:  .*\n|\n)+)", text, re.MULTILINE)
                        .group(1).split())
        for phrase in phrases:
            self.results.append((f"{self.name}: its description says \"{phrase}\"", phrase in said,
                                 "it does not"))


def mapped_stream(examples):
    """Waiting in reclaim against waiting only when congested (published: Gorman, September 2010)."""
    runs = [examples.run(machine=machine)
            for machine in ("stream-3g", "stream-3g-wait-iff-congested")]
    always, never = runs
    waits = [run.waits("congestion_wait", "reader") for run in runs]
    reclaim = [run["reclaim"] for run in runs]
    direct_ns = [one["direct_reclaim_ns"]["sum"] for one in reclaim]
    mean_ns = [one["direct_reclaim_ns"]["mean"] for one in reclaim]
    times = [run["time_ns"] / SECOND for run in runs]
    timeouts = always["reclaim"]["congestion_wait_timeouts"]
    waited_ns = always.stall("congestion_wait", "reader")
    examples.holds("most waits last their whole timeout",
                   timeouts * 4 >= always["reclaim"]["congestion_waits"] * 3 > 0)
    examples.holds("nobody waits where nothing is congested",
                   never["reclaim"]["congestion_waits"] == 0)
    examples.holds("the pages scanned are equal within 1 %",
                   abs(always.scanned() - never.scanned()) * 100 <= always.scanned())
    examples.holds("direct reclaims are more", waits[1] == 0 and
                   reclaim[1]["direct_reclaims"] > reclaim[0]["direct_reclaims"])
    examples.holds("direct reclaims are shorter", mean_ns[1] * 2 < mean_ns[0])
    examples.holds("less time is lost in direct reclaim", direct_ns[1] * 2 < direct_ns[0])
    examples.holds("the run is over sooner", times[1] * 1.2 < times[0])
    always, never = [examples.run("machine.nodes[0].cpus=4", machine=machine)["vmstat"]["allocstall"]
                     for machine in ("stream-3g", "stream-3g-wait-iff-congested")]
    examples.holds("on four CPUs almost no direct reclaim is left", never * 100 < always)
    examples.quotes(
        f"waits of the reader 148 -> 0 {waits[0]} -> {waits[1]}",
        f"of these, whole timeouts 127 {waits[0] - (reclaim[0]['congestion_waits'] - timeouts)}",
        f"their time 8.38 s -> 0 {waited_ns / SECOND:.2f} s -> 0",
        "direct reclaims 152 -> 941 {direct_reclaims} -> ".format(**reclaim[0])
        + str(reclaim[1]["direct_reclaims"]),
        "time in direct reclaim 7.60 s -> 3.03 s "
        + " -> ".join(f"{ns / SECOND:.2f} s" for ns in direct_ns),
        "pages scanned about equal " + " -> ".join(str(run.scanned()) for run in runs),
        "reclaimed of scanned 47.5 % in both "
        + " -> ".join(f"{one['efficiency_permille'] / 10} %" for one in reclaim),
        "the run 15.6 s -> 11.9 s " + " -> ".join(f"{time:.1f} s" for time in times))


def highalloc(examples):
    """Mobility grouping on and off: memory allocatable as huge pages."""
    for setting, name in (("auto", "with grouping"), ("off", "without")):
        run = examples.run(f"machine.page_group_by_mobility={setting}")
        failed = [run.at(time)["alloc"]["failed_by_order"][9] for time in (99, 298, 498, 899)]
        shares = [(512 - (after - before)) * 100 / 512 for before, after in zip(failed, failed[1:])]
        last = run["pages_live"] - run.at(799)["pages_live"]
        examples.holds(f"{name}, each request of the last pass was made",
                       last * 100 / 512 / 512 == shares[2])
        examples.holds(f"{name}, nobody is killed", run["oom_kills"] == 0)
        if setting == "auto":
            grouped = shares
            examples.holds("with grouping, the first pass gets least", shares[0] < min(shares[1:]))
        examples.quotes(f"{name} " + " ".join(f"{share:.0f} %" for share in shares))
    examples.holds("grouping at least doubles each share",
                   all(on >= 2 * off for on, off in zip(grouped, shares)))


def stream_vs_anon(examples):
    """A stream of file pages against a working set, by swappiness."""
    stalls = []
    for swappiness in (0, 60, 100):
        run = examples.run(f"vm.swappiness={swappiness}")
        stalls.append(run.stall("swapin", "application"))
        examples.quotes(
            f"{swappiness} {run['vmstat']['pswpout']} {run['vmstat']['pswpin']} "
            f"{run.task('application')['major_faults']} {stalls[-1] / SECOND:.1f} s")
    examples.holds("without swappiness the application never waits", stalls[0] == 0)
    examples.holds("each step of swappiness costs it much time",
                   stalls[0] + 10 * SECOND < stalls[1] and stalls[1] * 1.5 < stalls[2])


def dirty_throttling(examples):
    """Writers against a slow disk."""
    held, slept = [], []
    for ratio in (5, 10, 40):
        run = examples.run(f"vm.dirty_ratio={ratio}")
        writers = ("writer-a", "writer-b")
        held.append(max(tick["dirty"]["dirty_pages"] + tick["dirty"]["writeback_pages"]
                        for tick in run.ticks))
        slept.append([run.stall(cause, *writers) / SECOND
                      for cause in ("balance_dirty_pages", "get_request")])
        reads = run["user"]["cache_hits"] + run["user"]["cache_misses"]
        examples.quotes(f"{ratio} {held[-1] // 256} MiB {slept[-1][0]:.1f} s {slept[-1][1]:.1f} s "
                        f"{reads}")
    alone = examples.run("workload.tasks[0].start=50s", "workload.tasks[1].start=50s")
    alone_reads = alone["user"]["cache_hits"] + alone["user"]["cache_misses"]
    examples.quotes(f"alone on the disk it reads {alone_reads}")
    examples.holds("the limit decides how much is held", held[0] * 1.5 < held[1] < held[2] / 2)
    examples.holds("small limits stop writers in balance_dirty_pages, a large one in the queue",
                   slept[0][0] > 5 * slept[0][1] and slept[1][0] > 5 * slept[1][1] and
                   slept[2][1] > 5 * slept[2][0])
    examples.holds("the reader suffers from the writers", alone_reads > 4 * reads)


def growth(examples):
    """Memory growth at 100 MB/s with small and large min_free_kbytes."""
    failed, lost = [], []
    for kbytes in (1024, "auto", 16384):
        run = examples.run(f"vm.min_free_kbytes={kbytes}")
        failed.append(run.failures("GFP_ATOMIC|__GFP_NOWARN"))
        lost.append(run["reclaim"]["direct_reclaim_ns"]["sum"])
        shown = kbytes if kbytes != "auto" else "2876 (auto)"
        examples.quotes(f"{shown} {run['vmstat']['allocstall']} {lost[-1] / MS:.1f} ms {failed[-1]}")
    examples.holds("more reserve, fewer failures", failed[0] > failed[1] >= failed[2] == 0)
    examples.holds("more reserve, less direct reclaim", lost[0] > lost[1] >= lost[2] == 0)


def swap_oom(examples):
    """Swap exhaustion to OOM."""
    run = examples.run(events=True)
    kill = next(event for event in run.events if event["event"] == "oom_kill")
    swapping = run.first(lambda tick: tick["vmstat"]["pswpout"] > 0)
    full = run.first(lambda tick: tick["swap"]["free_pages"] == 0)
    examples.holds("the leak is the only victim", kill["victim"] == "leak" and run["oom_kills"] == 1)
    examples.quotes(
        f"at {swapping:.1f} s the memory is full", f"at {full:.1f} s the swap space is",
        f"at {kill['time_ns'] / SECOND:.2f} s \"leak\" is killed, with {kill['points']} points",
        f"gives {run['reclaim']['killed_pages']} pages back",
        f"\"database\" still waits {run.stall('swapin', 'database') / SECOND:.1f} s")
    immune = examples.run("workload.tasks[2].oom_adj=-17", events=True)
    victims = [event["victim"] for event in immune.events if event["event"] == "oom_kill"]
    examples.holds("where the leak is immune all others die for it, then the kernel panics",
                   sorted(victims) == ["daemon", "database"] and immune["ended"] == "panic")
    examples.quotes(f"and after {immune['time_ns'] / SECOND:.1f} s the kernel panics")


def kswapd_order3(examples):
    """kswapd busy with free memory."""
    run = examples.run()
    order0 = examples.run("workload.tasks[2].steps[0].loop.steps[0].alloc_pages.order=0")
    zone = run["zones"][1]
    awake = (run["kswapd"]["awake_ns"] - run.at(3)["kswapd"]["awake_ns"]) / SECOND
    slept = order0["kswapd"]["awake_ns"] - order0.at(3)["kswapd"]["awake_ns"]
    examples.holds("far more is free than the high mark asks for",
                   zone["nr_free_pages"] > 50 * zone["pages_high"])
    examples.holds("no block of order 3 is free", sum(zone["nr_free"][3:]) == 0)
    examples.holds("kswapd never sleeps again", awake >= 6.99 and run["kswapd"]["nodes"][0]["order"] == 3)
    for kbytes in (512, 16384):
        other = examples.run(f"vm.min_free_kbytes={kbytes}")
        examples.holds(f"with min_free_kbytes {kbytes} it is the same",
                       not any(other.at(time)["kswapd"]["nodes"][0]["asleep"] for time in range(4, 10)))
    examples.holds("with order 0 it never wakes", slept == 0 and order0["user"]["refaults"] == 0)
    examples.quotes(
        f"At the end {zone['nr_free_pages']} pages of 0/DMA32 are free, where pages_high is {zone['pages_high']}",
        f"fails all {run.failures('GFP_ATOMIC|__GFP_NOWARN', 3)} times",
        f"awake for all {awake:.0f} s", f"its work are {run['user']['refaults']} refaults",
        f"for the disk {run.stall('page_read', 'reader') / SECOND:.2f} s instead of "
        f"{order0.stall('page_read', 'reader') / SECOND:.2f} s")


def zone_reclaim(examples):
    """zone_reclaim on and off on two nodes."""
    runs = [examples.run(f"vm.zone_reclaim_mode={mode}") for mode in (0, 1)]
    off, on = runs
    for mode, run in enumerate(runs):
        examples.quotes(f"{mode} {run['devices'][0]['read_pages']} {run['user']['refaults']} "
                        f"{run['vmstat']['numa_miss']} {run.stall('page_read', 'server') / SECOND:.1f} s")
    examples.holds("off, the set is read once", off["user"]["refaults"] == 0)
    examples.holds("on, the other node is never used", on["vmstat"]["numa_miss"] == 0)
    examples.holds("on, the server waits for the disk almost always",
                   on.stall("page_read", "server") > 0.9 * on["time_ns"])


def numa_policy(examples):
    """One program under four memory policies."""
    run = examples.run(events=True)
    left, turned, freed = run.at(1)["vmstat"], run.at(2)["vmstat"], run.at(2)["zones"]
    turns = turned["numa_interleave"]
    mib = min(zone["nr_free_pages"] for tick in run.ticks if SECOND < tick["time_ns"] < 2 * SECOND
              for zone in tick["zones"] if zone["name"] != "0/DMA") // 256
    kills = [event for event in run.events if event["event"] == "oom_kill"]
    examples.quotes(f"both nodes keep {mib} MiB or more",
                    f"all its {(freed[-1]['nr_free_pages'] + 255) // 256} MiB free")
    examples.holds("by default what does not fit comes from the other node",
                   left["numa_miss"] == left["numa_foreign"] > 0 and left["numa_interleave"] == 0)
    examples.holds("each interleaved page is its turn's, half of them of the other node",
                   turns == 300 * 256 and turned["numa_other"] - left["numa_other"] == turns // 2
                   and turned["numa_miss"] == left["numa_miss"])
    examples.holds("who is confined is killed, by policy and by cpuset",
                   [(kill["victim"], kill["time_ns"] // SECOND) for kill in kills]
                   == [("bound", 2), ("confined", 3)])
    examples.holds("the other node stays free",
                   all(tick["zones"][-1]["level"] == "above_high" for tick in run.ticks))


def large_buffers(examples):
    """kmalloc() and vmalloc() in memory that is in pieces."""
    run = examples.run()
    examples.holds("memory is in pieces and free",
                   run.ticks[-1]["zones"][-1]["level"] == "above_high")
    examples.holds("kmalloc() of 32 pages in a row finds none",
                   run["calls"]["kmalloc"]["failed"] == 8)
    examples.holds("vmalloc() finds 32 single pages each time",
                   run["vmalloc"]["areas"] == 8 and not any(run["vmalloc"]["failed"].values()))
    slab = next(slab for slab in run["slabs"] if slab["name"] == "kmalloc-512")
    examples.holds("half of the objects keep all of the slabs",
                   slab["held_objects"] * 2 == slab["objects"])


SCENARIOS = {
    "mapped-stream": mapped_stream,
    "highalloc": highalloc,
    "stream-vs-anon": stream_vs_anon,
    "dirty-throttling": dirty_throttling,
    "growth-100mbs": growth,
    "swap-oom": swap_oom,
    "kswapd-order3": kswapd_order3,
    "zone-reclaim": zone_reclaim,
    "numa-policy": numa_policy,
    "large-buffers": large_buffers,
}


def build(source_root, build_root):
    """Builds a quick mmsim, or brings it up to date, and returns its path; one test at a time."""
    folder = os.path.join(build_root, "quick")
    with open(os.path.join(build_root, "quick.lock"), "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not os.path.exists(os.path.join(folder, "build.ninja")):
            subprocess.run(["meson", "setup",
                            "--wipe" if os.path.exists(folder) else "--backend=ninja",
                            "--buildtype=release", "-Dchecks=none", "-Dtests=false", folder,
                            source_root], check=True, stdout=subprocess.DEVNULL)
        subprocess.run(["meson", "compile", "-C", folder, "-j", "2"], check=True,
                       stdout=subprocess.DEVNULL)
    return os.path.join(folder, "sim", "cli", "mmsim")


def main():
    record = "--record" in sys.argv
    paths = [os.path.abspath(argument) for argument in sys.argv[1:] if argument != "--record"]
    mmsim, source_root = paths[:2]
    if len(paths) > 2:
        mmsim = build(source_root, paths[2])
    examples = Examples(mmsim, source_root, record)
    for examples.name, scenario in SCENARIOS.items():
        scenario(examples)
    failed = 0
    for number, (statement, truth, why) in enumerate(examples.results, 1):
        failed += not truth
        print(f"{'ok' if truth else 'not ok'} {number} - {statement}")
        if not truth and why:
            print(f"# {why}")
    print(f"1..{len(examples.results)}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()

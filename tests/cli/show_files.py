# SPDX-License-Identifier: MIT
"""Reads what `mmsim show` prints: by strict parsers of the kernel's formats, and by packaged tools.

usage: show_files.py MMSIM SOURCE_ROOT

Each value read is held against the tick that the file was made of. The strict parsers take a file
apart and put it together again with the formats of 2.6.24: not a blank may differ. The packaged
tools are prometheus-node-exporter, numastat of numactl, vmstat and slabtop of procps; those that
know no path but the kernel's see the files through a mount namespace. Prints TAP.
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.request

PROC = ("buddyinfo", "zoneinfo", "pagetypeinfo", "vmstat", "slabinfo")
TYPES = ("unmovable", "reclaimable", "movable", "reserve")
TYPE_TITLES = ("Unmovable", "Reclaimable", "Movable", "Reserve", "<NULL>")
SLAB_HEAD = ("slabinfo - version: 2.1\n# name            <active_objs> <num_objs> <objsize> "
             "<objperslab> <pagesperslab> : tunables <limit> <batchcount> <sharedfactor> : slabdata "
             "<active_slabs> <num_slabs> <sharedavail>\n")
# name, workload, further options, times to look at
RUNS = [
    ("uma", ["workloads/atomic-burst.yaml"], ["100ms", "500ms", "end"]),
    ("numa", ["workloads/numa-imbalance.yaml"], ["1s", "end"]),
    ("highmem", ["-c", "tests/golden/runs/highmem.yaml", "tests/golden/runs/highmem/run.yaml"],
     ["end"]),
    ("objects", ["tests/cli/show/objects.yaml"], ["10ms", "end"]),
]


class Wrong(Exception):
    """A file that is not what the tick says."""


def expect(what, got, wanted):
    if got != wanted:
        raise Wrong(f"{what}: {got!r}, not {wanted!r}")


class Moment:
    """The header and one tick, and what the kernel's files must hold then."""

    def __init__(self, header, tick):
        self.header, self.tick = header, tick
        self.machine = header["config"]["machine"]
        self.names = list(tick["vmstat"])
        self.names = self.names[:self.names.index("pgpgin")]
        self.zones = []
        for booted, zone in zip(header["booted"]["zones"], tick["zones"]):
            expect("zone", zone["name"], booted["name"])
            if booted["present_pages"]:
                self.zones.append((booted, zone))
        self.nodes = [node["node"] for node in header["booted"]["nodes"]]

    def of_zone(self, zone, name):
        exact = zone["nr_free_pages_exact" if name == "nr_free_pages" else name]
        return max(0, exact - zone["vm_stat_diff"][self.names.index(name)])

    def of_node(self, nid, name):
        return sum(self.of_zone(zone, name) for _, zone in self.zones if zone["node"] == nid)

    def vmstat(self):
        values = dict(self.tick["vmstat"])
        for i, name in enumerate(self.names):
            unfolded = sum(zone["vm_stat_diff"][i] for zone in self.tick["zones"])
            values[name] = max(0, values[name] - unfolded)
        return values

    def slabs(self):
        return {cache["name"]: cache for cache in self.tick.get("slabs") or []}


def orders(blocks):
    return "".join(f"{count:6d} " for count in blocks) + "\n"


def zone_of(zone):
    return zone["name"].split("/")[1]


def buddyinfo(moment, text):
    """Node %d, zone %8s and a column of six for each order, each with a blank behind it."""
    found = {}
    for line in text.splitlines(keepends=True):
        match = re.fullmatch(r"Node (\d+), zone +(\w+) ((?: *\d+ ){11})\n", line)
        if not match:
            raise Wrong(f"not a line of buddyinfo: {line!r}")
        node, zone, blocks = int(match[1]), match[2], [int(n) for n in match[3].split()]
        expect("layout", line, f"Node {node}, zone {zone:>8} " + orders(blocks))
        found[f"{node}/{zone}"] = blocks
    expect("buddyinfo", found, {zone["name"]: zone["nr_free"] for _, zone in moment.zones})


def pagetypeinfo(moment, text):
    """Both tables of each node, with their headings."""
    order = moment.machine["pageblock_order"]
    grouping = moment.header["booted"]["mobility_grouping"]
    wanted = ""
    for nid in moment.nodes:
        zones = [zone for _, zone in moment.zones if zone["node"] == nid]
        wanted += f"Page block order: {order}\nPages per block:  {1 << order}\n\n"
        wanted += f"{'Free pages count per migrate type at order':43} " + orders(range(11))
        for zone in zones:
            lists = [zone["free_blocks"][kind] for kind in TYPES] + [[0] * 11]
            for title, blocks in zip(TYPE_TITLES, lists):
                wanted += f"Node {nid:4d}, zone {zone_of(zone):>8}, type {title:>12} " + orders(blocks)
        wanted += "\nNumber of blocks type  " + "".join(f"{title:>12} " for title in TYPE_TITLES) + "\n"
        for zone in zones:
            counts = [zone["pageblocks"][kind] for kind in TYPES] + [0]
            if not grouping:
                counts = [sum(counts), 0, 0, 0, 0]
            wanted += f"Node {nid}, zone {zone_of(zone):>8} " + \
                "".join(f"{count:12d} " for count in counts) + "\n"
    for got, want in zip(text.splitlines(), wanted.splitlines()):
        expect("pagetypeinfo", got, want)
    expect("pagetypeinfo", text, wanted)


def zoneinfo(moment, text):
    """Each zone's lines in the kernel's order, with nothing between them."""
    wanted = ""
    for booted, zone in moment.zones:
        pcp = zone["pcp"]
        wanted += f"Node {zone['node']}, zone {zone_of(zone):>8}\n"
        wanted += f"  pages free     {zone['nr_free_pages']}\n"
        for level in ("min", "low", "high"):
            wanted += f"        {level:8} {zone['pages_' + level]}\n"
        wanted += (f"        scanned  {zone['pages_scanned']} (a: {zone['nr_scan_active']}"
                   f" i: {zone['nr_scan_inactive']})\n")
        wanted += f"        spanned  {booted['spanned_pages']}\n        present  {booted['present_pages']}\n"
        for name in moment.names:
            wanted += f"    {name:12} {moment.of_zone(zone, name)}\n"
        wanted += f"        protection: ({', '.join(map(str, zone['lowmem_reserve']))})\n  pagesets\n"
        for cpu, (both, cold) in enumerate(zip(pcp["cpus"], pcp["cpus_cold"])):
            for i, (kind, count) in enumerate((("hot", both - cold), ("cold", cold))):
                wanted += (f"    cpu: {cpu} pcp: {i}\n              count: {count}\n"
                           f"              high:  {pcp[kind + '_high']}\n"
                           f"              batch: {pcp[kind + '_batch']}\n")
            wanted += f"  vm stats threshold: {booted['pcp']['stat_threshold']}\n"
        wanted += (f"  all_unreclaimable: {int(zone['all_unreclaimable'])}\n"
                   f"  prev_priority:     {zone['prev_priority']}\n"
                   f"  start_pfn:         {booted['start_pfn']}\n")
    for got, want in zip(text.splitlines(), wanted.splitlines()):
        expect("zoneinfo", got, want)
    expect("zoneinfo", text, wanted)


def vmstat(moment, text):
    expect("vmstat", text, "".join(f"{name} {value}\n" for name, value in moment.vmstat().items()))


def slabinfo(moment, text):
    """Version 2.1: the newest cache first."""
    wanted = SLAB_HEAD
    for cache in moment.slabs().values():
        objects = cache["slabs"] * cache["objects_per_slab"]
        wanted += (f"{cache['name']:17} {cache['active_objects']:6d} {objects:6d} {cache['size']:6d} "
                   f"{cache['objects_per_slab']:4d} {cache['slab_pages']:4d} : tunables    0    0    0"
                   f" : slabdata {cache['slabs']:6d} {cache['slabs']:6d}      0\n")
    expect("slabinfo", text, wanted)


STRICT = dict(zip(PROC, (buddyinfo, zoneinfo, pagetypeinfo, vmstat, slabinfo)))


def node_exporter(moment, folder):
    """The metrics of the node exporter: name{labels} value."""
    collectors = ("buddyinfo", "zoneinfo", "slabinfo", "vmstat", "meminfo_numa")
    command = ["prometheus-node-exporter", "--collector.disable-defaults", "--web.listen-address=127.0.0.1:0",
               "--collector.vmstat.fields=.*", f"--path.procfs={folder}/proc", f"--path.sysfs={folder}/sys"]
    command += [f"--collector.{name}" for name in collectors]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as exporter:
        try:
            port = None
            for line in exporter.stderr:
                port = re.search(r"address=127\.0\.0\.1:(\d+)", line)
                if port:
                    break
            if not port:
                raise Wrong("the exporter does not listen")
            with urllib.request.urlopen(f"http://127.0.0.1:{port[1]}/metrics", timeout=30) as answer:
                text = answer.read().decode()
        finally:
            exporter.terminate()
    metrics = {}
    for line in text.splitlines():
        match = re.fullmatch(r"(node_\w+)(?:\{(.*)\})? (\S+)", line)
        if match:
            labels = tuple(sorted(re.findall(r'(\w+)="([^"]*)"', match[2] or "")))
            metrics[match[1], labels] = float(match[3])
    for name in collectors:
        expect(f"collector {name}", metrics["node_scrape_collector_success", (("collector", name),)], 1.0)
    return metrics


def check_node_exporter(moment, folder):
    metrics = node_exporter(moment, folder)

    def value(name, wanted, **labels):
        expect(f"{name} {labels}", metrics.get((name, tuple(sorted(labels.items())))), float(wanted))

    for booted, zone in moment.zones:
        where = {"node": str(zone["node"]), "zone": zone_of(zone)}
        for order, count in enumerate(zone["nr_free"]):
            value("node_buddyinfo_blocks", count, size=str(order), **where)
        for level in ("min", "low", "high"):
            value(f"node_zoneinfo_{level}_pages", zone["pages_" + level], **where)
        value("node_zoneinfo_present_pages", booted["present_pages"], **where)
        value("node_zoneinfo_spanned_pages", booted["spanned_pages"], **where)
        value("node_zoneinfo_scanned_pages", zone["pages_scanned"], **where)
        for i, pages in enumerate(zone["lowmem_reserve"]):
            value(f"node_zoneinfo_protection_{i}", pages, **where)
        for name in ("nr_free_pages", "nr_file_pages", "nr_slab_unreclaimable"):
            value(f"node_zoneinfo_{name}" + ("" if name.endswith("pages") else "_pages"),
                  moment.of_zone(zone, name), **where)
        if moment.machine["numa"]:
            value("node_zoneinfo_numa_hit_total", moment.of_zone(zone, "numa_hit"), **where)
    for name, count in moment.vmstat().items():
        value(f"node_vmstat_{name}", count)
    for name, cache in moment.slabs().items():
        value("node_slabinfo_active_objects", cache["active_objects"], slab=name)
        value("node_slabinfo_object_size_bytes", cache["size"], slab=name)
        value("node_slabinfo_pages_per_slab", cache["slab_pages"], slab=name)
    for nid in moment.nodes if moment.machine["numa"] else []:
        value("node_memory_numa_MemFree", 4096 * moment.of_node(nid, "nr_free_pages"), node=str(nid))
        value("node_memory_numa_numa_foreign_total", moment.of_node(nid, "numa_foreign"), node=str(nid))


def in_namespace(mounts, command):
    """The tool's output, with files of ours mounted over the kernel's."""
    script = " && ".join([f"mount --bind {ours} {theirs}" for ours, theirs in mounts] + [command])
    own = [] if os.geteuid() == 0 else ["-r"]
    done = subprocess.run(["unshare", "-m", *own, "sh", "-c", script], capture_output=True, text=True,
                          check=False, timeout=60)
    if done.returncode != 0:
        raise Wrong(f"{command}: {done.stderr.strip()}")
    return done.stdout


def check_numastat(moment, folder):
    lines = in_namespace([(f"{folder}/sys", "/sys")], "numastat").splitlines()
    columns = [int(name.removeprefix("node")) for name in lines[0].split()]
    expect("nodes", columns, moment.nodes)
    theirs = {"interleave_hit": "numa_interleave", "local_node": "numa_local", "other_node": "numa_other"}
    for line in lines[1:]:
        name, *values = line.split()
        expect(name, [int(n) for n in values],
               [moment.of_node(nid, theirs.get(name, name)) for nid in columns])
    expect("lines", len(lines), 7)


def check_vmstat_m(moment, folder):
    text = in_namespace([(f"{folder}/proc/slabinfo", "/proc/slabinfo")], "vmstat -m")
    found = {}
    for line in text.splitlines()[1:]:
        name, *values = line.split()
        found[name] = [int(n) for n in values]
    expect("vmstat -m", found, {
        name: [cache["active_objects"], cache["slabs"] * cache["objects_per_slab"], cache["size"],
               cache["objects_per_slab"]] for name, cache in
        ((name[:24], cache) for name, cache in moment.slabs().items())})


def check_slabtop(moment, folder):
    text = in_namespace([(f"{folder}/proc/slabinfo", "/proc/slabinfo")], "slabtop -o")
    caches = moment.slabs().values()
    objects = sum(cache["slabs"] * cache["objects_per_slab"] for cache in caches)
    active = sum(cache["active_objects"] for cache in caches)
    match = re.search(r"Active / Total Objects \(% used\) *: (\d+) / (\d+)", text)
    expect("slabtop", [int(match[1]), int(match[2])], [active, objects])


class Tests:
    """Counts and prints TAP."""

    def __init__(self):
        self.count, self.failed = 0, 0

    def hold(self, what, check, *arguments):
        self.count += 1
        try:
            check(*arguments)
            print(f"ok {self.count} - {what}")
        except Wrong as wrong:
            self.failed += 1
            print(f"not ok {self.count} - {what}\n# {wrong}")

    def skip(self, what, why):
        self.count += 1
        print(f"ok {self.count} - {what} # SKIP {why}")


def look(mmsim, output, at, folder):
    """Writes all files; the moment they show."""
    subprocess.run([mmsim, "show", output, "--at", at, "--as", "all", "-o", folder], check=True)
    with open(output, encoding="utf-8") as stream:
        lines = [json.loads(line) for line in stream]
    limit = float("inf") if at == "end" else float(at.removesuffix("s").removesuffix("m")) * \
        (10**6 if at.endswith("ms") else 10**9)
    return Moment(lines[0], [line for line in lines[1:]
                             if line["type"] in ("tick", "summary") and line["time_ns"] <= limit][-1])


def tools_of(moment):
    """The packaged tools that have something to read, and whether they need a namespace."""
    yield "prometheus-node-exporter", check_node_exporter, False
    if moment.machine["numa"]:
        yield "numastat", check_numastat, True
    if moment.slabs():
        yield "vmstat", check_vmstat_m, True
        yield "slabtop", check_slabtop, True


def can_mount():
    own = [] if os.geteuid() == 0 else ["-r"]
    return subprocess.run(["unshare", "-m", *own, "true"], capture_output=True, check=False).returncode == 0


def main(mmsim, root):
    tests, mounts = Tests(), can_mount()
    for name, arguments, times in RUNS:
        with tempfile.TemporaryDirectory() as scratch:
            output = os.path.join(scratch, "out.jsonl")
            subprocess.run([mmsim, "run", "-q", *arguments, "-o", output], cwd=root, check=True)
            for at in times:
                folder = os.path.join(scratch, at)
                moment = look(mmsim, output, at, folder)
                for file in PROC:
                    with open(f"{folder}/proc/{file}", encoding="utf-8") as stream:
                        tests.hold(f"{name} at {at}: {file}", STRICT[file], moment, stream.read())
                for tool, check, needs_mount in tools_of(moment):
                    what = f"{name} at {at}: {tool} reads it"
                    if not shutil.which(tool):
                        tests.skip(what, f"{tool} is missing")
                    elif needs_mount and not mounts:
                        tests.skip(what, "no mount namespace may be made here")
                    else:
                        tests.hold(what, check, moment, folder)
    print(f"1..{tests.count}")
    return 1 if tests.failed else 0


if __name__ == "__main__":
    sys.exit(main(*map(os.path.abspath, sys.argv[1:])))

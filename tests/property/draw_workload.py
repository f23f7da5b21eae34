# SPDX-License-Identifier: MIT
"""Draws a machine file and a workload file, over the whole vocabulary, that run out of memory."""
import os
import random

PAGE = 4096
GFP = ["GFP_KERNEL", "GFP_KERNEL", "GFP_ATOMIC", "GFP_NOFS", "GFP_NOIO", "GFP_USER", "GFP_HIGHUSER",
       "GFP_HIGHUSER_MOVABLE", "GFP_TEMPORARY", "GFP_NOWAIT", "GFP_DMA", "GFP_KERNEL|GFP_DMA32",
       "GFP_THISNODE", "GFP_NOFS_PAGECACHE"]
GFP_BITS = ["__GFP_NOFAIL", "__GFP_NORETRY", "__GFP_REPEAT", "__GFP_COLD", "__GFP_NOWARN", "__GFP_HIGH",
            "__GFP_ZERO", "__GFP_COMP", "__GFP_NOMEMALLOC", "__GFP_HARDWALL"]
SLAB_GFP = ["GFP_KERNEL", "GFP_NOFS", "GFP_ATOMIC", "GFP_NOIO"]
WRITEPAGE = ["writes", "writes", "writes", "none", "activates", "redirties"]
NAMES = ["a", "b", "c", "d", "e"]


def size(pages):
    """A size in bytes of a number of pages."""
    return int(pages) * PAGE


def draw_vm(rng, numa):
    """Some sysctls, with the values that matter near their ends."""
    values = {
        "min_free_kbytes": rng.choice([0, 128, 512, 1024, 4096, 30000]),
        "lowmem_reserve_ratio": rng.choice([[256, 256, 32], [1, 1, 1], [32, 4, 256]]),
        "percpu_pagelist_fraction": rng.choice([0, 8, 100]),
        "swappiness": rng.choice([0, 10, 60, 100]),
        "dirty_ratio": rng.choice([0, 5, 10, 40, 100]),
        "dirty_background_ratio": rng.choice([0, 2, 5, 50, 100]),
        "dirty_writeback_centisecs": rng.choice([0, 1, 10, 500]),
        "dirty_expire_centisecs": rng.choice([0, 1, 50, 3000]),
        "laptop_mode": rng.choice([0, 1, 5]),
        "page-cluster": rng.choice([0, 1, 3, 5, 10]),
    }
    if numa:
        values["numa_zonelist_order"] = rng.choice(["node", "zone", "default"])
        values["zone_reclaim_mode"] = rng.choice([0, 1, 3, 5, 7])
    names = rng.sample(sorted(values), rng.randrange(len(values) + 1))
    return {name: values[name] for name in names}


def draw_devices(rng, nr_cpus):
    """Up to five disks: slow, fast, synchronous, with queues of a few requests."""
    devices = []
    for number in range(rng.randrange(6)):
        device = {"name": f"disk{number}", "type": rng.choice(["file", "swap", "swap"]),
                  "cpu": rng.randrange(nr_cpus)}
        if device["type"] == "swap":
            device["size"] = size(rng.choice([1, 7, 64, 1000, 4096, 16384]))
            if rng.random() < 0.6:
                device["priority"] = rng.choice([0, 0, 5, 5, 32767])
        if rng.random() < 0.8:
            device["seek"] = rng.choice(["0", "50us", "1ms", "8ms"])
        if rng.random() < 0.8:
            device["bandwidth"] = rng.choice(["unlimited", "1GB/s", "60MB/s", "4MB/s", "500KiB/s"])
        if rng.random() < 0.5:
            device["nr_requests"] = rng.choice([4, 5, 8, 16, 128])
        if rng.random() < 0.4:
            device["max_request_size"] = rng.choice(["4KiB", "16KiB", "1MiB"])
        devices.append(device)
    return devices


def draw_nodes(rng, nr_nodes, pages):
    """Nodes one after the other, some without CPUs, some with holes."""
    nodes = []
    cpu = 0
    for number in range(nr_nodes):
        cpus = rng.choice([1, 1, 2, 2, 4]) if number == 0 else rng.choice([0, 1, 1, 2])
        if cpu + cpus > 8:
            cpus = 0
        cpu += cpus
        nodes.append({"cpus": cpus, "memory": size(max(1024, pages // nr_nodes // 256 * 256))})
        if rng.random() < 0.3:
            nodes[-1]["distances"] = [10 if other == number else rng.choice([20, 21, 40])
                                      for other in range(nr_nodes)]
    return nodes, cpu


def draw_machine(rng):
    """A machine file and what a workload must know of it."""
    pages = rng.choice([16, 16, 24, 32, 32, 48, 64, 128]) * 256
    nr_nodes = rng.choice([1, 1, 1, 2, 2, 3, 4])
    nodes, nr_cpus = draw_nodes(rng, nr_nodes, pages)
    machine = {"nodes": nodes, "hz": rng.choice([100, 250, 1000, 50])}
    numa = nr_nodes > 1
    if rng.random() < 0.2:
        machine["numa"] = numa = True if nr_nodes > 1 else rng.random() < 0.7
    if rng.random() < 0.3:
        machine["highmem"] = True
        machine["zones"] = {"dma_end": "4MiB", "normal_end": f"{rng.choice([8, 16, 28])}MiB"}
    elif rng.random() < 0.4:
        machine["zones"] = {"dma_end": f"{rng.choice([4, 8])}MiB",
                            "dma32_end": f"{rng.choice([12, 20, 4096])}MiB"}
    if rng.random() < 0.3:
        machine[rng.choice(["movablecore", "kernelcore"])] = size(pages // rng.choice([2, 3, 4]))
    if rng.random() < 0.5:
        machine["reserved"] = [{"start": 0, "size": "4KiB"},
                               {"start": "2MiB", "size": size(rng.choice([1, 100, 700]))}]
    if rng.random() < 0.2:
        machine["pageblock_order"] = 10
    if rng.random() < 0.2:
        machine["page_group_by_mobility"] = "off"
    if rng.random() < 0.2:
        machine["stat_threshold"] = rng.choice([0, 1, 125])
    if rng.random() < 0.3:
        machine["initial_jiffies"] = rng.choice([0, 1, 4294937296, 4294967295])
    file = {"version": 1, "machine": machine, "vm": draw_vm(rng, numa)}
    if rng.random() < 0.4:
        file["kernel_params"] = {"wait_iff_congested": rng.random() < 0.5,
                                 "slab_reports_pages": rng.random() < 0.5}
    devices = draw_devices(rng, nr_cpus)
    if devices:
        file["devices"] = devices
    if rng.random() < 0.2:
        names = ["alloc", "free", "access", "scan_page", "direct_reclaim", "kswapd_round", "submit_page",
                 "page_fault", "out_of_memory", "slab_object", "fork", "reclaim_page", "copy_page"]
        file["costs"] = {name: rng.choice(["1ns", "10us", "100ns"])
                         for name in rng.sample(names, rng.randrange(1, 6))}
    world = {"pages": pages, "cpus": nr_cpus, "nodes": nr_nodes, "numa": numa,
             "disks": [d["name"] for d in devices if d["type"] == "file"]}
    return file, world


def to_yaml(value):
    """Flow style, without quotes: words and numbers need none."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {to_yaml(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(to_yaml(item) for item in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def to_document(document):
    """A key a line, the items of lists of mappings, too."""
    lines = []
    for key, value in document.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            lines.append(f"{key}:")
            for item in value:
                steps = item.get("steps")
                head = {name: part for name, part in item.items() if name != "steps"}
                if steps is None:
                    lines.append(f"  - {to_yaml(head)}")
                    continue
                lines += [f"  {'-' if number == 0 else ' '} {name}: {to_yaml(part)}"
                          for number, (name, part) in enumerate(head.items())]
                lines.append("    steps:")
                lines += [f"      - {to_yaml(step)}" for step in steps]
        else:
            lines.append(f"{key}: {to_yaml(value)}")
    return "\n".join(lines) + "\n"


class Script:
    """Steps of one task that keep to the rules: regions that are there, ids that are allocated."""

    def __init__(self, rng, world, task, regions):
        self.rng = rng
        self.world = world
        self.interrupt = "in_interrupt" in task.get("flags", [])
        self.regions = dict(regions)  # name -> pages
        self.blocks = set()

    def gfp(self):
        """A mask; in an interrupt none that may sleep."""
        if self.interrupt:
            return self.rng.choice(["GFP_ATOMIC", "GFP_NOWAIT", "GFP_ATOMIC|__GFP_NOWARN"])
        mask = self.rng.choice(GFP)
        bits = self.rng.sample(GFP_BITS, self.rng.choice([0, 0, 0, 1, 1, 2]))
        return "|".join([mask] + bits)

    def order(self):
        """Mostly small."""
        return self.rng.choice([0, 0, 0, 0, 1, 1, 2, 3, 3, 4, 6, 9, 10, 11])

    def nap(self):
        """A sleep, of a size that other tasks notice."""
        return {"sleep": self.rng.choice(["10us", "200us", "1ms", "10ms", "50ms"])}

    def accesses(self, pages, most):
        """Keys that `touch`, `read` and `write` share, over a range of pages."""
        rng = self.rng
        keys = {}
        if rng.random() < 0.5:
            keys["pattern"] = rng.choice(["sequential", "random", "zipf"])
            if keys["pattern"] == "zipf" and rng.random() < 0.5:
                keys["exponent"] = rng.choice(["0.8", "1.2", "3", "0"])
        if pages > 1 and rng.random() < 0.4:
            offset = rng.randrange(pages)
            keys["offset"] = size(offset)
            keys["size"] = size(rng.randrange(1, pages - offset + 1))
        keys["count"] = rng.randrange(1, max(most, 2))
        if rng.random() < 0.15:
            keys["rate"] = rng.choice(["4096B/s", "1MB/s", "20MB/s", "200MB/s"])
        return keys

    def kernel_step(self):
        """The allocator's own calls."""
        rng = self.rng
        order = self.order()
        gfp = self.gfp()
        if order > 3 and rng.random() < 0.9:  # it would wait for ever
            gfp = gfp.replace("|__GFP_NOFAIL", "")
        count = rng.choice([1, 1, 3, 20, 200]) if order < 4 else rng.choice([1, 2, 5])
        kind = rng.randrange(10)
        if kind < 5 or not self.blocks:
            call = rng.choice(["alloc_pages", "alloc_pages", "get_free_pages", "get_zeroed_page",
                               "get_dma_pages"])
            name = rng.choice(NAMES)
            step = {"id": name, "count": count, "gfp": gfp}
            if call == "get_zeroed_page" or call == "get_free_pages":
                step["gfp"] = step["gfp"].replace("HIGHUSER_MOVABLE", "KERNEL").replace("HIGHUSER", "USER")
            if call != "get_zeroed_page":
                step["order"] = order
            if call == "alloc_pages" and rng.random() < 0.3:
                step["node"] = rng.randrange(self.world["nodes"])
            self.blocks.add(name)
            return {call: step}
        if kind == 5:
            split = rng.random() < 0.5
            alloc = {"id": "split" if split else "single", "order": rng.randrange(6) if split else 0,
                     "gfp": "GFP_NOWAIT"}
            free = "free_pages" if split else rng.choice(["free_hot_page", "free_cold_page"])
            return {"loop": {"count": rng.randrange(1, 30), "steps":
                             [{"alloc_pages": alloc}] + [{"split_page": "split"}] * split +
                             [{free: alloc["id"]}]}}
        if kind < 8:
            name = rng.choice(sorted(self.blocks))
            return {"free_pages": rng.choice([name, {"id": name, "count": rng.randrange(1, 50)},
                                              {"id": name, "every": rng.randrange(1, 4)}])}
        return rng.choice(["drain_local_pages", "drain_all_local_pages", self.nap()])

    def slab_step(self):
        """Objects of caches."""
        rng = self.rng
        cache = rng.choice(self.world["caches"])
        if rng.random() < 0.7:
            gfp = rng.choice(["GFP_ATOMIC", "GFP_NOWAIT"] if self.interrupt else SLAB_GFP)
            return {"slab_alloc": {"cache": cache, "objects": rng.choice([1, 10, 500, 5000]), "gfp": gfp}}
        return {"slab_free": rng.choice([cache, {"cache": cache, "objects": rng.randrange(1, 900)}])}

    def create_region(self):
        """anon or mmap of a name that is free, or a sleep."""
        rng = self.rng
        free = [name for name in NAMES if name not in self.regions]
        if not free:
            return self.nap()
        name = rng.choice(free)
        if rng.random() < 0.6:
            pages = rng.choice([1, 16, 300, self.world["pages"] // 3, self.world["pages"]])
            self.regions[name] = pages
            return {"anon": {"id": name, "size": size(pages)}}
        file = rng.choice(sorted(self.world["files"]))
        pages = self.world["files"][file]
        if rng.random() < 0.6:
            self.regions[name] = pages
            return {"mmap": {"id": name, "file": file}}
        offset = rng.randrange(pages)
        part = rng.randrange(1, pages - offset + 1)
        self.regions[name] = part
        return {"mmap": {"id": name, "file": file, "offset": size(offset), "size": size(part)}}

    def region_step(self, may_unmap):
        """What is done to a region."""
        rng = self.rng
        if not self.regions or (may_unmap and rng.random() < 0.2):
            return self.create_region() if may_unmap else self.nap()
        name = rng.choice(sorted(self.regions))
        kind = rng.randrange(20)
        if kind == 0 and may_unmap:
            del self.regions[name]
            return {"unmap": name}
        if kind == 1:
            return {"mlock": name}
        if kind == 2:
            return {"munlock": name}
        keys = self.accesses(self.regions[name], rng.choice([50, 3000, self.regions[name] + 1]))
        if rng.random() < 0.7:
            keys["write"] = True
        return {"touch": {"id": name, **keys}}

    def file_step(self):
        """What is done to a file."""
        rng = self.rng
        file = rng.choice(sorted(self.world["files"]))
        pages = self.world["files"][file]
        kind = rng.randrange(12)
        if kind == 0:
            return {"fsync": file}
        if kind == 1:
            return {"drop_caches": rng.choice(["pagecache", "slab", "all", 1, 2, 3])}
        keys = self.accesses(pages, 3000)
        if rng.random() < 0.5:
            keys["block"] = size(rng.choice([1, 3, 16, 64]))
        if kind < 7:
            return {"read": {"file": file, **keys}}
        if "size" in keys and rng.random() < 0.2:
            keys["size"] += size(rng.choice([1, 100, 2000]))
        return {"write": {"file": file, **keys}}

    def step(self, may_unmap):
        """Any step but a loop, a fork and an exit."""
        rng = self.rng
        kind = rng.randrange(100)
        if kind < 3:
            vm = draw_vm(rng, self.world["numa"])
            if vm.get("percpu_pagelist_fraction") == 0:  # accepted at boot only
                vm["percpu_pagelist_fraction"] = 8
            return {"sysctl": dict([rng.choice(sorted(vm.items()))])} if vm else self.nap()
        if kind < 12:
            return self.nap()
        if kind < 28:
            return self.kernel_step()
        if kind < 38 and self.world["caches"]:
            return self.slab_step()
        if self.interrupt:
            return self.kernel_step()
        return self.region_step(may_unmap) if kind < 75 else self.file_step()

    def steps(self, depth=0):
        """A list of steps; a loop leaves the regions as it found them."""
        rng = self.rng
        steps = []
        for _ in range(rng.randrange(2, 12)):
            if depth < 2 and rng.random() < 0.15:
                body = self.steps(depth + 1)
                loop = {"steps": body + [self.nap()]}
                if depth > 0 or rng.random() < 0.8:
                    loop["count"] = rng.randrange(1, 8)
                steps.append({"loop": loop})
                if "count" not in loop:
                    return steps
            else:
                steps.append(self.step(depth == 0))
        return steps


def draw_task(rng, world, name):
    """A task without its steps."""
    task = {"name": name}
    if rng.random() < 0.5:
        task["cpu"] = rng.randrange(world["cpus"])
    if rng.random() < 0.25:
        task["flags"] = rng.sample(["PF_MEMALLOC", "rt_task", "PF_LESS_THROTTLE", "TIF_MEMDIE"],
                                   rng.choice([1, 1, 2]))
    elif rng.random() < 0.06:
        task["flags"] = ["in_interrupt"]
    if rng.random() < 0.3:
        task["oom_adj"] = rng.choice([-17, -5, 3, 15])
    if rng.random() < 0.2:
        task["nice"] = rng.choice([-20, 5, 19])
    if rng.random() < 0.2:
        task["uid"] = 0
    if rng.random() < 0.2:
        task["capabilities"] = [rng.choice(["CAP_SYS_ADMIN", "CAP_SYS_RAWIO"])]
    return task


def draw_tasks(rng, world):
    """Tasks, and forked ones below those that fork them."""
    tasks = []
    for number in range(rng.choice([1, 2, 3, 4, 6])):
        task = draw_task(rng, world, f"task{number}")
        if rng.random() < 0.3:
            task["start"] = rng.choice(["1ms", "20ms", "100ms"])
        script = Script(rng, world, task, {})
        task["steps"] = script.steps()
        tasks.append(task)
        if script.interrupt or rng.random() < 0.6 or not ends(task["steps"]):
            continue
        child = draw_task(rng, world, f"child{number}")
        if "in_interrupt" in child.get("flags", []):
            del child["flags"]
        child["forked"] = True
        child_script = Script(rng, world, child, script.regions)
        child["steps"] = child_script.steps()
        if rng.random() < 0.3:
            child["steps"].append("exit")
        task["steps"].append({"fork": rng.choice([child["name"],
                                                  {"task": child["name"], "count": rng.randrange(1, 6)}])})
        after = Script(rng, world, task, script.regions)
        after.blocks = script.blocks
        task["steps"] += after.steps()
        tasks.append(child)
    return tasks


def ends(steps):
    """Whether the steps come to an end."""
    return not (isinstance(steps[-1], dict) and "loop" in steps[-1] and "count" not in steps[-1]["loop"])


def draw_family(rng, world, pages):
    """A task that forks again and again while its memory is swapped; children and grandchildren."""
    part = max(1, pages // rng.choice([1, 4, 20]))
    file = rng.choice(sorted(world["files"]))
    touch = {"id": "h", "write": True, "pattern": rng.choice(["sequential", "random", "zipf"]),
             "count": rng.randrange(1, part + 1)}
    tasks = [draw_task(rng, world, name) for name in ("parent", "son", "grandson")]
    for task in tasks:
        task.pop("flags", None)
    tasks[0]["steps"] = [{"anon": {"id": "h", "size": size(part)}}, {"mmap": {"id": "m", "file": file}},
                         {"touch": {"id": "h", "write": True}},
                         {"loop": {"steps": [{"fork": {"task": "son", "count": rng.randrange(1, 4)}},
                                             {"touch": touch}, {"sleep": rng.choice(["1ms", "20ms"])}]}}]
    tasks[1]["steps"] = [{"touch": touch}, {"fork": "grandson"},
                         rng.choice([{"unmap": "h"}, {"mlock": "h"}, {"sleep": "5ms"}])]
    tasks[2]["steps"] = [{"touch": {"id": "m", "write": rng.random() < 0.5, "count": 100}},
                         {"mlock": rng.choice(["h", "m"])}, {"touch": {"id": "h"}}, {"sleep": "3ms"}]
    for task in tasks[1:]:
        task["forked"] = True
    return tasks


def draw_hogs(rng, world):
    """Tasks that make memory short: a working set that is touched, a stream of reads or writes."""
    hogs = []
    pages = int(world["pages"] * rng.choice([0.3, 0.5, 0.8, 1.1, 1.6, 3]))
    for number in range(rng.choice([0, 1, 1, 1, 3])):
        heap = draw_task(rng, world, f"heap{number}")
        heap.pop("flags", None)
        touch = {"id": "h", "write": rng.random() < 0.7, "count": rng.randrange(1, pages),
                 "pattern": rng.choice(["sequential", "random", "zipf"])}
        heap["steps"] = [{"anon": {"id": "h", "size": size(pages)}}, {"touch": {"id": "h", "write": True}},
                         {"loop": {"steps": [{"touch": touch}, {"sleep": "1ms"}]}}]
        hogs.append(heap)
    for name in ("read", "write"):
        if rng.random() < 0.6:
            stream = draw_task(rng, world, f"{name}er")
            stream.pop("flags", None)
            file = rng.choice(sorted(world["files"]))
            what = {"file": file, "size": size(world["files"][file])}
            if name == "write":
                what["size"] = size(pages)
            stream["steps"] = [{"loop": {"steps": [{name: what}, {"sleep": "100us"}]}}]
            hogs.append(stream)
    if rng.random() < 0.3:
        hogs += draw_family(rng, world, pages)
    if rng.random() < 0.4:
        hogs.append({"name": "mapper", "steps": [
            {"mmap": {"id": "m", "file": rng.choice(sorted(world["files"]))}},
            {"loop": {"steps": [{"touch": {"id": "m", "write": rng.random() < 0.5}}, {"sleep": "1ms"}]}}]})
    return hogs


def draw_generators(rng, world):
    """A few open-loop sources of allocations."""
    generators = []
    for number in range(rng.choice([0, 0, 1, 2])):
        generator = {
            "name": f"flow{number}",
            "gap": rng.choice(["2ms", {"exponential": {"mean": "500us"}},
                               {"uniform": {"min": "10us", "max": "5ms"}}]),
            "count": rng.choice([1, 4, {"zipf": {"n": 20, "exponent": "1.1", "min": 1}}]),
            "lifetime": rng.choice(["never", "20ms", {"exponential": {"mean": "50ms"}},
                                    {"lognormal": {"median": "5ms", "sigma": "1.5"}}]),
            "order": rng.choice([0, 0, {"0": 90, "2": 9, "9": 1}, 3]),
            "gfp": rng.choice(GFP[:10]),
            "max_live_blocks": rng.choice([50, 400, 3000]),
        }
        if rng.random() < 0.3:
            generator["burst"] = {"on": "10ms", "off": "40ms"}
        if rng.random() < 0.3:
            generator["cold"] = True
        if rng.random() < 0.3:
            generator["cpu"] = rng.randrange(world["cpus"])
        generators.append(generator)
    return generators


def draw_events(rng, tasks):
    """Literal rows; what they allocate they free, all or in part."""
    tasks = [task["name"] for task in tasks if "forked" not in task]
    rows = []
    for number in range(rng.choice([0, 0, 5, 40])):
        order = rng.randrange(6)
        rows.append([rng.randrange(300), rng.choice(tasks), "alloc_pages", f"e{number}", order,
                     rng.choice(GFP[:6])])
        freed = rows[-1][0] + rng.randrange(1, 100)
        if order > 0 and rng.random() < 0.4:
            rows.append([freed, rng.choice(tasks), "free_part", f"e{number}", order - 1, 0])
        elif rng.random() < 0.7:
            rows.append([freed, rng.choice(tasks), "free_pages", f"e{number}"])
    rows.sort(key=lambda row: row[0])
    return [[f"{row[0]}ms"] + row[1:] for row in rows]


def draw_policy(rng, mems):
    """A memory policy with some of the nodes."""
    mode = rng.choice(["default", "preferred", "preferred", "bind", "interleave"])
    nodes = sorted(rng.sample(mems, rng.randrange(1, len(mems) + 1)))
    if mode == "default" or (mode == "preferred" and rng.random() < 0.3):
        return {"mode": mode}
    return {"mode": mode, "nodes": nodes}


def draw_cpusets(rng, nr_nodes):
    """Some cpusets, below one another; exclusive where nothing overlaps."""
    cpusets = []
    for number in range(rng.randrange(4)):
        cpuset = {"name": f"set{number}", "memory_spread_page": rng.random() < 0.3}
        around = range(nr_nodes)
        if cpusets and rng.random() < 0.5:
            parent = rng.choice(cpusets)
            cpuset["parent"], around = parent["name"], parent["mems"]
        cpuset["mems"] = sorted(rng.sample(list(around), rng.randrange(1, len(around) + 1)))
        beside = [other for other in cpusets if other.get("parent") == cpuset.get("parent") and
                  set(other["mems"]) & set(cpuset["mems"])]
        if any(other.get("mem_exclusive") for other in beside):
            continue
        if not beside and ("parent" not in cpuset or parent.get("mem_exclusive")):
            cpuset["mem_exclusive"] = rng.random() < 0.6
        cpusets.append(cpuset)
    return cpusets


def place_steps(rng, steps, mems):
    """The steps, with memory policies among them."""
    placed = []
    for step in steps:
        verb, keys = next(iter(step.items())) if isinstance(step, dict) else (step, None)
        if verb == "loop":
            keys["steps"] = place_steps(rng, keys["steps"], mems)
        if verb == "anon" and rng.random() < 0.4:
            keys["mempolicy"] = draw_policy(rng, mems)
        if verb == "touch" and rng.random() < 0.1:
            placed.append({"mbind": {"id": keys["id"], **draw_policy(rng, mems)}})
        if rng.random() < 0.05:
            placed.append({"set_mempolicy": draw_policy(rng, mems)})
        placed.append(step)
    return placed


def place(rng, world, workload):
    """Gives the tasks of a NUMA machine cpusets and memory policies; forked ones stand below their own."""
    mems = everywhere = list(range(world["nodes"]))
    cpusets = draw_cpusets(rng, world["nodes"])
    for task in workload["tasks"]:
        if "in_interrupt" in task.get("flags", []):
            continue
        if not task.get("forked"):
            mems = everywhere
            if cpusets and rng.random() < 0.5:
                cpuset = rng.choice(cpusets)
                task["cpuset"], mems = cpuset["name"], cpuset["mems"]
            if rng.random() < 0.5:
                task["mempolicy"] = draw_policy(rng, mems)
        task["steps"] = place_steps(rng, task["steps"], mems)
    workload["cpusets"] = cpusets


def draw_workload(rng, world):
    """A workload file."""
    files = []
    for number in range(rng.randrange(1, 5)):
        file = {"name": f"file{number}", "writepage": rng.choice(WRITEPAGE),
                "size": size(rng.choice([1, 5, 200, world["pages"] // 2, world["pages"] * 3]))}
        if world["disks"] and rng.random() < 0.6:
            file["device"] = rng.choice(world["disks"])
        files.append(file)
    world["files"] = {file["name"]: file["size"] // PAGE for file in files}
    caches = []
    for number in range(rng.randrange(3)):
        cache = {"name": f"cache{number}", "seeks": rng.choice([1, 2, 2, 100, 1000]),
                 "fs_only": rng.random() < 0.5}
        key = rng.choice(["objects_per_page", "object_size"])
        cache[key] = rng.choice([1, 7, 21, 128] if key == "objects_per_page" else [32, 192, 4096])
        caches.append(cache)
    world["caches"] = [cache["name"] for cache in caches]
    workload = {"version": 1, "name": "random", "machine": "machine.yaml",
                "seed": rng.randrange(1 << 32), "files": files, "caches": caches,
                "duration": rng.choice(["50ms", "200ms", "500ms", "2s"]),
                "tick": rng.choice(["10ms", "100ms"])}
    workload["tasks"] = draw_hogs(rng, world) + draw_tasks(rng, world)
    workload["generators"] = draw_generators(rng, world)
    workload["events"] = draw_events(rng, workload["tasks"])
    if world["numa"]:
        place(rng, world, workload)
    return {key: value for key, value in workload.items() if value != []}


def write_files(seed, folder):
    """The two files of a seed; the path of the workload."""
    rng = random.Random(seed)
    machine, world = draw_machine(rng)
    workload = draw_workload(rng, world)
    for name, document in (("machine.yaml", machine), ("workload.yaml", workload)):
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.write(to_document(document))
    return os.path.join(folder, "workload.yaml")

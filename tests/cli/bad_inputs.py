# SPDX-License-Identifier: MIT
"""What is wrong with each input: `mmsim check` must say so by code and position.

usage: bad_inputs.py MMSIM

Prints TAP, one test an input.
"""
import os
import subprocess
import sys
import tempfile

M = "version: 1\nmachine:\n"  # lines 1 and 2 of most machine files
W = "version: 1\nduration: 1s\n"  # lines 1 and 2 of most workload files
T = W + "tasks:\n  - name: a\n    steps:\n"  # five lines
E = W + "events:\n"  # three lines
F = W + "files: [{name: log, size: 1MiB}]\ntasks:\n  - name: a\n    steps:\n"  # six lines
V = M + "  nodes: [{memory: 1GiB}]\n"  # three lines of machine files

# (what is wrong, the text, code, line, column); column 0: the whole file.
CASES = [
    # YAML
    ("not well-formed", "version: 1\nmachine: [\n", "MM-0101", 3, 1),
    ("a tab as indentation", "version: 1\nmachine:\n\tnodes: 1\n", "MM-0101", 3, 1),
    ("a NUL byte", b"version: 1\n# \0\n", "MM-0102", 2, 3),
    ("not UTF-8", b"version: 1\ndescription: \xff\n", "MM-0102", 2, 14),
    ("an empty file", "", "MM-0103", 1, 1),
    ("only comments", "# nothing\n", "MM-0103", 1, 1),
    ("two documents", "version: 1\n---\nversion: 1\n", "MM-0104", 2, 1),
    ("an anchor", "version: 1\nmachine: &a {nodes: []}\n", "MM-0105", 2, 10),
    ("an alias", "version: 1\nmachine: *a\n", "MM-0105", 2, 10),
    ("a tag", "version: !!int 1\n", "MM-0105", 1, 10),
    ("a duplicate key", M + "  hz: 250\n  hz: 100\n", "MM-0106", 4, 3),
    ("too deep", "version: 1\nmachine: " + "[" * 100 + "\n", "MM-0107", 2, 73),
    ("a list as a key", "version: 1\n[a]: 1\n", "MM-0108", 2, 1),
    # machine files
    ("an unknown key at the top", M + "  nodes: [{memory: 1GiB}]\nvmm: {}\n", "MM-0201", 4, 1),
    ("an unknown key of the machine", M + "  node: []\n", "MM-0201", 3, 3),
    ("an unknown key of a node", M + "  nodes: [{mem: 1GiB}]\n", "MM-0201", 3, 12),
    ("an unknown sysctl", M + "  nodes: [{memory: 1GiB}]\nvm: {min_free: 1}\n", "MM-0201", 4, 6),
    ("an unknown cost", M + "  nodes: [{memory: 1GiB}]\ncosts: {malloc: 1}\n", "MM-0201", 4, 9),
    ("dma32_end on highmem", M + "  highmem: true\n  zones: {dma32_end: 1GiB}\n"
     "  nodes: [{memory: 1GiB}]\n", "MM-0201", 4, 11),
    ("size and end of a range", M + "  nodes: [{memory: [{start: 0, size: 1GiB, end: 1GiB}]}]\n",
     "MM-0201", 3, 49),
    ("no version", "machine: {nodes: [{memory: 1GiB}]}\n", "MM-0202", 1, 1),
    ("no nodes", M + "  hz: 250\n", "MM-0202", 3, 3),
    ("a range without a start", M + "  nodes: [{memory: [{size: 1GiB}]}]\n", "MM-0202", 3, 21),
    ("a list for a number", M + "  hz: [1]\n  nodes: [{memory: 1GiB}]\n", "MM-0203", 3, 7),
    ("a quoted number", M + "  hz: \"250\"\n  nodes: [{memory: 1GiB}]\n", "MM-0203", 3, 7),
    ("a null", M + "  nodes:\n", "MM-0203", 3, 9),
    ("a word for a boolean", M + "  highmem: yes\n", "MM-0203", 3, 12),
    ("a leading zero", M + "  hz: 0250\n  nodes: [{memory: 1GiB}]\n", "MM-0204", 3, 7),
    ("an exponent", M + "  hz: 1e3\n  nodes: [{memory: 1GiB}]\n", "MM-0204", 3, 7),
    ("a CPU list of letters", M + "  nodes: [{cpus: a-b, memory: 1GiB}]\n", "MM-0204", 3, 18),
    ("an ambiguous unit", M + "  nodes: [{memory: 1GB}]\n", "MM-0205", 3, 20),
    ("an absurd size", M + "  nodes: [{memory: 99999999999999999999}]\n", "MM-0205", 3, 20),
    ("more than can be simulated", M + "  nodes: [{memory: 100TiB}]\n", "MM-0207", 3, 20),
    ("ranges that together are too much", M + "  nodes: [{memory: 12TiB}, {memory: 12TiB}]\n",
     "MM-0207", 3, 37),
    ("a range beyond the end", M + "  nodes: [{memory: [{start: 15TiB, size: 2TiB}]}]\n",
     "MM-0207", 3, 42),
    ("an empty range", M + "  nodes: [{memory: [{start: 1MiB, end: 1MiB}]}]\n", "MM-0207", 3, 21),
    ("a range that runs backwards", M + "  nodes: [{memory: [{start_pfn: 9, end_pfn: 2}]}]\n",
     "MM-0207", 3, 21),
    ("HZ 0", M + "  hz: 0\n  nodes: [{memory: 1GiB}]\n", "MM-0207", 3, 7),
    ("pageblock order 11", M + "  pageblock_order: 11\n  nodes: [{memory: 1GiB}]\n",
     "MM-0207", 3, 20),
    ("too many CPUs", M + "  nodes: [{cpus: 300, memory: 1GiB}]\n", "MM-0207", 3, 18),
    ("a CPU number too high", M + "  nodes: [{cpus: \"0,256\", memory: 1GiB}]\n", "MM-0207", 3, 18),
    ("a CPU range that runs backwards", M + "  nodes: [{cpus: 3-1, memory: 1GiB}]\n",
     "MM-0207", 3, 18),
    ("a gap between the CPUs", M + "  nodes: [{cpus: [0, 2], memory: 1GiB}]\n", "MM-0207", 3, 10),
    ("no nodes in the list", M + "  nodes: []\n", "MM-0207", 3, 10),
    ("two nodes of a UMA kernel", M + "  numa: false\n  nodes: [{memory: 1GiB}, {memory: 1GiB}]\n",
     "MM-0207", 3, 9),
    ("zones that do not ascend", M + "  zones: {dma_end: 8GiB}\n  nodes: [{memory: 1GiB}]\n",
     "MM-0207", 3, 10),
    ("a ratio too few", M + "  nodes: [{memory: 1GiB}]\nvm: {lowmem_reserve_ratio: [1, 2]}\n",
     "MM-0207", 4, 28),
    ("a fraction the kernel refuses", M + "  nodes: [{memory: 1GiB}]\n"
     "vm: {percpu_pagelist_fraction: 7}\n", "MM-0207", 4, 32),
    ("a cost without end", M + "  nodes: [{memory: 1GiB}]\ncosts: {alloc: 1h}\n",
     "MM-0207", 4, 16),
    ("an unknown zonelist order", M + "  nodes: [{memory: 1GiB}]\n"
     "vm: {numa_zonelist_order: nodes}\n", "MM-0208", 4, 27),
    ("a version of the future", "version: 2\nmachine: {nodes: [{memory: 1GiB}]}\n",
     "MM-0209", 1, 10),
    ("overlapping ranges", M + "  nodes:\n    - memory:\n        - {start: 0, size: 2MiB}\n"
     "        - {start: 1MiB, size: 2MiB}\n", "MM-0211", 6, 11),
    ("ranges of two nodes overlap", M + "  nodes:\n    - memory: [{start: 0, size: 2MiB}]\n"
     "    - memory: [{start: 1MiB, size: 2MiB}]\n", "MM-0211", 5, 16),
    ("a node on both sides of another", M + "  nodes:\n"
     "    - memory: [{start: 0, size: 4MiB}, {start: 8MiB, size: 4MiB}]\n"
     "    - memory: [{start: 4MiB, size: 4MiB}]\n", "MM-0211", 4, 5),
    ("half a page", M + "  nodes: [{memory: [{start: 512B, size: 1MiB}]}]\n", "MM-0212", 3, 29),
    ("a zone end inside a block", M + "  zones: {dma_end: 17MiB}\n  nodes: [{memory: 1GiB}]\n",
     "MM-0212", 3, 20),
    ("no memory", M + "  nodes: [{cpus: 1}]\n", "MM-0213", 3, 10),
    ("no CPU", M + "  nodes: [{cpus: 0, memory: 1GiB}]\n", "MM-0213", 3, 10),
    ("a distance too few", M + "  nodes:\n    - {memory: 1GiB, distances: [10]}\n"
     "    - {memory: 1GiB}\n", "MM-0214", 4, 33),
    ("another node nearer than itself", M + "  nodes:\n    - {memory: 1GiB, distances: [10, 5]}\n"
     "    - {memory: 1GiB}\n", "MM-0214", 4, 38),
    ("an unknown kernel", "version: 1\nkernel: linux-2.6.25\nmachine: {nodes: [{memory: 1GiB}]}\n",
     "MM-0215", 2, 9),
    ("a CPU on two nodes", M + "  nodes:\n    - {cpus: [0], memory: 1GiB}\n"
     "    - {cpus: [0], memory: 1GiB}\n", "MM-0302", 5, 15),
    ("an underscore in page-cluster", V + "vm: {page_cluster: 3}\n", "MM-0201", 4, 6),
    ("more than all swappiness", V + "vm: {swappiness: 101}\n", "MM-0207", 4, 18),
    ("more than all memory dirty", V + "vm: {dirty_ratio: 101}\n", "MM-0207", 4, 19),
    ("more than all memory dirty in the background", V + "vm: {dirty_background_ratio: 101}\n",
     "MM-0207", 4, 30),
    ("a negative period", V + "vm: {dirty_writeback_centisecs: -1}\n", "MM-0204", 4, 33),
    ("an age with a unit", V + "vm: {dirty_expire_centisecs: 30s}\n", "MM-0204", 4, 30),
    ("a laptop mode of words", V + "vm: {laptop_mode: on}\n", "MM-0204", 4, 19),
    ("a huge page cluster", V + "vm: {page-cluster: 11}\n", "MM-0207", 4, 20),
    ("an unknown kernel parameter", V + "kernel_params: {wait_if_congested: true}\n",
     "MM-0201", 4, 17),
    ("a number for a kernel parameter", V + "kernel_params: {slab_reports_pages: 1}\n",
     "MM-0203", 4, 37),
    ("a mapping of devices", V + "devices: {name: sda}\n", "MM-0203", 4, 10),
    ("an unknown key of a device", V + "devices: [{name: a, type: file, queue: 1}]\n",
     "MM-0201", 4, 33),
    ("a size for files", V + "devices: [{name: a, type: file, size: 1GiB}]\n", "MM-0201", 4, 33),
    ("a device without a name", V + "devices: [{type: file}]\n", "MM-0202", 4, 11),
    ("a device without a type", V + "devices: [{name: a}]\n", "MM-0202", 4, 11),
    ("swap without a size", V + "devices: [{name: a, type: swap}]\n", "MM-0202", 4, 11),
    ("an unknown type of device", V + "devices: [{name: a, type: tape}]\n", "MM-0208", 4, 27),
    ("a queue that is too short", V + "devices: [{name: a, type: file, nr_requests: 3}]\n",
     "MM-0207", 4, 46),
    ("requests of half a page", V + "devices: [{name: a, type: file, max_request_size: 6KiB}]\n",
     "MM-0212", 4, 51),
    ("a seek of a minute", V + "devices: [{name: a, type: file, seek: 1m}]\n", "MM-0207", 4, 39),
    ("a bandwidth of bytes", V + "devices: [{name: a, type: file, bandwidth: 60MB}]\n",
     "MM-0216", 4, 44),
    ("an ambiguous bandwidth", V + "devices: [{name: a, type: file, bandwidth: 60kB/s}]\n",
     "MM-0216", 4, 44),
    ("hardly any bandwidth", V + "devices: [{name: a, type: file, bandwidth: 1}]\n",
     "MM-0207", 4, 44),
    ("an interrupt on no CPU", V + "devices: [{name: a, type: file, cpu: 1}]\n", "MM-0312", 4, 38),
    ("too much swap", V + "devices: [{name: a, type: swap, size: 512GiB}]\n", "MM-0207", 4, 39),
    ("a negative priority", V + "devices: [{name: a, type: swap, size: 1GiB, priority: -2}]\n",
     "MM-0204", 4, 55),
    ("two devices of a name", V + "devices:\n  - {name: a, type: file}\n"
     "  - {name: a, type: file}\n", "MM-0302", 6, 12),
    ("swap with the name of the disk", V + "devices: [{name: disk, type: swap, size: 1GiB}]\n",
     "MM-0302", 4, 18),
    # workload files
    ("an unknown key of a workload", W + "task: []\n", "MM-0201", 3, 1),
    ("an unknown key of a task", W + "tasks: [{name: a, node: 1}]\n", "MM-0201", 3, 19),
    ("an unknown key of a step", T + "      - alloc_pages: {id: a, flags: 1}\n", "MM-0201", 6, 30),
    ("a node for get_free_pages", T + "      - get_free_pages: {id: a, node: 0}\n",
     "MM-0201", 6, 33),
    ("a task without a name", W + "tasks: [{cpu: 0}]\n", "MM-0202", 3, 9),
    ("an allocation without an id", T + "      - alloc_pages: {order: 1}\n", "MM-0202", 6, 22),
    ("a generator without a gap", W + "generators: [{name: a}]\n", "MM-0202", 3, 14),
    ("an exponential without a mean", W + "generators: [{name: a, gap: {exponential: {}}}]\n",
     "MM-0202", 3, 43),
    ("a duration of nothing", "version: 1\nduration: 10 ms\n", "MM-0206", 2, 11),
    ("a duration with a sign", T + "      - sleep: -1ms\n", "MM-0206", 6, 16),
    ("a sleep of no time", T + "      - sleep: 0\n", "MM-0207", 6, 16),
    ("a negative sigma", W + "generators: [{name: a, gap: {lognormal: {median: 1ms, sigma: -1}}}]\n",
     "MM-0204", 3, 62),
    ("a sigma with four places", W +
     "generators: [{name: a, gap: {lognormal: {median: 1ms, sigma: 1.2345}}}]\n",
     "MM-0204", 3, 62),
    ("a sigma beyond the limit", W +
     "generators: [{name: a, gap: {lognormal: {median: 1ms, sigma: 8.001}}}]\n",
     "MM-0207", 3, 62),
    ("an unknown step", T + "      - page_alloc: {id: a}\n", "MM-0208", 6, 9),
    ("an unknown task flag", W + "tasks: [{name: a, flags: [PF_KTHREAD]}]\n", "MM-0208", 3, 27),
    ("an unknown op of an event", E + "  - [1ms, a, page_alloc, x]\n", "MM-0208", 4, 14),
    ("an unknown GFP flag", T + "      - alloc_pages: {id: a, gfp: GFP_KERNELL}\n",
     "MM-0210", 6, 35),
    ("unknown GFP bits", T + "      - alloc_pages: {id: a, gfp: 0x80000000}\n", "MM-0210", 6, 35),
    ("an undeclared task", W + "tasks: [{name: nic}]\nevents:\n  - [1ms, nik, alloc_pages, x]\n",
     "MM-0301", 5, 11),
    ("a task name twice", W + "tasks: [{name: a}, {name: a}]\n", "MM-0302", 3, 27),
    ("a generator with a task's name", W + "tasks: [{name: a}]\n"
     "generators: [{name: a, gap: 1ms}]\n", "MM-0302", 4, 21),
    ("a step frees what no step allocates", T + "      - free_pages: x\n", "MM-0303", 6, 9),
    ("an event frees an unknown id", E + "  - [1ms, a, free_pages, x]\n", "MM-0303", 4, 26),
    ("an event frees twice", E + "  - [1ms, a, alloc_pages, x]\n  - [2ms, a, free_pages, x]\n"
     "  - [3ms, a, free_pages, x]\n", "MM-0304", 6, 26),
    ("an id in use", E + "  - [1ms, a, alloc_pages, x]\n  - [2ms, a, alloc_pages, x]\n",
     "MM-0305", 5, 27),
    ("time runs backwards", E + "  - [2ms, a, alloc_pages, x]\n  - [1ms, a, alloc_pages, y]\n",
     "MM-0306", 5, 6),
    ("a hot page of order 1", T + "      - alloc_pages: {id: a, order: 1}\n"
     "      - free_hot_page: a\n", "MM-0307", 7, 9),
    ("an order for get_zeroed_page", W +
     "generators: [{name: a, gap: 1ms, op: get_zeroed_page, order: 1}]\n", "MM-0307", 3, 62),
    ("an absurd order", E + "  - [1ms, a, alloc_pages, x, 64]\n", "MM-0307", 4, 30),
    ("a row without a task", E + "  - [1ms]\n", "MM-0308", 4, 5),
    ("a row that is too long", E + "  - [1ms, a, free_pages, x, 0, y]\n", "MM-0308", 4, 32),
    ("max below min", W + "generators: [{name: a, gap: {uniform: {min: 2ms, max: 1ms}}}]\n",
     "MM-0309", 3, 55),
    ("two distributions", W + "generators: [{name: a, gap: {constant: 1ms, uniform: {min: 1, max: 2}"
     "}}]\n", "MM-0309", 3, 29),
    ("no order has a weight", W + "generators: [{name: a, gap: 1ms, order: {0: 0}}]\n",
     "MM-0309", 3, 41),
    ("a workload without work", "version: 1\n", "MM-0310", 1, 1),
    ("an unknown node", W + "machine: MACHINE\ntasks:\n  - name: a\n    steps:\n"
     "      - alloc_pages: {id: a, node: 1}\n", "MM-0311", 7, 36),
    ("an unknown CPU", W + "machine: MACHINE\ntasks: [{name: a, cpu: 1}]\n", "MM-0312", 4, 24),
    ("a sysctl of boot only", T + "      - sysctl: {hugepages: 1}\n", "MM-0313", 6, 18),
    ("a misspelt sysctl", T + "      - sysctl: {min_free_kbyte: 1}\n", "MM-0313", 6, 18),
    ("an unknown sysctl of an event", E + "  - [1ms, a, sysctl, swapiness, 1]\n", "MM-0313", 4, 22),
    ("a generator without an end", "version: 1\ngenerators: [{name: a, gap: 1ms}]\n",
     "MM-0315", 2, 14),
    ("an endless loop without a duration", "version: 1\ntasks:\n  - name: a\n    steps:\n"
     "      - loop: {steps: [{sleep: 1ms}]}\n", "MM-0315", 5, 7),
    ("a step of two operations", T + "      - {sleep: 1ms, until: 2ms}\n", "MM-0316", 6, 9),
    ("an endless loop in which time stands still", T + "      - loop: {steps: "
     "[drain_local_pages]}\n", "MM-0316", 6, 15),
    ("a loop of nothing", T + "      - loop: {count: 2, steps: []}\n", "MM-0316", 6, 33),
    ("a value for exit", T + "      - exit: now\n", "MM-0316", 6, 15),
    ("two sysctls in a step", T + "      - sysctl: {min_free_kbytes: 1, zone_reclaim_mode: 0}\n",
     "MM-0316", 6, 17),
    ("zone_reclaim_mode on a UMA kernel", M + "  nodes: [{memory: 1GiB}]\n"
     "vm: {zone_reclaim_mode: 1}\n", "MM-0313", 4, 25),
    ("numa_zonelist_order on a UMA kernel", M + "  nodes: [{memory: 1GiB}]\n"
     "vm: {numa_zonelist_order: zone}\n", "MM-0313", 4, 27),
    ("a file without a size", W + "files: [{name: a}]\n", "MM-0202", 3, 9),
    ("a file of half a page", W + "files: [{name: a, size: 6KiB}]\n", "MM-0212", 3, 25),
    ("a file that is too large", W + "files: [{name: a, size: 2TiB}]\n", "MM-0207", 3, 25),
    ("two files of a name", W + "files: [{name: a, size: 1MiB}, {name: a, size: 1MiB}]\n",
     "MM-0302", 3, 39),
    ("an unknown writepage", W + "files: [{name: a, size: 1MiB, writepage: no}]\n",
     "MM-0208", 3, 42),
    ("a file on no device", W + "machine: MACHINE\n"
     "files: [{name: a, size: 1MiB, device: sda}]\n",
     "MM-0319", 4, 39),
    ("a cache of nothing", W + "caches: [{name: a}]\n", "MM-0202", 3, 10),
    ("a cache with two sizes", W + "caches: [{name: a, object_size: 8, objects_per_page: 9}]\n",
     "MM-0201", 3, 20),
    ("objects larger than any block", W + "caches: [{name: a, object_size: 8MiB}]\n",
     "MM-0207", 3, 33),
    ("too nice", W + "tasks: [{name: a, nice: 20}]\n", "MM-0207", 3, 25),
    ("an oom_adj that is too low", W + "tasks: [{name: a, oom_adj: -18}]\n", "MM-0207", 3, 28),
    ("a name for a uid", W + "tasks: [{name: a, uid: root}]\n", "MM-0204", 3, 24),
    ("an unknown capability", W + "tasks: [{name: a, capabilities: [CAP_SYS_BOOT]}]\n",
     "MM-0208", 3, 34),
    ("a start of a forked task", W + "tasks: [{name: a, forked: true, start: 1s}]\n",
     "MM-0201", 3, 33),
    ("a forked task that nobody forks", W + "tasks: [{name: a, forked: true}]\n", "MM-0320", 3, 27),
    ("a fork of an ordinary task", T + "      - fork: b\n  - name: b\n", "MM-0320", 6, 15),
    ("a fork of oneself", W + "tasks:\n  - name: a\n    forked: true\n    steps:\n"
     "      - fork: a\n", "MM-0320", 7, 15),
    ("a fork of a task above", W + "tasks:\n  - {name: b, forked: true}\n"
     "  - {name: a, steps: [{fork: b}]}\n", "MM-0320", 5, 30),
    ("a fork of nobody", T + "      - fork: b\n", "MM-0301", 6, 15),
    ("too many forks", T + "      - fork: {task: a, count: 10001}\n", "MM-0207", 6, 32),
    ("an event of a forked task", W + "tasks:\n  - {name: a, steps: [{fork: b}]}\n"
     "  - {name: b, forked: true}\nevents:\n  - [1ms, b, alloc_pages, x]\n", "MM-0320", 7, 11),
    ("memory without a size", F + "      - anon: {id: x}\n", "MM-0202", 7, 15),
    ("memory of half a page", F + "      - anon: {id: x, size: 6KiB}\n", "MM-0212", 7, 29),
    ("a mapping of no file", F + "      - mmap: {id: x, file: data}\n", "MM-0317", 7, 29),
    ("a mapping behind the file", F + "      - mmap: {id: x, file: log, offset: 1MiB}\n",
     "MM-0207", 7, 42),
    ("a touch of no region", F + "      - touch: {id: x}\n", "MM-0303", 7, 21),
    ("a touch before the region is there", F + "      - touch: {id: x}\n"
     "      - anon: {id: x, size: 8KiB}\n", "MM-0303", 7, 21),
    ("a region that is there already", F + "      - anon: {id: x, size: 8KiB}\n"
     "      - anon: {id: x, size: 8KiB}\n", "MM-0305", 8, 20),
    ("a touch behind the region", F + "      - anon: {id: x, size: 8KiB}\n"
     "      - touch: {id: x, offset: 8KiB}\n", "MM-0207", 8, 32),
    ("an exponent without zipf", F + "      - anon: {id: x, size: 8KiB}\n"
     "      - touch: {id: x, exponent: 1}\n", "MM-0201", 8, 24),
    ("an unknown pattern", F + "      - read: {file: log, pattern: linear}\n", "MM-0208", 7, 36),
    ("an access at no rate", F + "      - read: {file: log, rate: 0}\n", "MM-0207", 7, 33),
    ("a rate without a second", F + "      - read: {file: log, rate: 5MB}\n", "MM-0216", 7, 33),
    ("a read behind the file", F + "      - read: {file: log, size: 2MiB}\n", "MM-0207", 7, 33),
    ("a write behind the file without a size", F + "      - write: {file: log, offset: 1MiB}\n",
     "MM-0207", 7, 36),
    ("a block of half a page", F + "      - write: {file: log, block: 6KiB}\n", "MM-0212", 7, 35),
    ("a mapping for unmap", F + "      - unmap: {id: x}\n", "MM-0203", 7, 16),
    ("an mlock of no region", F + "      - mlock: x\n", "MM-0303", 7, 16),
    ("an fsync of no file", F + "      - fsync: lag\n", "MM-0317", 7, 16),
    ("an unknown cache to drop", F + "      - drop_caches: dentries\n", "MM-0208", 7, 22),
    ("objects of no cache", F + "      - slab_alloc: {cache: dentry}\n", "MM-0318", 7, 29),
    ("a free to no cache", F + "      - slab_free: dentry\n", "MM-0318", 7, 20),
    ("user memory of an interrupt handler", W + "tasks:\n  - name: a\n"
     "    flags: [in_interrupt]\n    steps:\n      - anon: {id: x, size: 4KiB}\n",
     "MM-0316", 7, 9),
    # binary traces
    ("a trace cut short", b"MMTR\r\n\x1a\n", "MM-0403", 0, 0),
]


def write_inputs(folder):
    """The inputs as files; their paths, in order."""
    machine = os.path.join(folder, "machine.yaml")
    with open(machine, "w", encoding="utf-8") as file:
        file.write("version: 1\nmachine: {nodes: [{memory: 64MiB}]}\n")
    paths = []
    for number, (_, text, *_) in enumerate(CASES, 1):
        paths.append(os.path.join(folder, f"{number}.yaml"))
        if isinstance(text, str):
            text = text.replace("MACHINE", machine).encode()
        with open(paths[-1], "wb") as file:
            file.write(text)
    return paths


def check(mmsim, paths):
    """What `mmsim check` says of each file, without the path, and its exit code for all of them."""
    ran = subprocess.run([mmsim, "check", *paths], stdin=subprocess.DEVNULL, capture_output=True,
                         check=False)
    said = {}
    for line in ran.stderr.decode("utf-8", "replace").splitlines():
        path, colon, rest = line.partition(":")
        if colon:
            said.setdefault(path, rest)
    return said, ran.returncode


def main():
    failed = 0
    print(f"1..{len(CASES) + 1}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        paths = write_inputs(folder)
        said, status = check(sys.argv[1], paths)
    for number, (title, _, code, line, column) in enumerate(CASES, 1):
        wanted = f"{line}:{column}: error[{code}]: " if line else f" error[{code}]: "
        got = said.get(paths[number - 1], "nothing")
        good = got.startswith(wanted)
        failed += not good
        print(f"{'ok' if good else 'not ok'} {number} - {title}")
        if not good:
            print(f"# wanted {wanted}\n# got    {got}")
    failed += status != 1
    print(f"{'ok' if status == 1 else 'not ok'} {len(CASES) + 1} - the exit code is 1 ({status})")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()

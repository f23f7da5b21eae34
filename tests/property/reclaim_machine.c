/* SPDX-License-Identifier: MIT */
/* Drawing machines for reclaim, and what is around them. */
#include "reclaim_machine.h"

#include <inttypes.h>

#define PICK(rng, array) ((array)[rng_below(rng, sizeof(array) / sizeof((array)[0]))])

enum { INIT_PID = 1, PROTECTED_EVERY = 5 };

static bool one_in(struct rng *rng, uint64_t n)
{
    return rng_below(rng, n) == 0;
}

static bool wished(struct rng *rng, int wish, uint64_t one_in_n)
{
    return wish < 0 ? one_in(rng, one_in_n) : wish > 0;
}

/* ---- the machine ---- */

/* Nodes one after the other, with small holes. Returns the end. */
static uint64_t add_memory(struct rng *rng, struct reclaim_machine *machine, struct script *script)
{
    static const uint64_t sizes[] = {4096, 4096, 5000, 6000, 8192, 8192, 12000, 20000, 32768};
    uint64_t pages = PICK(rng, sizes);
    uint64_t pfn = one_in(rng, 4) ? rng_below(rng, 3000) : 0;

    machine->nr_nids = machine->numa ? (uint32_t)rng_between(rng, 1, RECLAIM_NODES) : 1;
    for (uint32_t nid = 0; nid < machine->nr_nids; nid++) {
        uint64_t part = pages / machine->nr_nids;

        if (one_in(rng, 3))
            part = rng_between(rng, part / 2, part);
        if (one_in(rng, 3)) {
            uint64_t half = rng_between(rng, 1, part - 1);

            script_add(script, "mem %" PRIu32 " %" PRIu64 " %" PRIu64, nid, pfn, pfn + half);
            pfn += half + rng_below(rng, 300);
            script_add(script, "mem %" PRIu32 " %" PRIu64 " %" PRIu64, nid, pfn, pfn + part - half);
            pfn += part - half;
        } else {
            script_add(script, "mem %" PRIu32 " %" PRIu64 " %" PRIu64, nid, pfn, pfn + part);
            pfn += part;
        }
        machine->pages += part;
        if (one_in(rng, 3))
            pfn += rng_below(rng, 200);
    }
    return pfn;
}

static void add_zones(struct rng *rng, bool highmem, uint64_t end, struct script *script)
{
    uint64_t chunks = end / 1024 + 1;
    uint64_t first;

    if (one_in(rng, 3) && !highmem)
        return;
    first = rng_between(rng, 1, chunks);
    script_add(script, "zone_pfn %" PRIu64 " %" PRIu64 " 1099511627776", first * 1024,
               rng_between(rng, first, chunks) * 1024);
}

static void add_cpus(struct rng *rng, struct reclaim_machine *machine, struct script *script)
{
    machine->nr_cpus = (uint32_t)rng_between(rng, 1, 4);
    script_add(script, "cpus %" PRIu32, machine->nr_cpus);
    for (uint32_t cpu = 0; machine->numa && cpu < machine->nr_cpus; cpu++)
        script_add(script, "cpu_node %" PRIu32 " %" PRIu64, cpu, rng_below(rng, machine->nr_nids));
    for (uint32_t nid = 0; machine->numa && one_in(rng, 4) && nid < machine->nr_nids; nid++)
        script_add(
            script, "distance %" PRIu32 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64, nid,
            nid == 0 ? 10 : rng_between(rng, 15, 40), nid == 1 ? 10 : rng_between(rng, 15, 40),
            nid == 2 ? 10 : rng_between(rng, 15, 40), nid == 3 ? 10 : rng_between(rng, 15, 40));
}

static void add_settings(struct rng *rng, const struct reclaim_wish *wish,
                         const struct reclaim_machine *machine, struct script *script)
{
    if (wished(rng, wish->movable, 4))
        script_add(script, "%s %" PRIu64, one_in(rng, 2) ? "kernelcore" : "movablecore",
                   rng_between(rng, 1, machine->pages));
    if (one_in(rng, 3))
        script_add(script, "min_free_kbytes %" PRIu64, rng_between(rng, 20, machine->pages / 4));
    if (one_in(rng, 3))
        script_add(script, "lowmem_reserve_ratio %" PRIu64 " %" PRIu64 " %" PRIu64,
                   rng_between(rng, 2, 300), rng_between(rng, 2, 300), rng_between(rng, 2, 64));
    if (one_in(rng, 4))
        script_add(script, "percpu_pagelist_fraction %" PRIu64, rng_between(rng, 8, 500));
    if (wished(rng, wish->exact, 2))
        script_add(script, "stat_threshold 0");
    else if (one_in(rng, 3))
        script_add(script, "stat_threshold %" PRIu64, rng_below(rng, 126));
    script_add(script, "jiffies %" PRIu64, rng_below(rng, 3) * 1000);
    script_add(script, "waitlimit %" PRIu64, rng_below(rng, 5));
}

/* ---- the outside world ---- */

const char *reclaim_device_line(struct rng *rng, const struct reclaim_machine *machine,
                                struct script *script)
{
    static const uint64_t service_us[] = {0, 0, 10, 50, 200, 1000, 1000, 20000};
    static const uint64_t requests[] = {1, 2, 4, 7, 16, 17, 32, 64, 128, 128, 200};
    uint64_t number = rng_below(rng, RECLAIM_DEVICES);
    uint64_t us = PICK(rng, service_us);
    uint64_t cpu = rng_below(rng, machine->nr_cpus);

    return script_add(script, "dev %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64, number, us, cpu,
                      PICK(rng, requests));
}

const char *reclaim_file_line(struct rng *rng, struct script *script)
{
    uint64_t number = rng_below(rng, RECLAIM_FILES);
    uint64_t device = rng_below(rng, RECLAIM_DEVICES);
    uint64_t mapped = one_in(rng, 4);
    uint64_t writepage = one_in(rng, 3) ? rng_below(rng, 4) : 0;

    return script_add(script, "file %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64, number, device,
                      mapped, writepage);
}

const char *reclaim_shrinker_line(struct rng *rng, struct script *script)
{
    static const uint64_t per_page[] = {1, 3, 8, 16, 21, 64, 300};
    uint64_t number = rng_below(rng, RECLAIM_SHRINKERS);
    uint64_t seeks = rng_between(rng, 1, one_in(rng, 4) ? 20 : 2);
    uint64_t objects = PICK(rng, per_page);
    uint64_t percent = one_in(rng, 6) ? 0 : rng_between(rng, 1, 100);

    return script_add(script, "shrinker %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %d", number,
                      seeks, objects, percent, one_in(rng, 3));
}

/*
 * A process that must not be killed shares its mm with nobody: the selection would go on for ever.
 * Those are the pids that are multiples of PROTECTED_EVERY.
 */
const char *reclaim_process_line(struct rng *rng, const struct reclaim_machine *machine,
                                 uint64_t pid_max, struct script *script)
{
    uint64_t pid = rng_between(rng, 1, pid_max);
    bool alone = pid % PROTECTED_EVERY == 0;
    int64_t mm_of = 0;
    int64_t adj = 0;
    uint64_t bits = 0;

    if (!alone && one_in(rng, 4)) {
        mm_of = (int64_t)rng_between(rng, 1, pid_max);
        if (mm_of % PROTECTED_EVERY == 0)
            mm_of = 0;
    }
    if (one_in(rng, 10))
        mm_of = -1;
    if (one_in(rng, 3))
        adj = (int64_t)rng_below(rng, 32) - 16;
    if (alone && one_in(rng, 2))
        adj = -17;
    for (uint64_t bit = 1; bit <= 4; bit *= 2)
        if (one_in(rng, bit == 1 ? 60 : 12)) /* nobody is killed while somebody exits */
            bits |= bit;
    return script_add(script,
                      "proc %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRId64
                      " %d %d %" PRIu64 " %" PRId64 " %" PRIu64 " %" PRIu64 " %" PRId64,
                      pid, rng_below(rng, machine->pages), rng_below(rng, 100000),
                      rng_below(rng, 20000), rng_below(rng, 4000), (int64_t)rng_below(rng, 40) - 20,
                      one_in(rng, 3) ? 0 : 500, one_in(rng, 3) ? 0 : 500,
                      one_in(rng, 3) ? rng_below(rng, 4) : 0, adj, rng_below(rng, pid_max + 1),
                      bits, mm_of);
}

/* So that memory is short early. */
static void fill(struct rng *rng, const struct reclaim_machine *machine, struct script *script)
{
    static const char *const flags[] = {"-", "-", "d", "m", "dm"};
    uint64_t files = one_in(rng, 4) ? 0 : rng_between(rng, machine->pages / 4, machine->pages / 2);

    script_add(script, "trace 0");
    if (one_in(rng, 2))
        script_add(script, "slab 0 %" PRIu64 " 0 0xd0 -1", rng_below(rng, machine->pages / 5));
    script_add(script, "lfs 0 %" PRIu64 " 0 0x1200d2 -1 0 %s", files, PICK(rng, flags));
    script_add(script, "las %" PRIu64 " %" PRIu64 " 0 0x1200d2 -1 -", files,
               rng_between(rng, machine->pages / 8, machine->pages / 2));
}

const char *reclaim_sysctl_line(struct rng *rng, struct script *script)
{
    static const uint64_t percent[] = {0, 1, 5, 6, 10, 40};
    uint64_t background = PICK(rng, percent);

    switch (rng_below(rng, 4)) {
    case 0:
        return script_add(script, "swappiness %" PRIu64, rng_below(rng, 101));
    case 1:
        return script_add(script, "laptop_mode %d", one_in(rng, 2));
    case 2:
        return script_add(script, "zone_reclaim_mode %" PRIu64, rng_below(rng, 8));
    default:
        return script_add(script, "dirty_ratio %" PRIu64 " %" PRIu64, background,
                          PICK(rng, percent));
    }
}

/* All of it belongs to processes and cannot be swapped: it is the OOM killer's to take. */
static void fill_for_oom(struct rng *rng, const struct reclaim_machine *machine,
                         struct script *script)
{
    uint64_t slot = 0;

    script_add(script, "trace 0");
    script_add(script, "task 0");
    script_add(script, "waitlimit 4");
    script_add(script, "kmode %" PRIu64, rng_between(rng, 1, 2));
    for (uint64_t pid = 2; pid < 12; pid++) {
        uint64_t pages = machine->pages / 10;

        script_add(script, "proc %" PRIu64 " %" PRIu64 " 0 0 0 0 500 500 0 0 %" PRIu64 " 0 0", pid,
                   rng_below(rng, machine->pages), pid % 3 ? 1 : pid - 1);
        script_add(script, "cur %" PRIu64, pid);
        script_add(script, "las %" PRIu64 " %" PRIu64 " 0 0x1200d2 -1 -", slot, pages);
        slot += pages;
    }
}

static void add_world(struct rng *rng, const struct reclaim_wish *wish,
                      const struct reclaim_machine *machine, struct script *script)
{
    bool oom = wished(rng, wish->oom, 6);
    static const uint64_t divisors[] = {1, 2, 4, 20, 200};
    uint64_t processes = rng_below(rng, 9);

    if (!oom && !one_in(rng, 3))
        script_add(script, "swap %" PRIu64, machine->pages / PICK(rng, divisors));
    for (unsigned i = 0; i < RECLAIM_DEVICES && !one_in(rng, 5); i++)
        reclaim_device_line(rng, machine, script);
    for (unsigned i = 0; i < RECLAIM_FILES && !one_in(rng, 6); i++)
        reclaim_file_line(rng, script);
    for (unsigned i = 0; i < RECLAIM_SHRINKERS && one_in(rng, 2); i++)
        reclaim_shrinker_line(rng, script);
    for (uint64_t i = 0; i < processes; i++)
        reclaim_process_line(rng, machine, processes + 1, script);
    script_add(script, "kmode %" PRIu64, rng_below(rng, 3));
    script_add(script, "klimit %d", one_in(rng, 4) ? 3 : 1);
    script_add(script, "slabaccount %d", one_in(rng, 2));
    if (one_in(rng, 2))
        reclaim_sysctl_line(rng, script);
    if (one_in(rng, 2))
        script_add(script, "swappiness %d", one_in(rng, 2) ? 0 : 100);
    if (one_in(rng, 2))
        script_add(script, "zone_reclaim_mode %" PRIu64, rng_below(rng, 8));
    if (oom)
        fill_for_oom(rng, machine, script);
    else if (!one_in(rng, 3))
        fill(rng, machine, script);
    script_add(script, "trace %" PRIu64, rng_between(rng, 1, 3));
}

struct reclaim_machine reclaim_machine(struct rng *rng, const struct reclaim_wish *wish,
                                       struct script *script)
{
    struct reclaim_machine machine = {.numa = wished(rng, wish->numa, 2)};
    bool highmem = wished(rng, wish->highmem, 4);
    uint64_t end;

    script_add(script, "config pageblock_order=%d numa=%d highmem=%d", one_in(rng, 3) ? 10 : 9,
               machine.numa, highmem);
    end = add_memory(rng, &machine, script);
    add_cpus(rng, &machine, script);
    add_zones(rng, highmem, end, script);
    add_settings(rng, wish, &machine, script);
    script_add(script, "boot");
    machine.slots = machine.pages + machine.pages / 2;
    add_world(rng, wish, &machine, script);
    return machine;
}

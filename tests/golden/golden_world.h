/* SPDX-License-Identifier: MIT */
/* A vector's script over one model: slots, the reclaim queue, the hooks, and the results. */
#ifndef TESTS_GOLDEN_GOLDEN_WORLD_H
#define TESTS_GOLDEN_GOLDEN_WORLD_H

#include "golden_model.h"
#include "golden_spec.h"
#include "golden_words.h"

#define GOLDEN_NO_PFN UINT32_MAX

struct golden_slot {
    uint32_t pfn; /* GOLDEN_NO_PFN: empty */
    uint32_t order;
    uint32_t gfp;
};

enum golden_oom { GOLDEN_OOM_NOTHING, GOLDEN_OOM_MEMDIE, GOLDEN_OOM_FREE_QUEUED };

/* Valid to end when all zero. The slots and the queue belong to the world, `out` to the caller. */
struct golden_world {
    const struct golden_model *model;
    void *self; /* the booted model, NULL before `boot` */
    FILE *out;
    struct golden_spec spec;
    uint32_t task;

    struct golden_slot *slots;
    size_t nr_slots;
    uint32_t *queue; /* slots that direct reclaim frees, queue_head the next */
    size_t queue_head;
    size_t queue_count;
    size_t queue_capacity;

    uint64_t reclaim_max;
    enum golden_oom oom;
    uint64_t zone_reclaims_left;
    unsigned wait_limit;
    unsigned waits; /* congestion_wait and out_of_memory calls of this operation */
    unsigned dumps;
};

void golden_world_init(struct golden_world *world, const struct golden_model *model, FILE *out);
void golden_world_fini(struct golden_world *world);

/*
 * Runs one line, already split: of the machine description before `boot`, an operation after it.
 * Beyond the vectors' own lines: `hz HZ` and `page_group_by_mobility_off` before `boot`,
 * `numa_zonelist_order default|node|zone`, `zone_reclaim_mode MODE`, `give_up` and `scan_state`
 * after it. A broken line ends the program.
 */
void golden_world_line(struct golden_world *world, const struct golden_words *words);

/* ---- the scripted hooks, for models; each prints its event ---- */

void golden_hook_kswapd(struct golden_world *world, unsigned nid, unsigned max_order);
bool golden_hook_zone_reclaim(struct golden_world *world, unsigned nid, const char *zone_name,
                              unsigned order);
/* Frees queued blocks; returns their pages. */
uint64_t golden_hook_reclaim(struct golden_world *world, unsigned order, uint32_t gfp,
                             unsigned cpu);
/* False: the wait limit is passed, the allocation is to be given up. */
bool golden_hook_congestion_wait(struct golden_world *world, unsigned timeout);
/* As above; *ret_memdie is set when the caller is to die. */
bool golden_hook_oom(struct golden_world *world, unsigned order, uint32_t gfp, unsigned cpu,
                     bool *ret_memdie);

#endif

/* SPDX-License-Identifier: MIT */
/* Running a line twice and comparing what comes of it. */
#include "pair.h"

#include "golden_fast.h"
#include "mm/gfp.h"

void pair_init(struct pair *pair)
{
    *pair = (struct pair){.refused = false};
    twin_output_init(&pair->output);
    golden_world_init(&pair->fast, &golden_fast_model, pair->output.fast);
    golden_world_init(&pair->slow, &golden_slow_model, pair->output.slow);
}

void pair_fini(struct pair *pair)
{
    golden_world_fini(&pair->fast);
    golden_world_fini(&pair->slow);
    twin_output_fini(&pair->output);
}

static void age_lists(struct pair *pair, uint32_t left)
{
    struct machine *machine = &((struct golden_fast *)pair->fast.self)->machine;

    for (uint32_t id = 0; id < machine->nr_zones; id++) {
        for (uint32_t cpu = 0; machine->zones[id].pageset && cpu < machine->nr_cpus; cpu++) {
            for (unsigned cold = 0; cold < 2; cold++) {
                struct per_cpu_pages *pcp = &machine->zones[id].pageset[cpu].pcp[cold];

                if (pcp->next_seq < UINT32_MAX - left)
                    pcp->next_seq = UINT32_MAX - left;
            }
        }
    }
}

/* What the product's API says of the block that slot `words->word[1]` just got. */
static bool block_is_sound(struct pair *pair, const struct golden_words *words)
{
    const struct machine *machine = &((const struct golden_fast *)pair->fast.self)->machine;
    const struct golden_slot *slot = &pair->fast.slots[golden_uint(words, 1)];
    bool compound = slot->gfp & GFP_BIT_COMP && slot->order > 0;
    bool sound = true;

    if (slot->pfn == GOLDEN_NO_PFN)
        return true;
    sound = page_block_order(machine, (pfn_t){slot->pfn}) == slot->order;
    for (uint32_t i = 0; sound && i < UINT32_C(1) << slot->order; i++) {
        const struct zone *zone = machine_pfn_zone(machine, slot->pfn + i);
        uint32_t head = compound_head(machine, (pfn_t){slot->pfn + i}).nr;

        sound = zone && zone->id == machine->frame_table.frames[slot->pfn].zone &&
                !machine_page_reserved(machine, slot->pfn + i) &&
                head == (compound ? slot->pfn : slot->pfn + i);
    }
    if (!sound)
        snprintf(pair->why, sizeof(pair->why), "the block at pfn %" PRIu32 " is not sound",
                 slot->pfn);
    return sound;
}

bool pair_line(struct pair *pair, const char *line)
{
    char copy[SCRIPT_LINE_MAX];
    struct golden_words words = {.line = 0};
    struct sim_error err = {0};

    if (pair->refused)
        return true;
    snprintf(copy, sizeof(copy), "%s", line);
    golden_split(&words, copy);
    if (golden_is(&words, "age_lists")) {
        age_lists(pair, (uint32_t)golden_uint(&words, 1));
        return true;
    }
    if (golden_is(&words, "boot") && !machine_spec_check(&pair->fast.spec.machine, &err)) {
        pair->refused = true;
        return true;
    }
    golden_world_line(&pair->fast, &words);
    golden_world_line(&pair->slow, &words);
    if (!twin_output_same(&pair->output, pair->why))
        return false;
    if (golden_is(&words, "a"))
        return block_is_sound(pair, &words);
    return !golden_is(&words, "sum") ||
           pair->fast.model->check(pair->fast.self, pair->why, sizeof(pair->why));
}

bool pair_compare(struct pair *pair)
{
    return pair_line(pair, "zonelists") && pair_line(pair, "dump") &&
           pair_line(pair, "scan_state") && pair_line(pair, "sum");
}

/* SPDX-License-Identifier: MIT */
/* Running a line twice and comparing what comes of it. */
#include "pair.h"

#include "golden_fast.h"
#include "mm/gfp.h"

void pair_init(struct pair *pair)
{
    *pair = (struct pair){.refused = false};
    pair->fast_out = open_memstream(&pair->fast_text, &pair->fast_length);
    pair->slow_out = open_memstream(&pair->slow_text, &pair->slow_length);
    if (!pair->fast_out || !pair->slow_out)
        abort();
    golden_world_init(&pair->fast, &golden_fast_model, pair->fast_out);
    golden_world_init(&pair->slow, &golden_slow_model, pair->slow_out);
}

void pair_fini(struct pair *pair)
{
    golden_world_fini(&pair->fast);
    golden_world_fini(&pair->slow);
    fclose(pair->fast_out);
    fclose(pair->slow_out);
    free(pair->fast_text);
    free(pair->slow_text);
}

/* The first line that differs; both texts end with a newline. */
static void tell_difference(struct pair *pair)
{
    const char *fast = pair->fast_text;
    const char *slow = pair->slow_text;

    while (*fast && *slow) {
        size_t fast_line = strcspn(fast, "\n");
        size_t slow_line = strcspn(slow, "\n");

        if (fast_line != slow_line || memcmp(fast, slow, fast_line) != 0)
            break;
        fast += fast_line + 1;
        slow += slow_line + 1;
    }
    snprintf(pair->why, sizeof(pair->why), "fast \"%.*s\", slow \"%.*s\"",
             (int)(strcspn(fast, "\n") > 200 ? 200 : strcspn(fast, "\n")), fast,
             (int)(strcspn(slow, "\n") > 200 ? 200 : strcspn(slow, "\n")), slow);
}

static bool same_text(struct pair *pair)
{
    bool same;

    if (fflush(pair->fast_out) != 0 || fflush(pair->slow_out) != 0)
        abort();
    same = pair->fast_length == pair->slow_length &&
           memcmp(pair->fast_text, pair->slow_text, pair->fast_length) == 0;
    if (!same) {
        pair->fast_text[pair->fast_length] = '\0';
        pair->slow_text[pair->slow_length] = '\0';
        tell_difference(pair);
    }
    rewind(pair->fast_out);
    rewind(pair->slow_out);
    return same;
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
    if (!same_text(pair))
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

/* SPDX-License-Identifier: MIT */
/* Running a line of a reclaim vector twice and comparing what comes of it. */
#include "reclaim_pair.h"

void reclaim_pair_init(struct reclaim_pair *pair)
{
    *pair = (struct reclaim_pair){.refused = false};
    twin_output_init(&pair->output);
    reclaim_world_init(&pair->fast, pair->output.fast);
    slow_world_init(&pair->slow, pair->output.slow);
}

void reclaim_pair_fini(struct reclaim_pair *pair)
{
    reclaim_world_fini(&pair->fast);
    slow_world_fini(&pair->slow);
    twin_output_fini(&pair->output);
}

/* ---- what makes sense ---- */

static bool process_makes_sense(const struct slow_reclaim *r, const struct golden_words *words)
{
    uint64_t pid = golden_uint(words, 1);
    int64_t mm_of = golden_int(words, 13);
    bool mm_there = mm_of <= 0;

    for (const struct slow_process *p = r->first_process; p; p = p->next) {
        if (p->pid == pid && p->dead)
            return false;
        mm_there |= !p->dead && p->pid == (uint64_t)mm_of && p->pid != pid;
    }
    return mm_there;
}

/* A file in use stays on its disk: the vectors move it, the product's lists of files do not. */
static bool file_makes_sense(const struct reclaim_world *world, const struct golden_words *words)
{
    const struct address_space *mapping = world->files[golden_uint(words, 1)];

    return mapping->backing_dev == golden_uint(words, 2) || mapping->nr_chunks == 0;
}

static bool makes_sense(struct reclaim_pair *pair, const struct golden_words *words)
{
    struct slow_reclaim *r = &pair->slow.reclaim;
    const struct golden_world *script = &pair->slow.script;

    if (!script->self)
        return true;
    if (golden_is(words, "a"))
        return golden_uint(words, 1) >= script->nr_slots ||
               script->slots[golden_uint(words, 1)].pfn == GOLDEN_NO_PFN;
    if (golden_is(words, "proc"))
        return process_makes_sense(r, words);
    if (golden_is(words, "file"))
        return file_makes_sense(&pair->fast, words);
    if (golden_is(words, "slab"))
        return r->shrinkers[golden_uint(words, 1)].registered;
    if (golden_is(words, "reclaim")) {
        int64_t nid = golden_int(words, 4);
        unsigned index = slow_gfp_zone(&r->mm, (uint32_t)golden_uint(words, 2));

        if (nid < 0)
            nid = r->mm.cpu_nid[golden_uint(words, 1)];
        return r->mm.nodes[nid].zonelists[index].zones[0];
    }
    return true;
}

/* ---- running ---- */

static void split(struct golden_words *words, char copy[SCRIPT_LINE_MAX], const char *line)
{
    snprintf(copy, SCRIPT_LINE_MAX, "%s", line);
    golden_split(words, copy);
}

bool reclaim_pair_line(struct reclaim_pair *pair, const char *line)
{
    char copy[SCRIPT_LINE_MAX];
    struct golden_words words = {.line = 0};
    struct sim_error err = {0};
    const struct golden_world *fast = &pair->fast.script;

    pair->left_out = true;
    if (pair->refused)
        return true;
    split(&words, copy, line);
    if (golden_is(&words, "boot") && !machine_spec_check(&fast->spec.machine, &err)) {
        pair->refused = true;
        return true;
    }
    if (!makes_sense(pair, &words))
        return true;
    pair->left_out = false;
    reclaim_world_line(&pair->fast, &words);
    split(&words, copy, line);
    slow_world_line(&pair->slow, &words);
    if (!twin_output_same(&pair->output, pair->why))
        return false;
    return !golden_is(&words, "sum") ||
           fast->model->check(fast->self, pair->why, sizeof(pair->why));
}

bool reclaim_pair_compare(struct reclaim_pair *pair)
{
    return reclaim_pair_line(pair, "dump") && reclaim_pair_line(pair, "sum");
}

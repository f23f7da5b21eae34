/* SPDX-License-Identifier: MIT */
/* All sides of a comparison: from files or runs into the comparison. */
#include "cli/compare_sides.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

void compare_sides_fini(struct compare_sides *sides)
{
    for (size_t i = 0; i < COMPARISON_SIDES_MAX; i++)
        compare_input_fini(&sides->inputs[i]);
    file_store_fini(&sides->store);
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    if (strcmp(path, "-") == 0)
        return "stdin";
    return slash ? slash + 1 : path;
}

/* The name without folders, if that tells it from all others. */
static void name_files(struct compare_sides *sides, const char *const *paths, size_t count)
{
    bool unique = true;

    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < i; j++)
            unique = unique && strcmp(base_name(paths[i]), base_name(paths[j])) != 0;
    for (size_t i = 0; i < count; i++)
        snprintf(sides->inputs[i].name, COMPARE_NAME_MAX, "%s",
                 unique ? base_name(paths[i]) : paths[i]);
}

bool compare_sides_open(struct compare_sides *sides, char *const *paths, size_t count,
                        struct sim_error *err)
{
    for (size_t i = 0; i < count; i++)
        if (!compare_input_open(&sides->inputs[i], paths[i], err))
            return false;
    name_files(sides, (const char *const *)paths, count);
    return true;
}

bool compare_sides_plan(struct compare_sides *sides, const struct compare_plan *plan, size_t count,
                        struct sim_error *err)
{
    struct run_choice choice = plan->choice;

    choice.store = &sides->store;
    for (size_t i = 0; i < count; i++) {
        const char *tries = NULL;

        if (plan->tries->count > 0 && i > 0)
            tries = plan->tries->items[i - 1];
        if (plan->machines->count > 0)
            choice.machine_path = plan->machines->items[tries ? 0 : i];
        if (!compare_input_plan(&sides->inputs[i], &choice, plan->sets->items, plan->sets->count,
                                tries, err))
            return false;
        if (tries)
            snprintf(sides->inputs[i].name, COMPARE_NAME_MAX, "%s", tries);
    }
    if (plan->tries->count == 0)
        name_files(sides, plan->machines->items, count);
    return true;
}

/* Passes all lines on to those who want them. */
static bool take_lines(struct compare_lines *lines, struct result_facts *facts,
                       struct metric_set *metrics, uint32_t *ret_line, struct sim_error *err)
{
    const char *line;
    size_t length;

    *ret_line = 0;
    while (lines->source.next(lines->source.ctx, &line, &length, err)) {
        ++*ret_line;
        if (!result_facts_line(facts, line, length, err) ||
            !metric_set_line(metrics, line, length, err))
            return false;
    }
    return !sim_error_is_set(err);
}

static bool take_run(struct compare_sides *sides, struct comparison *comparison, size_t side,
                     size_t seed, struct sim_error *err)
{
    struct compare_input *input = &sides->inputs[side];
    struct result_facts other_seed = {0};
    struct result_facts *facts = seed == 0 ? &comparison->sides[side].facts : &other_seed;
    const struct option_number number = {seed > 0, comparison->sides[side].facts.seed + seed};
    struct compare_lines lines;
    uint32_t line = 0;
    bool ok = compare_lines_open(&lines, input, &number, false, err) &&
              take_lines(&lines, facts, comparison->metrics, &line, err) &&
              comparison_take(comparison, side, seed, err);

    if (!ok && input->path)
        sim_error_add_place(err, input->path, line, 1);
    compare_lines_close(&lines);
    result_facts_fini(&other_seed);
    return ok;
}

bool compare_sides_take(struct compare_sides *sides, struct comparison *comparison,
                        struct sim_error *err)
{
    for (size_t side = 0; side < comparison->nr_sides; side++) {
        for (size_t seed = 0; seed < comparison->nr_seeds; seed++)
            if (!take_run(sides, comparison, side, seed, err))
                return false;
        comparison->sides[side].name = sides->inputs[side].name;
    }
    return true;
}

/* A side is walked once more, a run with its events this time. */
static bool find_difference(struct compare_input *inputs, struct comparison_side *sides,
                            size_t side, struct sim_error *err)
{
    const struct option_number seeds[2] = {{true, sides[0].facts.seed},
                                           {true, sides[side].facts.seed}};
    bool run = !inputs[0].path;
    bool events = run || (sides[0].facts.events && sides[side].facts.events);
    struct compare_lines base = {0};
    struct compare_lines candidate = {0};
    bool ok =
        compare_lines_open(&base, &inputs[0], &seeds[0], true, err) &&
        compare_lines_open(&candidate, &inputs[side], &seeds[1], true, err) &&
        difference_find(&sides[side].difference, &base.source, &candidate.source, events, err);

    if (!ok && !run)
        sim_error_add_place(err, inputs[side].path, 0, 0);
    compare_lines_close(&base);
    compare_lines_close(&candidate);
    return ok;
}

/* The events of results count, too; runs made here have none in their output. */
static bool may_differ(const struct compare_input *inputs, const struct comparison_side *sides,
                       size_t side)
{
    return sides[side].facts.body_hash != sides[0].facts.body_hash ||
           (inputs[0].path && sides[0].facts.events && sides[side].facts.events);
}

bool compare_sides_find_differences(struct compare_sides *sides, struct comparison *comparison,
                                    struct sim_error *err)
{
    struct comparison_side *found = comparison->sides;

    for (size_t side = 1; side < comparison->nr_sides; side++)
        if (may_differ(sides->inputs, found, side) &&
            !find_difference(sides->inputs, found, side, err))
            return false;
    return true;
}

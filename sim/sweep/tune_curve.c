/* SPDX-License-Identifier: MIT */
/* Runs a value with each seed, keeps what its metrics came to and judges it by the goals. */
#include "sweep/tune_curve.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "sweep/probe.h"

enum { METRIC_TEXT_MAX = 256 };

static bool no_memory(struct sim_error *err)
{
    return sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for what is measured");
}

bool tune_curve_init(struct tune_curve *curve, struct sim_error *err)
{
    *curve = (struct tune_curve){.metrics = metric_set_create()};
    return curve->metrics || no_memory(err);
}

static void goal_fini(struct tune_goal *goal)
{
    free(goal->text);
    free(goal->metric);
}

void tune_curve_fini(struct tune_curve *curve)
{
    for (size_t i = 0; i < curve->goals.count; i++)
        goal_fini(&curve->goals.items[i]);
    for (size_t i = 0; i < curve->names.count; i++)
        free(curve->names.items[i]);
    vec_fini(&curve->goals);
    vec_fini(&curve->names);
    vec_fini(&curve->readings);
    vec_fini(&curve->runs);
    metric_set_destroy(curve->metrics);
    curve->metrics = NULL;
}

/* Adds the goal's metric to the set, or finds the goal that brought it. */
static bool add_metric(struct tune_curve *curve, struct tune_goal *goal, struct sim_error *err)
{
    for (size_t i = 0; i < curve->goals.count; i++) {
        if (strcmp(curve->goals.items[i].metric, goal->metric) != 0)
            continue;
        goal->number = curve->goals.items[i].number;
        return true;
    }
    goal->number = metric_set_texts(curve->metrics);
    return metric_set_add(curve->metrics, goal->metric, err);
}

bool tune_curve_add_goal(struct tune_curve *curve, const char *text, struct sim_error *err)
{
    char metric[METRIC_TEXT_MAX];
    const char *condition;
    struct tune_goal goal = {0};

    if (!criterion_split(text, metric, sizeof(metric), &condition, err) ||
        !criterion_parse(&goal.criterion, condition, metric, false, err))
        return false;
    goal.condition = (size_t)(condition - text);
    goal.text = strdup(text);
    goal.metric = strdup(metric);
    if (!goal.text || !goal.metric || !vec_reserve(&curve->goals, curve->goals.count + 1)) {
        goal_fini(&goal);
        return no_memory(err);
    }
    if (!add_metric(curve, &goal, err)) {
        goal_fini(&goal);
        return false;
    }
    curve->goals.items[curve->goals.count++] = goal;
    return true;
}

/* The index of a name; `likely` is where it stands in the runs before. */
static bool find_name(struct tune_curve *curve, const char *name, size_t likely, size_t *ret_index)
{
    size_t count = curve->names.count;
    char *copy;

    for (size_t i = 0; i < count; i++) {
        size_t index = (likely + i) % count;

        if (strcmp(curve->names.items[index], name) != 0)
            continue;
        *ret_index = index;
        return true;
    }
    copy = strdup(name);
    if (!copy || !vec_push(&curve->names, copy)) {
        free(copy);
        return false;
    }
    *ret_index = count;
    return true;
}

/* Keeps what the metrics of a run have settled to. */
static bool keep_run(struct tune_curve *curve, uint64_t value, uint64_t seed, struct sim_error *err)
{
    struct tune_run run = {
        .value = value,
        .seed = seed,
        .met = true,
        .first = curve->readings.count,
        .count = metric_set_count(curve->metrics),
    };

    for (size_t i = 0; i < run.count; i++) {
        const struct metric *metric = metric_set_at(curve->metrics, i);
        struct tune_reading reading = {.number = metric->text, .value = metric->value};

        if (!find_name(curve, metric->name, i, &reading.name) ||
            !vec_push(&curve->readings, reading))
            return no_memory(err);
    }
    for (size_t i = 0; i < curve->goals.count; i++)
        run.met = run.met && tune_curve_met(curve, &run, &curve->goals.items[i]);
    return vec_push(&curve->runs, run) || no_memory(err);
}

/* One run; *seed is the one to use, or becomes the workload's own where none is given. */
static bool measure_seed(struct tune_curve *curve, const struct tune_setting *setting,
                         const struct run_choice *choice, uint64_t value, uint64_t *seed,
                         struct sim_error *err)
{
    const struct probe_output output = {.tool_version = setting->tool_version};
    struct run_inputs inputs = {0};
    bool ok;

    ok = run_inputs_load(&inputs, choice, err) &&
         probe_run(&inputs, curve->metrics, &output, err) &&
         keep_run(curve, value, inputs.spec.seed, err);
    if (ok)
        *seed = inputs.spec.seed;
    run_inputs_fini(&inputs);
    return ok;
}

/* The setting's --set arguments and behind them KEY=VALUE, which so has the last word. */
static bool add_sets(struct set_options *sets, const struct set_options *given,
                     const char *assignment)
{
    for (size_t i = 0; given && i < given->machine.count; i++) {
        if (!vec_push(&sets->machine, given->machine.items[i]))
            return false;
    }
    for (size_t i = 0; given && i < given->workload.count; i++) {
        if (!vec_push(&sets->workload, given->workload.items[i]))
            return false;
    }
    return set_options_add(sets, assignment);
}

static bool measure_seeds(struct tune_curve *curve, const struct tune_setting *setting,
                          uint64_t value, struct sim_error *err)
{
    struct run_choice choice = setting->choice;
    struct strbuf assignment = {0};
    struct set_options sets = {0};
    uint64_t seed = 0;
    bool ok;

    strbuf_addf(&assignment, "%s=%" PRIu64, setting->key, value);
    choice.sets = &sets;
    ok = (!assignment.failed && add_sets(&sets, setting->choice.sets, assignment.data)) ||
         no_memory(err);
    for (uint64_t i = 0; ok && i < setting->seeds; i++) {
        ok = measure_seed(curve, setting, &choice, value, &seed, err);
        choice.seed = (struct option_number){true, seed + 1};
    }
    set_options_fini(&sets);
    strbuf_fini(&assignment);
    return ok;
}

bool tune_curve_measure(struct tune_curve *curve, const struct tune_setting *setting,
                        uint64_t value, bool *ret_met, struct sim_error *err)
{
    size_t runs = curve->runs.count;
    size_t readings = curve->readings.count;
    bool met = true;

    if (!measure_seeds(curve, setting, value, err)) {
        curve->runs.count = runs;
        curve->readings.count = readings;
        return false;
    }
    for (size_t i = runs; i < curve->runs.count; i++)
        met = met && curve->runs.items[i].met;
    *ret_met = met;
    return true;
}

bool tune_curve_met(const struct tune_curve *curve, const struct tune_run *run,
                    const struct tune_goal *goal)
{
    const struct metric_value none = {0};

    for (size_t i = run->first; i < run->first + run->count; i++) {
        const struct tune_reading *reading = &curve->readings.items[i];

        if (reading->number == goal->number &&
            !criterion_met(&goal->criterion, reading->value, none))
            return false;
    }
    return true;
}

/* How far one run is from meeting the goal, in thousandths, summed over the elements of [*]. */
static int128 distance_of(const struct tune_curve *curve, const struct tune_run *run,
                          const struct tune_goal *goal)
{
    const struct metric_value none = {0};
    struct metric_value limit = criterion_limit(&goal->criterion, none);
    int128 sum = 0;

    for (size_t i = run->first; i < run->first + run->count; i++) {
        const struct tune_reading *reading = &curve->readings.items[i];
        int128 distance = reading->value.milli - limit.milli;

        if (reading->number != goal->number ||
            criterion_met(&goal->criterion, reading->value, none))
            continue;
        if (!reading->value.present)
            distance = METRIC_VALUE_MAX;
        sum += distance < 0 ? -distance : distance;
    }
    return sum;
}

/* One past the last run of the value that run `first` has. */
static size_t end_of_value(const struct tune_curve *curve, size_t first)
{
    size_t end = first;

    while (end < curve->runs.count &&
           curve->runs.items[end].value == curve->runs.items[first].value)
        end++;
    return end;
}

static size_t goals_missed(const struct tune_curve *curve, size_t first)
{
    size_t missed = 0;

    for (size_t run = first; run < end_of_value(curve, first); run++) {
        for (size_t i = 0; i < curve->goals.count; i++)
            missed += !tune_curve_met(curve, &curve->runs.items[run], &curve->goals.items[i]);
    }
    return missed;
}

/* Whether the value of run `first` comes nearer to the goals than that of run `other`. */
static bool is_nearer(const struct tune_curve *curve, size_t first, size_t other)
{
    size_t missed = goals_missed(curve, first);
    size_t other_missed = goals_missed(curve, other);

    if (missed != other_missed)
        return missed < other_missed;
    for (size_t i = 0; i < curve->goals.count; i++) {
        int128 distance = 0;

        for (size_t run = first; run < end_of_value(curve, first); run++)
            distance += distance_of(curve, &curve->runs.items[run], &curve->goals.items[i]);
        for (size_t run = other; run < end_of_value(curve, other); run++)
            distance -= distance_of(curve, &curve->runs.items[run], &curve->goals.items[i]);
        if (distance != 0)
            return distance < 0;
    }
    return false;
}

uint64_t tune_curve_best(const struct tune_curve *curve)
{
    size_t best = 0;

    for (size_t run = 0; run < curve->runs.count; run = end_of_value(curve, run)) {
        if (is_nearer(curve, run, best))
            best = run;
    }
    return curve->runs.items[best].value;
}

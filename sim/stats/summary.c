/* SPDX-License-Identifier: MIT */
/* The summary's accumulator and its line. */
#include "stats/summary.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "stats/reclaim_fields.h"
#include "stats/run_fields.h"
#include "stats/zone_fields.h"

bool summary_init(struct summary_state *state, const struct machine *machine, struct sim_error *err)
{
    *state = (struct summary_state){
        .nr_zones = machine->nr_zones,
        .refusals_per_failure = machine->nr_zones,
    };
    state->zones = calloc(machine->nr_zones, sizeof(*state->zones));
    state->kept = calloc(SUMMARY_KEPT_MAX, sizeof(*state->kept));
    state->refusals =
        calloc((size_t)SUMMARY_KEPT_MAX * machine->nr_zones, sizeof(*state->refusals));
    state->task_names = calloc(SUMMARY_KEPT_MAX, sizeof(*state->task_names));
    if (!state->zones || !state->kept || !state->refusals || !state->task_names) {
        summary_fini(state);
        return sim_error_set(err, ERR_OUT_OF_MEMORY, "no host memory for the summary");
    }
    for (unsigned i = 0; i < machine->nr_zones; i++) {
        state->zones[i].min_free_pages = zone_page_state(&machine->zones[i], NR_FREE_PAGES);
        state->zones[i].min_free_time_ns = machine->clock->now_ns;
    }
    return true;
}

void summary_fini(struct summary_state *state)
{
    if (!state)
        return;
    free(state->zones);
    free(state->kept);
    free(state->refusals);
    free(state->task_names);
    *state = (struct summary_state){0};
}

void summary_tick(struct summary_state *state, const struct machine *machine)
{
    SIM_ASSERT(machine->nr_zones == state->nr_zones);
    state->ticks++;
    for (unsigned i = 0; i < state->nr_zones; i++) {
        const struct zone *zone = &machine->zones[i];
        struct zone_extremes *extremes = &state->zones[i];
        uint64_t free_pages = zone_page_state(zone, NR_FREE_PAGES);

        if (free_pages < extremes->min_free_pages) {
            extremes->min_free_pages = free_pages;
            extremes->min_free_time_ns = machine->clock->now_ns;
        }
        extremes->ticks_at_level[zone_watermark_level(zone)]++;
    }
}

/* What the failure has in common with others: gfp, order, first zone and its check. */
static struct failure_group failure_kind(const struct failure *failure)
{
    return (struct failure_group){
        .gfp = failure->gfp,
        .order = failure->order,
        .zone_id = failure->nr_refusals ? failure->refusals[0].zone_id : -1,
        .refusal = failure->nr_refusals ? failure->refusals[0].refusal : REFUSED_NOT,
    };
}

bool failure_in_group(const struct failure *failure, const struct failure_group *group)
{
    struct failure_group kind = failure_kind(failure);

    return kind.gfp == group->gfp && kind.order == group->order && kind.zone_id == group->zone_id &&
           kind.refusal == group->refusal;
}

/* True for the first failure of a kind. */
static bool count_in_group(struct summary_state *state, const struct failure *failure)
{
    struct failure_group *group = state->groups;

    while (group < state->groups + state->nr_groups && !failure_in_group(failure, group))
        group++;
    if (group == state->groups + state->nr_groups) {
        if (state->nr_groups == SUMMARY_GROUPS_MAX) {
            state->ungrouped_failures++;
            return false;
        }
        *group = failure_kind(failure);
        group->first_time_ns = failure->time_ns;
        state->nr_groups++;
    }
    group->last_time_ns = failure->time_ns;
    return group->count++ == 0;
}

static void keep(struct summary_state *state, const struct failure *failure)
{
    struct failure *kept = &state->kept[state->nr_kept];
    struct zone_refusal *refusals =
        state->refusals + (size_t)state->nr_kept * state->refusals_per_failure;
    char *name = state->task_names[state->nr_kept];

    *kept = *failure;
    if (kept->nr_refusals > state->refusals_per_failure)
        kept->nr_refusals = state->refusals_per_failure;
    for (unsigned i = 0; i < kept->nr_refusals; i++)
        refusals[i] = failure->refusals[i];
    kept->refusals = refusals;
    if (failure->task) {
        strncpy(name, failure->task, SUMMARY_TASK_NAME_MAX - 1);
        kept->task = name;
    }
    state->nr_kept++;
}

void summary_add_failure(struct summary_state *state, const struct failure *failure)
{
    bool first_of_kind = count_in_group(state, failure);

    if (state->failures++ < SUMMARY_FAILURES_MAX || first_of_kind)
        keep(state, failure);
}

static void write_zone(struct json_stream *json, const struct summary_info *info,
                       const struct zone *zone, const struct zone_extremes *extremes)
{
    const uint64_t *at = extremes->ticks_at_level;

    json_begin_object(json);
    zone_fields_write(json, info->machine, zone);
    json_key_uint(json, "min_free_pages", extremes->min_free_pages);
    json_key_uint(json, "min_free_time_ns", extremes->min_free_time_ns);
    json_key_uint(json, "ticks_below_min", at[LEVEL_BELOW_MIN]);
    json_key_uint(json, "ticks_below_low", at[LEVEL_BELOW_MIN] + at[LEVEL_MIN_TO_LOW]);
    json_key_uint(json, "ticks_below_high",
                  at[LEVEL_BELOW_MIN] + at[LEVEL_MIN_TO_LOW] + at[LEVEL_LOW_TO_HIGH]);
    json_end_object(json);
}

static void write_group(struct json_stream *json, const struct machine *machine,
                        const struct failure_group *group)
{
    char gfp[GFP_TEXT_MAX];
    char label[ZONE_LABEL_MAX];
    bool asked = group->zone_id >= 0;

    gfp_format(group->gfp, gfp);
    json_begin_object(json);
    json_key_string(json, "gfp", gfp);
    json_key_uint(json, "order", group->order);
    json_key_string(json, "zone",
                    asked ? zone_label(machine, &machine->zones[group->zone_id], label) : NULL);
    json_key_string(json, "check", asked ? alloc_refusal_name(group->refusal) : NULL);
    json_key_uint(json, "count", group->count);
    json_key_uint(json, "first_time_ns", group->first_time_ns);
    json_key_uint(json, "last_time_ns", group->last_time_ns);
    json_end_object(json);
}

static void write_failures(struct json_stream *json, const struct machine *machine,
                           const struct summary_state *state)
{
    json_key_object(json, "failures");
    json_key_uint(json, "count", state->failures);
    json_key_uint(json, "ungrouped", state->ungrouped_failures);
    json_key_array(json, "groups");
    for (unsigned i = 0; i < state->nr_groups; i++)
        write_group(json, machine, &state->groups[i]);
    json_end_array(json);
    json_key_array(json, "first");
    for (unsigned i = 0; i < state->nr_kept; i++) {
        json_begin_object(json);
        failure_write(json, machine, &state->kept[i]);
        json_end_object(json);
    }
    json_end_array(json);
    json_end_object(json);
}

bool summary_write(struct jsonl_writer *writer, const struct summary_info *info)
{
    const struct machine *machine = info->machine;
    struct json_stream *json = jsonl_writer_begin(writer, "summary");

    json_key_uint(json, "time_ns", machine->clock->now_ns);
    json_key_uint(json, "jiffies", machine_jiffies(machine));
    json_key_string(json, "kernel", info->kernel);
    json_key_string(json, "workload", info->workload);
    json_key_string(json, "ended", run_end_name(info->ended));
    json_key_uint(json, "ticks", info->state->ticks);
    json_key_uint(json, "events_processed", info->stats->events_processed);
    json_key_array(json, "zones");
    for (unsigned i = 0; i < machine->nr_zones; i++)
        if (zone_shown(&machine->zones[i]))
            write_zone(json, info, &machine->zones[i], &info->state->zones[i]);
    json_end_array(json);
    run_fields_write(json, machine, info->stats);
    reclaim_summary_write(json, machine, info->stats);
    write_failures(json, machine, info->state);
    return jsonl_writer_end(writer);
}

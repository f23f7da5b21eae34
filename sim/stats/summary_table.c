/* SPDX-License-Identifier: MIT */
/* The summary as a readable table. */
#include "stats/summary_table.h"

#include <inttypes.h>
#include <stdio.h>

#include "stats/calls_table.h"
#include "stats/fragmentation.h"
#include "stats/reclaim_table.h"
#include "stats/zone_fields.h"

enum {
    GROUPS_SHOWN = 8,
    REFUSALS_SHOWN = 6,
    REFUSAL_TEXT_MAX = 192,
};

/* The largest order with a free block, -1 for none. */
static int largest_free_order(const struct zone *zone)
{
    int order = MAX_ORDER - 1;

    while (order >= 0 && zone->nr_free[order] == 0)
        order--;
    return order;
}

static void format_zones(struct strbuf *out, const struct summary_info *info)
{
    const struct machine *machine = info->machine;
    char label[ZONE_LABEL_MAX];

    strbuf_addf(out, "%-10s %11s %8s %8s %8s  %-11s %11s %10s %8s\n", "zone", "free pages", "min",
                "low", "high", "level", "least free", "in pcp", "largest");
    for (unsigned i = 0; i < machine->nr_zones; i++) {
        const struct zone *zone = &machine->zones[i];

        if (!zone_shown(zone))
            continue;
        strbuf_addf(out,
                    "%-10s %11" PRIu64 " %8" PRIu64 " %8" PRIu64 " %8" PRIu64 "  %-11s %11" PRIu64
                    " %10" PRIu64,
                    zone_label(machine, zone, label), zone_page_state(zone, NR_FREE_PAGES),
                    zone->pages_min, zone->pages_low, zone->pages_high,
                    watermark_level_name(zone_watermark_level(zone)),
                    info->state->zones[i].min_free_pages, zone_pcp_pages(machine, zone));
        if (largest_free_order(zone) < 0)
            strbuf_addf(out, " %8s\n", "none");
        else
            strbuf_addf(out, "  order %d\n", largest_free_order(zone));
    }
}

static void format_pageblocks(struct strbuf *out, const struct summary_info *info)
{
    const struct machine *machine = info->machine;
    unsigned block_order = machine->pageblock_order;
    char label[ZONE_LABEL_MAX];

    strbuf_addf(out, "\n%-10s", "pageblocks");
    for (unsigned type = 0; type < OUTPUT_MIGRATE_TYPES; type++)
        strbuf_addf(out, " %11s", migratetype_name(type));
    strbuf_addf(out, "   free pages unusable for order %u\n", block_order);
    for (unsigned i = 0; i < machine->nr_zones; i++) {
        const struct zone *zone = &machine->zones[i];
        unsigned unusable = fragmentation_unusable_index(zone->nr_free, block_order);

        if (!zone_shown(zone))
            continue;
        strbuf_addf(out, "%-10s", zone_label(machine, zone, label));
        for (unsigned type = 0; type < OUTPUT_MIGRATE_TYPES; type++)
            strbuf_addf(out, " %11" PRIu32, zone->nr_pageblocks_of_type[type]);
        strbuf_addf(out, "   %u.%u %%\n", unusable / 10, unusable % 10);
    }
}

static void format_allocs(struct strbuf *out, const struct run_stats *stats)
{
    const struct histogram *latency = &stats->alloc_latency_ns;
    char text[DURATION_TEXT_MAX];

    strbuf_addf(out,
                "\nallocations %" PRIu64 ", failed %" PRIu64 ", slow path %" PRIu64
                "; still held %" PRIu64 " (%" PRIu64 " pages)\n",
                stats->allocs, stats->alloc_failures, stats->slow_paths, stats->blocks_live,
                stats->pages_live);
    if (stats->alloc_failures) {
        strbuf_addf(out, "failed      of order 0 to %d and larger:", MAX_ORDER - 1);
        for (unsigned order = 0; order <= MAX_ORDER; order++)
            strbuf_addf(out, " %" PRIu64, stats->failed_by_order[order]);
        strbuf_adds(out, "\n");
    }
    if (latency->count == 0)
        return;
    strbuf_addf(out, "latency     p50 %s", duration_text(histogram_quantile(latency, 500), text));
    strbuf_addf(out, ", p99 %s", duration_text(histogram_quantile(latency, 990), text));
    strbuf_addf(out, ", max %s\n", duration_text(latency->max, text));
}

static uint64_t total_stalls(const struct run_stats *stats)
{
    uint64_t total = 0;

    for (unsigned stall = 0; stall < NR_STALLS; stall++)
        total += stats->stalls[stall];
    return total;
}

static void format_stalls(struct strbuf *out, const struct run_stats *stats)
{
    const char *title = "stalls";
    char text[DURATION_TEXT_MAX];

    for (unsigned stall = 0; stall < NR_STALLS; stall++) {
        if (stats->stalls[stall] == 0)
            continue;
        strbuf_addf(out, "%-11s %s %" PRIu64 " times, %s\n", title, stall_name(stall),
                    stats->stalls[stall], duration_text(stats->stall_ns[stall], text));
        title = "";
    }
    if (total_stalls(stats) == 0)
        strbuf_adds(out, "stalls      none\n");
    if (stats->late_ops) {
        strbuf_addf(out, "late        %" PRIu64 " operations, in all %s", stats->late_ops,
                    duration_text(stats->late_ns, text));
        strbuf_addf(out, ", worst %s\n", duration_text(stats->late_max_ns, text));
    }
    strbuf_addf(out, "kswapd      woken %" PRIu64 " times, awake %s; OOM kills %" PRIu64 "\n",
                stats->kswapd_wakeups, duration_text(stats->kswapd_ns, text), stats->oom_kills);
    strbuf_addf(
        out, "fallback    %" PRIu64 " blocks of another type, %" PRIu64 " pageblocks taken over\n",
        stats->extfrag_events, stats->extfrag_steals);
}

/* The reasons of the first kept failure of the kind. */
static void format_reasons(struct strbuf *out, const struct summary_info *info,
                           const struct failure_group *group)
{
    const struct summary_state *state = info->state;
    const struct failure *failure = state->kept;
    char text[REFUSAL_TEXT_MAX];

    while (failure < state->kept + state->nr_kept && !failure_in_group(failure, group))
        failure++;
    if (failure == state->kept + state->nr_kept)
        return;
    for (unsigned i = 0; i < failure->nr_refusals && i < REFUSALS_SHOWN; i++) {
        refusal_format(info->machine, &failure->refusals[i], failure->order, text, sizeof(text));
        strbuf_addf(out, "      %s\n", text);
    }
    if (failure->nr_refusals > REFUSALS_SHOWN)
        strbuf_addf(out, "      and %u more zones\n",
                    (unsigned)failure->nr_refusals - REFUSALS_SHOWN);
}

static void format_failures(struct strbuf *out, const struct summary_info *info)
{
    const struct summary_state *state = info->state;
    char gfp[GFP_TEXT_MAX];
    char text[DURATION_TEXT_MAX];

    if (state->failures == 0)
        return;
    strbuf_adds(out, "\nfailures, by kind, with the reasons of the first of each:\n");
    for (unsigned i = 0; i < state->nr_groups && i < GROUPS_SHOWN; i++) {
        const struct failure_group *group = &state->groups[i];

        gfp_format(group->gfp, gfp);
        strbuf_addf(out, "  %" PRIu64 " x %s, order %" PRIu32 ", first at %s\n", group->count, gfp,
                    group->order, duration_text(group->first_time_ns, text));
        format_reasons(out, info, group);
    }
    if (state->nr_groups > GROUPS_SHOWN)
        strbuf_addf(out, "  and %u more kinds\n", (unsigned)state->nr_groups - GROUPS_SHOWN);
}

static bool any_refusal(const struct summary_state *state, bool (*is)(const struct zone_refusal *))
{
    for (unsigned i = 0; i < state->nr_kept; i++)
        for (unsigned k = 0; k < state->kept[i].nr_refusals; k++)
            if (is(&state->kept[i].refusals[k]))
                return true;
    return false;
}

static bool is_by_reserve(const struct zone_refusal *refusal)
{
    return refusal->refusal == REFUSED_WATERMARK && refusal->lowmem_reserve > 0 &&
           refusal->free_pages > (int64_t)refusal->mark_pages;
}

static bool is_by_watermark(const struct zone_refusal *refusal)
{
    return refusal->refusal == REFUSED_WATERMARK && !is_by_reserve(refusal);
}

static bool is_by_order(const struct zone_refusal *refusal)
{
    return refusal->refusal == REFUSED_WATERMARK_ORDER || refusal->refusal == REFUSED_NO_BLOCK;
}

static bool is_by_cpuset(const struct zone_refusal *refusal)
{
    return refusal->refusal == REFUSED_CPUSET;
}

static bool failed_by_watermark(const struct summary_info *info)
{
    return any_refusal(info->state, is_by_watermark);
}

static bool failed_by_reserve(const struct summary_info *info)
{
    return any_refusal(info->state, is_by_reserve);
}

static bool failed_by_order(const struct summary_info *info)
{
    return any_refusal(info->state, is_by_order);
}

static bool failed_by_cpuset(const struct summary_info *info)
{
    return any_refusal(info->state, is_by_cpuset);
}

static bool stalled(const struct summary_info *info)
{
    return total_stalls(info->stats) > 0;
}

static bool dipped_below_min(const struct summary_info *info)
{
    for (unsigned i = 0; i < info->state->nr_zones; i++)
        if (zone_populated(&info->machine->zones[i]) &&
            info->state->zones[i].ticks_at_level[LEVEL_BELOW_MIN])
            return true;
    return false;
}

static bool went_to_other_nodes(const struct summary_info *info)
{
    return machine_page_state_exact(info->machine, NUMA_MISS) > 0;
}

static bool took_over_pageblocks(const struct summary_info *info)
{
    return info->stats->extfrag_steals > 0;
}

static bool always(const struct summary_info *info)
{
    (void)info;
    return true;
}

static void format_next(struct strbuf *out, const struct summary_info *info)
{
    static const struct {
        bool (*applies)(const struct summary_info *info);
        const char *text;
    } hints[] = {
        {failed_by_watermark, "refused at the watermark: margin_min_pages over time, and whether "
                              "vm.min_free_kbytes fits"},
        {failed_by_reserve, "refused by lowmem_reserve with pages free: vm.lowmem_reserve_ratio"},
        {failed_by_order, "no block large enough: fragmentation_index and free_blocks of the zone"},
        {failed_by_cpuset, "refused on a node out of the task's cpuset: its mems, and who else "
                           "uses them"},
        {stalled, "tasks waited: stall and alloc_latency_ns, from tick to tick; --events and "
                  "mmsim explain"},
        {dipped_below_min, "a zone stood below min: ticks_below_min, and who may use the reserve"},
        {went_to_other_nodes, "memory came from other nodes: vmstat.numa_miss and the zonelists"},
        {took_over_pageblocks, "pageblocks changed their type: pageblocks over time, --events"},
        {always, "every field of the output: docs/output.md"},
    };

    strbuf_adds(out, "\nlook next at\n");
    for (unsigned i = 0; i < sizeof(hints) / sizeof(hints[0]); i++)
        if (hints[i].applies(info))
            strbuf_addf(out, "  %s\n", hints[i].text);
}

void summary_table_format(struct strbuf *out, const struct summary_info *info)
{
    char text[DURATION_TEXT_MAX];

    strbuf_addf(out,
                "%s on %s: %s of virtual time, %" PRIu64 " ticks, %" PRIu64 " events, end: %s\n\n",
                info->workload, info->kernel, duration_text(info->machine->clock->now_ns, text),
                info->state->ticks, info->stats->events_processed, run_end_name(info->ended));
    format_zones(out, info);
    format_pageblocks(out, info);
    format_allocs(out, info->stats);
    calls_table_format(out, info);
    format_stalls(out, info->stats);
    reclaim_table_format(out, info);
    format_failures(out, info);
    format_next(out, info);
}

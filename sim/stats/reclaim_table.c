/* SPDX-License-Identifier: MIT */
/* What reclaim, devices and tasks did, as readable text. */
#include "stats/reclaim_table.h"

#include <inttypes.h>
#include <stdio.h>

#include "reclaim/reclaim.h"
#include "stats/reclaim_fields.h"

enum { WORST_TASKS = 5 };

static void format_scans(struct strbuf *out, const char *who, uint64_t scanned, uint64_t freed)
{
    char percent[PERCENT_TEXT_MAX];

    strbuf_addf(out, "%s scanned %" PRIu64 ", freed %" PRIu64, who, scanned, freed);
    if (scanned)
        strbuf_addf(out, " (%s)", percent_text(freed, scanned, percent));
}

static void format_reclaim(struct strbuf *out, const struct summary_info *info)
{
    const struct run_stats *stats = info->stats;
    const struct reclaim_totals totals = reclaim_totals(info->machine);
    const struct histogram *direct = &stats->direct_reclaim_ns;
    char text[DURATION_TEXT_MAX];

    if (totals.kswapd_scanned + totals.direct_scanned > 0) {
        format_scans(out, "reclaim     kswapd", totals.kswapd_scanned, totals.kswapd_freed);
        format_scans(out, "; direct", totals.direct_scanned, totals.direct_freed);
        strbuf_adds(out, "\n");
    }
    if (direct->count) {
        strbuf_addf(out, "direct      %" PRIu64 " reclaims", direct->count);
        strbuf_addf(out, ": p50 %s", duration_text(histogram_quantile(direct, 500), text));
        strbuf_addf(out, ", p99 %s", duration_text(histogram_quantile(direct, 990), text));
        strbuf_addf(out, ", max %s\n", duration_text(direct->max, text));
    }
    if (stats->congestion_waits)
        strbuf_addf(out, "congestion  %" PRIu64 " waits, %" PRIu64 " for the whole timeout\n",
                    stats->congestion_waits, stats->congestion_wait_timeouts);
}

static void format_user(struct strbuf *out, const struct user_work *user)
{
    uint64_t reads = user->cache_hits + user->cache_misses;
    char percent[PERCENT_TEXT_MAX];

    if (user->minor_faults + user->major_faults + user->failed_faults > 0)
        strbuf_addf(out,
                    "faults      %" PRIu64 " minor, %" PRIu64 " major, %" PRIu64
                    " without memory; %" PRIu64 " pages swapped in\n",
                    user->minor_faults, user->major_faults, user->failed_faults, user->swapins);
    if (reads > 0)
        strbuf_addf(out,
                    "page cache  %" PRIu64 " of %" PRIu64 " reads hit (%s), %" PRIu64
                    " refaults, %" PRIu64 " pages read ahead\n",
                    user->cache_hits, reads, percent_text(user->cache_hits, reads, percent),
                    user->refaults, user->readahead_pages);
}

static void format_levels(struct strbuf *out, const struct summary_info *info)
{
    const struct reclaim *reclaim = info->stats->reclaim;
    const struct swap *swap = &reclaim->swap;
    const struct task anybody = {0};
    struct dirty_limits limits = get_dirty_limits(reclaim, &anybody);
    int64_t dirty = machine_page_state_exact(info->machine, NR_FILE_DIRTY);
    int64_t writeback = machine_page_state_exact(info->machine, NR_WRITEBACK);

    if (info->machine->vm_events[PGPGOUT] > 0 || dirty > 0)
        strbuf_addf(out,
                    "dirty       %" PRId64 " pages, %" PRId64 " under writeback; limits %" PRIu64
                    " background, %" PRIu64 " dirty\n",
                    dirty, writeback, limits.background_pages, limits.dirty_pages);
    if (info->machine->vm_events[PSWPOUT] > 0)
        strbuf_addf(out,
                    "swap        %" PRIu64 " of %" PRIu64 " pages free, %" PRIu64
                    " in the swap cache; %" PRIu64 " out, %" PRIu64 " in\n",
                    swap->nr_free_pages, swap->total_pages, swap->cache_pages,
                    info->machine->vm_events[PSWPOUT], info->machine->vm_events[PSWPIN]);
}

static void format_devices(struct strbuf *out, const struct summary_info *info)
{
    const struct reclaim *reclaim = info->stats->reclaim;
    const char *title = "devices";
    char percent[PERCENT_TEXT_MAX];

    for (unsigned i = 0; i < reclaim->nr_devices; i++) {
        const struct backing_dev *dev = &reclaim->devices[i];

        if (dev->pages_done[IO_READ] + dev->pages_done[IO_WRITE] == 0)
            continue;
        strbuf_addf(out,
                    "%-11s %s: read %" PRIu64 " pages in %" PRIu64 " requests, wrote %" PRIu64
                    " in %" PRIu64,
                    title, dev->spec.name, dev->pages_done[IO_READ], dev->requests_done[IO_READ],
                    dev->pages_done[IO_WRITE], dev->requests_done[IO_WRITE]);
        strbuf_addf(out, ", busy %s\n",
                    percent_text(dev->busy_ns, info->machine->clock->now_ns, percent));
        title = "";
    }
}

static uint64_t task_stall_ns(const struct task_stats *task)
{
    uint64_t total_ns = 0;

    for (unsigned stall = 0; stall < NR_STALLS; stall++)
        total_ns += task->stall_ns[stall];
    return total_ns;
}

/*
 * The task that comes after `previous` when all are ordered by stall time, longest first, then by
 * index; NULL: no other lost any time.
 */
static const struct task_stats *next_worst(const struct run_stats *stats,
                                           const struct task_stats *previous)
{
    const struct task_stats *worst = NULL;

    for (size_t i = 0; i < stats->nr_tasks; i++) {
        const struct task_stats *task = &stats->tasks[i];
        uint64_t ns = task_stall_ns(task);

        if (previous &&
            (ns > task_stall_ns(previous) || (ns == task_stall_ns(previous) && task <= previous)))
            continue;
        if (ns > 0 && (!worst || ns > task_stall_ns(worst)))
            worst = task;
    }
    return worst;
}

static enum stall worst_stall(const struct task_stats *task)
{
    enum stall worst = 0;

    for (unsigned stall = 1; stall < NR_STALLS; stall++)
        if (task->stall_ns[stall] > task->stall_ns[worst])
            worst = stall;
    return worst;
}

static void format_tasks(struct strbuf *out, const struct run_stats *stats)
{
    const struct task_stats *task = next_worst(stats, NULL);
    char text[DURATION_TEXT_MAX];

    if (!task)
        return;
    strbuf_adds(out, "\ntasks that lost most time\n");
    for (unsigned i = 0; i < WORST_TASKS && task; i++, task = next_worst(stats, task)) {
        enum stall stall = worst_stall(task);

        strbuf_addf(out, "  %s lost %s", task->name, duration_text(task_stall_ns(task), text));
        strbuf_addf(out, ", %s of it in %s", duration_text(task->stall_ns[stall], text),
                    stall_name(stall));
        if (task->direct_reclaims)
            strbuf_addf(out, "; %" PRIu64 " direct reclaims", task->direct_reclaims);
        strbuf_adds(out, task->oom_killed ? "; killed\n" : "\n");
    }
}

void reclaim_table_format(struct strbuf *out, const struct summary_info *info)
{
    format_reclaim(out, info);
    format_user(out, info->stats->user);
    format_levels(out, info);
    format_devices(out, info);
    format_tasks(out, info->stats);
}

/* SPDX-License-Identifier: MIT */
/* Reclaim, its devices and the users of memory as JSON. */
#include "stats/reclaim_fields.h"

#include "reclaim/reclaim.h"
#include "stats/fields.h"

static uint64_t sum_zones(const struct machine *machine, enum vm_event_item first)
{
    uint64_t sum = 0;

    for (unsigned i = 0; i < MAX_NR_ZONES; i++)
        sum += machine->vm_events[first + i];
    return sum;
}

struct reclaim_totals reclaim_totals(const struct machine *machine)
{
    struct reclaim_totals totals = {
        .kswapd_scanned = sum_zones(machine, PGSCAN_KSWAPD_ZONE0),
        .kswapd_freed = machine->vm_events[KSWAPD_STEAL],
        .direct_scanned = sum_zones(machine, PGSCAN_DIRECT_ZONE0),
    };

    totals.direct_freed = sum_zones(machine, PGSTEAL_ZONE0) - totals.kswapd_freed;
    return totals;
}

void histogram_write(struct json_stream *json, const char *name, const struct histogram *histogram)
{
    json_key_object(json, name);
    json_key_uint(json, "count", histogram->count);
    json_key_uint(json, "sum", histogram->sum);
    json_key_uint(json, "mean", histogram_mean(histogram));
    json_key_uint(json, "min", histogram->min);
    json_key_uint(json, "p50", histogram_quantile(histogram, 500));
    json_key_uint(json, "p90", histogram_quantile(histogram, 900));
    json_key_uint(json, "p99", histogram_quantile(histogram, 990));
    json_key_uint(json, "p999", histogram_quantile(histogram, 999));
    json_key_uint(json, "max", histogram->max);
    json_end_object(json);
}

void stalls_write(struct json_stream *json, const uint64_t counts[static NR_STALLS],
                  const uint64_t total_ns[static NR_STALLS])
{
    json_key_object(json, "stall");
    for (unsigned stall = 0; stall < NR_STALLS; stall++) {
        json_key_object(json, stall_name(stall));
        json_key_uint(json, "count", counts[stall]);
        json_key_uint(json, "total_ns", total_ns[stall]);
        json_end_object(json);
    }
    json_end_object(json);
}

void permille_write(struct json_stream *json, const char *name, uint64_t part, uint64_t whole)
{
    uint64_t permille;

    json_key(json, name);
    if (permille_of(part, whole, &permille))
        json_uint(json, permille);
    else
        json_null(json);
}

/* Order and priority of the pass under way; a daemon that sleeps has none. */
static void write_kswapd_node(struct json_stream *json, const struct machine *machine,
                              const struct reclaim *reclaim, unsigned nid)
{
    const struct node *node = &machine->nodes[nid];
    const struct kswapd *kswapd = &reclaim->kswapds[nid];

    json_begin_object(json);
    json_key_uint(json, "node", nid);
    json_key_bool(json, "asleep", node->kswapd_asleep);
    json_key_uint(json, "max_order", node->kswapd_max_order);
    json_key(json, "order");
    if (node->kswapd_asleep) {
        json_null(json);
        json_key_string(json, "priority", NULL);
    } else {
        json_uint(json, kswapd->order);
        json_key_int(json, "priority", kswapd->priority);
    }
    json_key_uint(json, "awake_ns", kswapd_awake_ns(reclaim, nid));
    json_end_object(json);
}

static void write_kswapd(struct json_stream *json, const struct machine *machine,
                         const struct run_stats *stats)
{
    json_key_object(json, "kswapd");
    json_key_uint(json, "wakeups", stats->kswapd_wakeups);
    json_key_uint(json, "awake_ns", stats->kswapd_ns);
    json_key_array(json, "nodes");
    for (unsigned nid = 0; nid < machine->nr_nodes; nid++)
        if (machine->nodes[nid].online)
            write_kswapd_node(json, machine, stats->reclaim, nid);
    json_end_array(json);
    json_end_object(json);
}

static void write_reclaim(struct json_stream *json, const struct machine *machine,
                          const struct run_stats *stats)
{
    struct reclaim_totals totals = reclaim_totals(machine);

    json_key_object(json, "reclaim");
    json_key_uint(json, "kswapd_scanned", totals.kswapd_scanned);
    json_key_uint(json, "kswapd_freed", totals.kswapd_freed);
    json_key_uint(json, "direct_scanned", totals.direct_scanned);
    json_key_uint(json, "direct_freed", totals.direct_freed);
    permille_write(json, "efficiency_permille", totals.kswapd_freed + totals.direct_freed,
                   totals.kswapd_scanned + totals.direct_scanned);
    json_key_uint(json, "shrink_scanned", stats->shrink_scanned);
    json_key_uint(json, "direct_reclaims", machine->vm_events[ALLOCSTALL]);
    histogram_write(json, "direct_reclaim_ns", &stats->direct_reclaim_ns);
    json_key_uint(json, "congestion_waits", stats->congestion_waits);
    json_key_uint(json, "congestion_wait_timeouts", stats->congestion_wait_timeouts);
    json_key_uint(json, "killed_pages", stats->killed_pages);
    json_end_object(json);
}

static void write_swap(struct json_stream *json, const struct swap *swap)
{
    json_key_object(json, "swap");
    json_key_uint(json, "total_pages", swap->total_pages);
    json_key_uint(json, "free_pages", swap->nr_free_pages);
    json_key_uint(json, "cached_pages", swap->cache_pages);
    json_end_object(json);
}

static uint64_t machine_pages(const struct machine *machine, enum zone_stat_item item)
{
    int64_t pages = machine_page_state_exact(machine, item);

    return pages < 0 ? 0 : (uint64_t)pages;
}

/* The limits of a task without privileges. */
static void write_dirty(struct json_stream *json, const struct machine *machine,
                        const struct reclaim *reclaim)
{
    const struct task anybody = {0};
    struct dirty_limits limits = get_dirty_limits(reclaim, &anybody);

    json_key_object(json, "dirty");
    json_key_uint(json, "background_limit_pages", limits.background_pages);
    json_key_uint(json, "dirty_limit_pages", limits.dirty_pages);
    json_key_uint(json, "dirty_pages", machine_pages(machine, NR_FILE_DIRTY));
    json_key_uint(json, "writeback_pages", machine_pages(machine, NR_WRITEBACK));
    json_key_uint(json, "dirty_files", reclaim->writeback.nr_dirty_files);
    json_end_object(json);
}

static void write_devices(struct json_stream *json, const struct reclaim *reclaim)
{
    json_key_array(json, "devices");
    for (unsigned i = 0; i < reclaim->nr_devices; i++) {
        const struct backing_dev *dev = &reclaim->devices[i];

        json_begin_object(json);
        json_key_string(json, "name", dev->spec.name);
        json_key_uint(json, "queued_reads", dev->count[IO_READ]);
        json_key_uint(json, "queued_writes", dev->count[IO_WRITE]);
        json_key_bool(json, "read_congested", dev->congested[IO_READ]);
        json_key_bool(json, "write_congested", dev->congested[IO_WRITE]);
        json_key_uint(json, "read_requests", dev->requests_done[IO_READ]);
        json_key_uint(json, "write_requests", dev->requests_done[IO_WRITE]);
        json_key_uint(json, "read_pages", dev->pages_done[IO_READ]);
        json_key_uint(json, "write_pages", dev->pages_done[IO_WRITE]);
        json_key_uint(json, "busy_ns", dev->busy_ns);
        json_end_object(json);
    }
    json_end_array(json);
}

static void write_user(struct json_stream *json, const struct user_work *user)
{
    json_key_object(json, "user");
    json_key_uint(json, "accesses", user->accesses);
    json_key_uint(json, "minor_faults", user->minor_faults);
    json_key_uint(json, "major_faults", user->major_faults);
    json_key_uint(json, "failed_faults", user->failed_faults);
    json_key_uint(json, "copied_pages", user->copied_pages);
    json_key_uint(json, "swapins", user->swapins);
    json_key_uint(json, "cache_hits", user->cache_hits);
    json_key_uint(json, "cache_misses", user->cache_misses);
    json_key_uint(json, "readahead_pages", user->readahead_pages);
    json_key_uint(json, "refaults", user->refaults);
    json_end_object(json);
}

void reclaim_fields_write(struct json_stream *json, const struct machine *machine,
                          const struct run_stats *stats)
{
    write_kswapd(json, machine, stats);
    write_reclaim(json, machine, stats);
    write_swap(json, &stats->reclaim->swap);
    write_dirty(json, machine, stats->reclaim);
    write_devices(json, stats->reclaim);
    write_user(json, stats->user);
}

static void write_task(struct json_stream *json, const struct task_stats *task)
{
    json_begin_object(json);
    json_key_string(json, "name", task->name);
    json_key_uint(json, "cpu_ns", task->cpu_ns);
    stalls_write(json, task->stalls, task->stall_ns);
    json_key_uint(json, "direct_reclaims", task->direct_reclaims);
    json_key_uint(json, "direct_reclaim_ns", task->direct_reclaim_ns);
    json_key_uint(json, "minor_faults", task->minor_faults);
    json_key_uint(json, "major_faults", task->major_faults);
    json_key_bool(json, "oom_killed", task->oom_killed);
    json_end_object(json);
}

void reclaim_summary_write(struct json_stream *json, const struct machine *machine,
                           const struct run_stats *stats)
{
    struct reclaim_totals totals = reclaim_totals(machine);
    const struct user_work *user = stats->user;
    uint64_t reads = user->cache_hits + user->cache_misses;

    json_key_array(json, "tasks");
    for (size_t i = 0; i < stats->nr_tasks; i++)
        write_task(json, &stats->tasks[i]);
    json_end_array(json);
    json_key_object(json, "rates");
    permille_write(json, "cache_hit_permille", user->cache_hits, reads);
    permille_write(json, "refault_permille", user->refaults, reads);
    permille_write(json, "major_fault_permille", user->major_faults,
                   user->major_faults + user->minor_faults);
    permille_write(json, "kswapd_freed_permille", totals.kswapd_freed,
                   totals.kswapd_freed + totals.direct_freed);
    permille_write(json, "congestion_wait_timeout_permille", stats->congestion_wait_timeouts,
                   stats->congestion_waits);
    json_end_object(json);
}

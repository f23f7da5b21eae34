/* SPDX-License-Identifier: MIT */
/* Writes lines of every type and both machines to stdout, for the schema to judge. */
#include <stdlib.h>

#include "stats/event.h"
#include "stats/tick.h"
#include "stats_sample.h"

static void write_reclaim_events(struct jsonl_writer *writer, const struct sample *sample)
{
    const struct event_cause cause = {.time_ns = 43, .task = "kswapd0"};
    struct reclaim_event event = {.zone = &sample->machine.zones[1],
                                  .process = &sample->process,
                                  .priority = 12,
                                  .points = UINT64_MAX};

    for (event.kind = 0; event.kind < RECLAIM_FIRST_PAGE_EVENT; event.kind++)
        event_write_reclaim(writer, &sample->machine, &cause, &event);
    event.zone = NULL;
    event.woken = true;
    event.kind = RECLAIM_DIRECT_END;
    event_write_reclaim(writer, &sample->machine, &cause, &event);
    event.kind = RECLAIM_CONGESTION_WAIT;
    event_write_reclaim(writer, &sample->machine, &cause, &event);
}

static void write_events(struct jsonl_writer *writer, struct sample *sample)
{
    const struct machine *machine = &sample->machine;
    struct event_cause with = {42, "nic \"\xff\n", 1, true, GFP_ATOMIC | GFP_BIT_ZERO, 3};
    struct event_cause without = {.time_ns = UINT64_MAX};
    struct mm_extfrag extfrag = {&machine->zones[0], 1024, 0, 9, MIGRATE_UNMOVABLE,
                                 MIGRATE_MOVABLE,    true};
    const uint64_t ratios[] = {256, 256, 32};

    for (unsigned i = 0; i < sample->state.nr_kept; i++)
        event_write_alloc_failure(writer, machine, &sample->state.kept[i]);
    event_write_extfrag(writer, machine, &with, &extfrag);
    event_write_kswapd_wake(writer, machine, &with, &machine->zones[0], 3, true);
    event_write_alloc_slow(writer, machine, &sample->state.kept[0], (pfn_t){9000});
    event_write_alloc_slow(writer, machine, &sample->state.kept[0], PFN_NONE);
    write_reclaim_events(writer, sample);
    for (unsigned stall = 0; stall < NR_STALLS; stall++)
        event_write_stall(writer, &with, stall, 10, 20);
    event_write_bad_page(writer, machine, &without, (pfn_t){17}, PG_locked);
    event_write_bad_page(writer, machine, &without, (pfn_t){UINT32_MAX - 1}, PG_locked);
    for (unsigned reason = 0; reason < NR_INVALID_FREES; reason++)
        event_write_invalid_free(writer, &without, UINT64_MAX, reason);
    for (unsigned sysctl = 0; sysctl < NR_VM_SYSCTLS; sysctl++)
        event_write_sysctl(writer, &without, sysctl, ratios);
}

static void write_run(struct jsonl_writer *writer, struct sample *sample)
{
    struct header_info header = sample_header(sample);
    struct summary_info summary = sample_summary(sample);
    struct failure orphan = {.time_ns = 7};

    header_write(writer, &header);
    tick_write(writer, &sample->machine, &sample->stats);
    sample_exhaust(sample, GFP_ATOMIC);
    sample_alloc(sample, GFP_BIT_DMA, 4);
    sample_alloc(sample, GFP_BIT_HIGH | GFP_BIT_COMP, 10);
    sample_alloc(sample, GFP_NOWAIT, 11);
    summary_add_failure(&sample->state, &orphan);
    clock_advance_to(&sample->clock, 10000000);
    summary_tick(&sample->state, &sample->machine);
    tick_write(writer, &sample->machine, &sample->stats);
    write_events(writer, sample);
    summary_write(writer, &summary);
}

int main(void)
{
    struct sample *sample = malloc(sizeof(*sample));
    struct jsonl_writer writer;
    struct sim_error err = {0};
    bool good;

    if (!sample)
        return EXIT_FAILURE;
    jsonl_writer_init(&writer, stdout);
    sample_boot_numa(sample);
    write_run(&writer, sample);
    sample_fini(sample);
    sample_boot_uma(sample);
    write_run(&writer, sample);
    sample_fini(sample);
    free(sample);
    good = jsonl_writer_check(&writer, "-", &err);
    jsonl_writer_fini(&writer);
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}

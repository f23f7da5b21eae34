/* SPDX-License-Identifier: MIT */
/* Each call of the allocation API as a step and as an event, against a table written by hand. */
#include "api_case.h"
#include "api_table.h"
#include "mm/pageblock.h"

/* "CALL" or "CALL ARGS". */
static void add_call_text(struct script_text *script, const char *text)
{
    char call[64];
    size_t length = strcspn(text, " ");

    ck_assert_uint_lt(length, sizeof(call));
    memcpy(call, text, length);
    call[length] = 0;
    add_call(script, call, text[length] ? text + length + 1 : "");
}

/* ---- pages ---- */

static void check_numa(const struct api_run *run, const struct script_text *script,
                       const struct page_row *row, uint32_t id)
{
    bool served = row->zone && id == zone_by_name(run->machine, row->zone);
    bool meant = row->foreign && id == zone_by_name(run->machine, row->foreign);
    unsigned numa = served ? row->numa : 0;

    EXPECT("numa_hit", stat_delta(run, NUMA_HIT, id), !!(numa & API_HIT));
    EXPECT("numa_miss", stat_delta(run, NUMA_MISS, id), !!(numa & API_MISS));
    EXPECT("numa_foreign", stat_delta(run, NUMA_FOREIGN, id), meant);
    EXPECT("numa_interleave", stat_delta(run, NUMA_INTERLEAVE_HIT, id), 0);
    EXPECT("numa_local", stat_delta(run, NUMA_LOCAL, id), !!(numa & API_LOCAL));
    EXPECT("numa_other", stat_delta(run, NUMA_OTHER, id), !!(numa & API_OTHER));
}

/* Pages left the row's zone and no other one; nothing else was counted. */
static void check_counters(const struct api_run *run, const struct script_text *script,
                           const struct page_row *row)
{
    int64_t pages = row->zone ? INT64_C(1) << row->order : 0;

    for (uint32_t id = 0; id < run->machine->nr_zones; id++) {
        bool served = row->zone && id == zone_by_name(run->machine, row->zone);
        int64_t taken =
            -stat_delta(run, NR_FREE_PAGES, id) - pcp_delta(run, 0, id) - pcp_delta(run, 1, id);

        EXPECT("pages taken", taken, served ? pages : 0);
        EXPECT("nr_slab", stat_delta(run, NR_SLAB_UNRECLAIMABLE, id), 0);
        check_numa(run, script, row, id);
    }
    for (unsigned index = 0; index < MAX_NR_ZONES; index++) {
        bool served =
            row->zone && run->machine->zones[zone_by_name(run->machine, row->zone)].index == index;

        EXPECT("pgalloc", event_delta(run, PGALLOC_ZONE0 + index), served ? pages : 0);
    }
    EXPECT("pgfree", event_delta(run, PGFREE), 0);
    EXPECT("allocstall", event_delta(run, ALLOCSTALL), 0);
    EXPECT("zeroed pages", run->machine->work.zeroed_pages, row->flags & API_ZEROED ? pages : 0);
}

static void check_page(const struct api_run *run, const struct script_text *script,
                       const struct page_row *row, pfn_t page)
{
    const struct machine *machine = run->machine;
    const struct zone *zone = machine_pfn_zone(machine, page.nr);
    const struct frame *frame = &machine->frame_table.frames[page.nr];

    ck_assert_ptr_nonnull(zone);
    EXPECT("zone", zone->id, zone_by_name(machine, row->zone));
    EXPECT("migratetype", get_pageblock_migratetype(machine, zone, page.nr), row->type);
    EXPECT("references", frame->count, 1);
    EXPECT("alignment", page.nr & ((UINT32_C(1) << row->order) - 1), 0);
    EXPECT("compound", !!(frame->flags & PG_compound), !!(row->flags & API_COMPOUND));
    EXPECT("other flags", frame->flags & ~(unsigned)PG_compound, 0);
}

static void check_page_row(const struct page_row *row, unsigned form)
{
    struct script_text text;
    const struct script_text *script = &text;
    struct api_run run;
    const struct block *block;
    const struct run_stats *stats;

    begin_script(&text, form, row->cpu);
    add_call(&text, row->call, row->args);
    api_run(&run, row->machine, text.text);
    block = &run.sim->objects.blocks.items[0];
    stats = simulation_stats(run.sim);
    EXPECT("calls", stats->allocs, 1);
    EXPECT("failed calls", stats->alloc_failures, !row->zone);
    EXPECT("failed order", stats->failed_by_order[row->order < MAX_ORDER ? row->order : MAX_ORDER],
           !row->zone);
    EXPECT("held", stats->blocks_live, !!row->zone);
    check_counters(&run, script, row);
    if (row->zone)
        check_page(&run, script, row, block->page);
    api_run_end(&run);
}

START_TEST(the_page_calls_do_what_the_kernel_does)
{
    for (unsigned form = 0; form < NR_FORMS; form++)
        for (size_t i = 0; i < sizeof(page_rows) / sizeof(page_rows[0]); i++)
            check_page_row(&page_rows[i], form);
}
END_TEST

/* ---- kmalloc() and its kin ---- */

static const struct call_share *share_of(const struct api_run *run, const struct call_row *row,
                                         uint32_t id)
{
    for (size_t i = 0; i < 2 && row->from[i].zone; i++)
        if (zone_by_name(run->machine, row->from[i].zone) == id)
            return &row->from[i];
    return NULL;
}

/* Every pageblock type of the zone is as after boot but for one block of the row's. */
static void check_types(const struct api_run *run, const struct script_text *script,
                        const struct call_row *row, uint32_t id)
{
    const uint32_t *blocks = run->machine->zones[id].nr_pageblocks_of_type;
    bool first = row->from[0].zone && zone_by_name(run->machine, row->from[0].zone) == id;
    bool one = first && row->from[0].pages <= 512;

    if (one && row->type == RECLAIMABLE)
        EXPECT("unmovable pageblocks", blocks[UNMOVABLE], 0);
    else if (one)
        EXPECT("reclaimable pageblocks", blocks[RECLAIMABLE], 0);
    if (one)
        EXPECT("pageblocks of the type", blocks[row->type] > 0, 1);
}

static void check_call_counters(const struct api_run *run, const struct script_text *script,
                                const struct call_row *row)
{
    uint64_t by_index[MAX_NR_ZONES] = {0};

    for (uint32_t id = 0; id < run->machine->nr_zones; id++) {
        const struct call_share *share = share_of(run, row, id);
        bool first = share == &row->from[0];
        int64_t requests = share ? share->requests : 0;
        unsigned numa = share ? share->numa : 0;

        EXPECT("pages taken",
               -stat_delta(run, NR_FREE_PAGES, id) - pcp_delta(run, 0, id) - pcp_delta(run, 1, id),
               share ? share->pages : 0);
        EXPECT("nr_slab_unreclaimable", stat_delta(run, NR_SLAB_UNRECLAIMABLE, id),
               first ? row->slab_unreclaimable : 0);
        EXPECT("nr_slab_reclaimable", stat_delta(run, NR_SLAB_RECLAIMABLE, id),
               first ? row->slab_reclaimable : 0);
        EXPECT("numa_hit", stat_delta(run, NUMA_HIT, id), numa & API_HIT ? requests : 0);
        EXPECT("numa_local", stat_delta(run, NUMA_LOCAL, id), numa & API_LOCAL ? requests : 0);
        EXPECT("numa_other", stat_delta(run, NUMA_OTHER, id), numa & API_OTHER ? requests : 0);
        check_types(run, script, row, id);
        by_index[run->machine->zones[id].index] += share ? share->pages : 0;
    }
    for (unsigned index = 0; index < MAX_NR_ZONES; index++)
        EXPECT("pgalloc", event_delta(run, PGALLOC_ZONE0 + index), by_index[index]);
    EXPECT("zeroed pages", run->machine->work.zeroed_pages, row->zeroed);
}

/* The sums over the calls that are not for pages; the space of vmalloc() counts its own. */
static struct call_count count_calls(const struct simulation *sim)
{
    const uint64_t *results = sim->vmalloc.results;
    struct call_count sum = {.count = results[VMALLOC_OK]};

    for (unsigned result = VMALLOC_BAD_SIZE; result < NR_VMALLOC_RESULTS; result++)
        sum.failed += results[result];
    sum.count += sum.failed;
    for (size_t i = 0; i < NR_CALL_COUNTS; i++) {
        sum.count += sim->stats.calls[i].count;
        sum.failed += sim->stats.calls[i].failed;
    }
    return sum;
}

static void check_call_row(const struct call_row *row, unsigned form)
{
    struct script_text text;
    const struct script_text *script = &text;
    struct api_run run;
    const struct run_stats *stats;

    begin_script(&text, form, row->cpu);
    add_call(&text, row->call, row->args);
    api_run(&run, row->machine, text.text);
    stats = simulation_stats(run.sim);
    EXPECT("calls", count_calls(run.sim).count, 1);
    EXPECT("failed calls", count_calls(run.sim).failed, row->fails);
    EXPECT("page requests", stats->allocs - stats->alloc_failures,
           row->from[0].requests + row->from[1].requests);
    check_call_counters(&run, script, row);
    api_run_end(&run);
}

START_TEST(the_other_allocators_ask_for_pages_as_the_kernels_do)
{
    for (unsigned form = 0; form < NR_FORMS; form++)
        for (size_t i = 0; i < sizeof(call_rows) / sizeof(call_rows[0]); i++)
            check_call_row(&call_rows[i], form);
}
END_TEST

/* ---- frees ---- */

static void check_free_row(const struct free_row *row, unsigned form)
{
    struct script_text text;
    const struct script_text *script = &text;
    struct api_run held, freed;
    int64_t hot = 0, cold = 0, buddy = 0;

    begin_script(&text, form, 0);
    add_call(&text, row->alloc, row->args);
    api_run(&held, row->machine, text.text);
    for (size_t i = 0; i < sizeof(row->frees) / sizeof(row->frees[0]) && row->frees[i]; i++)
        add_call_text(&text, row->frees[i]);
    api_run(&freed, row->machine, text.text);
    for (uint32_t id = 0; id < freed.machine->nr_zones; id++) {
        hot += pcp_delta(&freed, 0, id) - pcp_delta(&held, 0, id);
        cold += pcp_delta(&freed, 1, id) - pcp_delta(&held, 1, id);
        buddy += stat_delta(&freed, NR_FREE_PAGES, id) - stat_delta(&held, NR_FREE_PAGES, id);
    }
    EXPECT("pages on hot lists", hot, row->hot);
    EXPECT("pages on cold lists", cold, row->cold);
    EXPECT("pages on buddy lists", buddy, row->buddy);
    EXPECT("pgfree", event_delta(&freed, PGFREE), row->hot + row->cold + row->buddy);
    api_run_end(&freed);
    api_run_end(&held);
}

START_TEST(frees_go_where_the_kernel_puts_them)
{
    for (unsigned form = 0; form < NR_FORMS; form++)
        for (size_t i = 0; i < sizeof(free_rows) / sizeof(free_rows[0]); i++)
            check_free_row(&free_rows[i], form);
}
END_TEST

/* ---- calls that may not be made ---- */

static void check_misuse_row(const struct misuse_row *row)
{
    struct script_text text;
    const struct script_text *script = &text;
    struct api_run run;
    int64_t taken = 0;

    begin_script(&text, FORM_STEP, 0);
    add_call(&text, row->alloc, row->args);
    for (size_t i = 0; i < sizeof(row->then) / sizeof(row->then[0]) && row->then[i]; i++)
        add_call_text(&text, row->then[i]);
    api_run(&run, row->machine, text.text);
    for (unsigned check = 0; check < NR_MISUSES; check++)
        EXPECT(misuse_name(check), run.machine->misuses[check], check == row->check);
    for (uint32_t id = 0; id < run.machine->nr_zones; id++)
        taken -=
            stat_delta(&run, NR_FREE_PAGES, id) + pcp_delta(&run, 0, id) + pcp_delta(&run, 1, id);
    EXPECT("pages taken", taken, row->taken);
    api_run_end(&run);
}

START_TEST(misuse_is_seen_by_the_kernels_check_and_does_no_harm)
{
    for (size_t i = 0; i < sizeof(misuse_rows) / sizeof(misuse_rows[0]); i++)
        check_misuse_row(&misuse_rows[i]);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("api_table");

    TEST_CASE(suite, "pages", the_page_calls_do_what_the_kernel_does,
              frees_go_where_the_kernel_puts_them);
    TEST_CASE(suite, "misuse", misuse_is_seen_by_the_kernels_check_and_does_no_harm);
    TEST_CASE(suite, "calls", the_other_allocators_ask_for_pages_as_the_kernels_do);
    return test_run(suite);
}

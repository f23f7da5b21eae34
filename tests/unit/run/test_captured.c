/* SPDX-License-Identifier: MIT */
/* Captured frees replayed, and left to the modelled reclaim. */
#include "base/units.h"
#include "lib/run_builder.h"
#include "lib/test.h"
#include "mm/gfp.h"

enum { PAGES = 4096 };

static struct trace_record *add_reclaim_free(struct list_source *events, uint64_t time_ns,
                                             uint64_t id)
{
    struct trace_record *record = add_free(events, time_ns, id);

    record->flags = TRACE_ORIGIN_RECLAIM;
    return record;
}

/* `cached` pages that the captured kernel gave back after a second, and as many slab pages. */
static struct list_source *build_capture(struct run_builder *rb, enum reclaim_replay mode,
                                         uint64_t cached)
{
    struct list_source *events;

    run_builder_init(rb, PAGES);
    rb->spec.reclaim_replay = mode;
    events = run_add_source(rb, "app", 0);
    for (uint64_t i = 0; i < cached; i++)
        add_alloc(events, 1000 * i, 2 * i, 0, GFP_HIGHUSER_MOVABLE);
    add_alloc(events, 1000 * cached, 1, 0, GFP_KERNEL);
    add_reclaim_free(events, NSEC_PER_SEC, 1);
    for (uint64_t i = 0; i < cached; i++)
        add_reclaim_free(events, NSEC_PER_SEC + i * 1000, 2 * i);
    return events;
}

static uint64_t file_pages(const struct run_builder *rb)
{
    return (uint64_t)machine_page_state_exact(simulation_machine(rb->sim), NR_FILE_PAGES);
}

START_TEST(captured_frees_are_replayed)
{
    struct run_builder rb;
    uint64_t free_before;

    build_capture(&rb, RECLAIM_CAPTURED, 100);
    run_start(&rb);
    free_before = free_pages_of(&rb);
    run_to_end(&rb);
    ck_assert_uint_eq(simulation_stats(rb.sim)->frees, 101);
    ck_assert_uint_eq(simulation_stats(rb.sim)->frees_dropped, 0);
    ck_assert_uint_eq(free_pages_of(&rb), free_before);
    run_builder_fini(&rb);
}
END_TEST

START_TEST(simulated_pages_stay_in_the_cache_while_there_is_memory)
{
    struct run_builder rb;
    const struct run_stats *stats;
    uint64_t free_before;

    build_capture(&rb, RECLAIM_SIMULATED, 100);
    run_start(&rb);
    free_before = free_pages_of(&rb);
    run_to_end(&rb);
    stats = simulation_stats(rb.sim);
    ck_assert_uint_eq(stats->frees, 1); /* the slab page is not for reclaim's lists */
    ck_assert_uint_eq(stats->frees_dropped, 100);
    ck_assert_uint_eq(stats->blocks_live, 0);
    ck_assert_uint_eq(file_pages(&rb), 100);
    ck_assert_uint_eq(free_pages_of(&rb), free_before - 100);
    run_builder_fini(&rb);
}
END_TEST

START_TEST(modelled_reclaim_takes_them_when_it_needs_memory)
{
    struct run_builder rb;
    struct list_source *events;
    const struct run_stats *stats;

    events = build_capture(&rb, RECLAIM_SIMULATED, 2000);
    for (uint64_t i = 0; i < 3000; i++)
        add_alloc(events, 2 * NSEC_PER_SEC + i * 1000, 10001 + 2 * i, 0, GFP_KERNEL);
    run_start(&rb);
    run_to_end(&rb);
    stats = simulation_stats(rb.sim);
    ck_assert_uint_eq(stats->alloc_failures, 0);
    ck_assert_uint_eq(stats->oom_kills, 0);
    ck_assert_uint_eq(stats->pages_live, 3000);
    ck_assert_uint_lt(file_pages(&rb), 1000);
    run_builder_fini(&rb);
}
END_TEST

START_TEST(indices_of_pages_long_gone_are_used_again)
{
    struct run_builder rb;
    struct list_source *events;
    uint64_t time_ns = 0;

    run_builder_init(&rb, PAGES);
    rb.spec.reclaim_replay = RECLAIM_SIMULATED;
    events = run_add_source(&rb, "app", 0);
    for (uint64_t i = 0; i < 3 * PAGES; i++) {
        add_alloc(events, time_ns += 1000, i, 0, GFP_HIGHUSER_MOVABLE);
        if (i >= 500)
            add_reclaim_free(events, time_ns, i - 500);
    }
    run_start(&rb);
    run_to_end(&rb);
    ck_assert_uint_eq(simulation_stats(rb.sim)->frees_dropped, 3 * PAGES - 500);
    /* 500 blocks of the run have no captured free; a chunk more for pages on their way. */
    ck_assert_uint_le(simulation_stats(rb.sim)->reclaim->mappings.items[0]->nr_chunks,
                      PAGES / CACHE_CHUNK_PAGES + 1);
    run_builder_fini(&rb);
}
END_TEST

START_TEST(other_free_of_a_cached_page_gives_it_back)
{
    struct run_builder rb;
    struct list_source *events;
    const struct run_stats *stats;

    run_builder_init(&rb, PAGES);
    rb.spec.reclaim_replay = RECLAIM_SIMULATED;
    events = run_add_source(&rb, "app", 0);
    add_alloc(events, 1000, 1, 0, GFP_HIGHUSER_MOVABLE);
    add_part(events, 2000, 1, 0, 0);
    add_reclaim_free(events, 3000, 1);
    run_start(&rb);
    run_to_end(&rb);
    stats = simulation_stats(rb.sim);
    ck_assert_uint_eq(stats->frees, 1);
    ck_assert_uint_eq(stats->frees_of_reclaimed, 0);
    ck_assert_uint_eq(stats->frees_double, 1);
    ck_assert_uint_eq(file_pages(&rb), 0);
    run_builder_fini(&rb);
}
END_TEST

START_TEST(other_free_of_a_page_that_reclaim_took_is_counted)
{
    struct run_builder rb;
    struct list_source *events;
    const struct run_stats *stats;

    run_builder_init(&rb, PAGES);
    rb.spec.reclaim_replay = RECLAIM_SIMULATED;
    events = run_add_source(&rb, "app", 0);
    for (uint64_t i = 0; i < 200; i++)
        add_alloc(events, 1000 + i, i, 0, GFP_HIGHUSER_MOVABLE);
    for (uint64_t i = 0; i < 3600; i++)
        add_alloc(events, 2000 + i * 1000, 1000 + i, 0, GFP_KERNEL);
    for (uint64_t i = 0; i < 200; i++)
        add_part(events, NSEC_PER_SEC, i, 0, 0);
    for (uint64_t i = 0; i < 200; i++)
        add_reclaim_free(events, 2 * NSEC_PER_SEC, i);
    run_start(&rb);
    run_to_end(&rb);
    stats = simulation_stats(rb.sim);
    ck_assert_uint_gt(stats->frees_of_reclaimed, 0);
    ck_assert_uint_eq(stats->frees_of_reclaimed + stats->frees, 200);
    ck_assert_uint_eq(file_pages(&rb), 0);
    run_builder_fini(&rb);
}
END_TEST

START_TEST(error_of_the_source_comes_out_of_the_first_reading)
{
    struct run_builder rb;

    build_capture(&rb, RECLAIM_SIMULATED, 10)->ends_in_error = true;
    ck_assert_ptr_null(simulation_create(&rb.spec, &rb.output, &rb.err));
    ck_assert_int_eq(rb.err.code, ERR_TRACE_CHECKSUM);
    run_builder_fini(&rb);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("captured");

    TEST_CASE(suite, "modes", captured_frees_are_replayed,
              simulated_pages_stay_in_the_cache_while_there_is_memory,
              modelled_reclaim_takes_them_when_it_needs_memory,
              indices_of_pages_long_gone_are_used_again);
    TEST_CASE(suite, "other frees", other_free_of_a_cached_page_gives_it_back,
              other_free_of_a_page_that_reclaim_took_is_counted,
              error_of_the_source_comes_out_of_the_first_reading);
    return test_run(suite);
}

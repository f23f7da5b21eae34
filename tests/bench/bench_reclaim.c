/* SPDX-License-Identifier: MIT */
/* What a page costs on its way into the LRU and out of it again; prints one JSON line. */
#include <stdio.h>
#include <stdlib.h>

#include "cpu_time.h"
#include "kernels/linux_2_6_24.h"
#include "mm/gfp.h"
#include "mm/zone_page_state.h"
#include "reclaim/reclaim.h"

enum {
    MACHINE_PAGES = 262144, /* 1 GiB */
    FILL_PAGES = 200000,
    REPEATS = 5, /* the best run counts: the others were disturbed */
};

struct bench {
    struct machine machine;
    struct clock clock;
    struct task task;
    struct reclaim_state state;
    struct reclaim reclaim;
    swap_entry *swapped; /* [FILL_PAGES] slots that unmapped pages went to */
    uint32_t nr_swapped;
};

/* ---- the owner: one task that never waits, no threads ---- */

static bool need_resched(void *context, unsigned cpu)
{
    (void)context;
    (void)cpu;
    return false;
}

static void timer(void *context, enum reclaim_timer timer, uint32_t arg, uint64_t at_ns)
{
    (void)context;
    (void)timer;
    (void)arg;
    (void)at_ns;
}

static void wake(void *context, struct task *task)
{
    (void)context;
    (void)task;
}

static void kthread(void *context, enum kthread_kind kind, uint32_t arg)
{
    (void)context;
    (void)kind;
    (void)arg;
}

static void kill(void *context, struct process *victim, bool memdie)
{
    (void)context;
    (void)victim;
    (void)memdie;
}

/* ---- pages mapped once, not lately used ---- */

static unsigned page_referenced(void *context, pfn_t page)
{
    (void)context;
    (void)page;
    return 0;
}

static enum swap_result try_to_unmap(void *context, pfn_t page, unsigned cpu)
{
    struct bench *bench = context;
    struct reclaim *reclaim = &bench->reclaim;
    struct frame *frame = page_frame(reclaim, page);

    swap_duplicate(reclaim, page_owner(reclaim, page)->swap);
    bench->swapped[bench->nr_swapped++] = page_owner(reclaim, page)->swap;
    frame->mapcount--;
    frame->count--;
    dec_zone_state(&bench->machine, page_zone(reclaim, page), NR_ANON_PAGES, cpu);
    return SWAP_SUCCESS;
}

static bool page_mkclean(void *context, pfn_t page)
{
    (void)context;
    (void)page;
    return false;
}

static void fail(const char *what)
{
    fprintf(stderr, "bench_reclaim: %s\n", what);
    exit(EXIT_FAILURE);
}

static void boot(struct bench *bench)
{
    static const struct memory_range memory = {0, MACHINE_PAGES, 0};
    const struct reclaim_owner owner = {bench, need_resched, timer, wake, kthread, kill};
    const struct rmap_ops rmap = {page_referenced, try_to_unmap, page_mkclean, bench};
    const struct backing_dev_spec synchronous = {
        .name = "swap", .nr_requests = 128, .max_request_pages = 128};
    const struct swap_spec swap = {.pages = FILL_PAGES, .priority = 1};
    struct machine_spec spec;
    struct sim_error err = {0};
    uint32_t dev;

    *bench = (struct bench){.task.reclaim_state = &bench->state};
    bench->swapped = malloc(FILL_PAGES * sizeof(*bench->swapped));
    if (!bench->swapped)
        fail("out of memory");
    machine_spec_init(&spec, false);
    spec.memory = &memory;
    spec.nr_memory = 1;
    spec.vm.swappiness = 100;
    if (!machine_spec_check(&spec, &err) ||
        !machine_init(&bench->machine, &spec, &linux_2_6_24_ops, &bench->reclaim, &bench->clock,
                      &err) ||
        !reclaim_init(&bench->reclaim, &bench->machine, &owner, &rmap, &err))
        fail(err.message);
    if (!reclaim_add_device(&bench->reclaim, &synchronous, &dev) || !swapon(&bench->reclaim, &swap))
        fail("out of memory");
}

static void end(struct bench *bench)
{
    reclaim_fini(&bench->reclaim);
    machine_fini(&bench->machine);
    free(bench->swapped);
}

static pfn_t alloc_page(struct bench *bench)
{
    struct alloc_request request;

    alloc_request_init(&request, &bench->machine, &bench->task, GFP_HIGHUSER_MOVABLE, 0, -1);
    if (alloc_request_step(&bench->machine, &request) != STEP_DONE || pfn_is_none(request.page))
        fail("an allocation waits or fails");
    return request.page;
}

static void add_file_pages(struct bench *bench, struct address_space *mapping)
{
    bool refault;

    for (uint32_t i = 0; i < FILL_PAGES; i++) {
        pfn_t page = alloc_page(bench);

        if (!add_to_page_cache(&bench->reclaim, mapping, i, page, 0, &refault))
            fail("out of memory");
        lru_cache_add(&bench->reclaim, page, 0);
        put_page(&bench->reclaim, page, 0);
    }
}

static void add_anon_pages(struct bench *bench)
{
    for (uint32_t i = 0; i < FILL_PAGES; i++) {
        pfn_t page = alloc_page(bench);

        *page_owner(&bench->reclaim, page) =
            (struct page_owner){.mapping = PAGE_MAPPING_ANON, .index = i};
        lru_cache_add_active(&bench->reclaim, page, 0);
        page_frame(&bench->reclaim, page)->mapcount = 1;
        inc_zone_state(&bench->machine, page_zone(&bench->reclaim, page), NR_ANON_PAGES, 0);
    }
}

/* Until the lists are empty. */
static uint64_t reclaim_all(struct bench *bench)
{
    const struct node *node = &bench->machine.nodes[0];
    struct direct_reclaim *direct = &bench->state.direct;
    uint64_t freed_before = bench->machine.work.freed_lru_pages;

    lru_add_drain(&bench->reclaim, 0);
    bench->task.flags = TASK_PF_MEMALLOC;
    while (bench->machine.work.freed_lru_pages - freed_before < FILL_PAGES) {
        direct_reclaim_begin(direct, &bench->reclaim, &bench->task, &node->zonelists[2], 0,
                             GFP_HIGHUSER_MOVABLE);
        if (direct_reclaim_step(direct, &bench->reclaim, &bench->task) != STEP_DONE)
            fail("direct reclaim waits");
    }
    bench->task.flags = 0;
    return bench->machine.work.freed_lru_pages - freed_before;
}

struct result {
    double add_ns;
    double reclaim_ns;
};

static void keep_best(double *best, uint64_t ns, uint64_t pages)
{
    double each = (double)ns / (double)pages;

    if (*best == 0 || each < *best)
        *best = each;
}

static void free_swap(struct bench *bench)
{
    while (bench->nr_swapped > 0)
        swap_free(&bench->reclaim, bench->swapped[--bench->nr_swapped]);
}

/* One machine filled and emptied again and again: the tables are warm after the first time. */
static struct result bench_pages(bool anon)
{
    struct result result = {0};
    struct address_space *mapping;
    struct bench bench;

    boot(&bench);
    mapping = address_space_create(&bench.reclaim, 0);
    if (!mapping)
        fail("out of memory");
    for (unsigned repeat = 0; repeat < REPEATS; repeat++) {
        uint64_t begin = cpu_time_ns();
        uint64_t middle, pages;

        if (anon)
            add_anon_pages(&bench);
        else
            add_file_pages(&bench, mapping);
        middle = cpu_time_ns();
        pages = reclaim_all(&bench);
        keep_best(&result.add_ns, middle - begin, FILL_PAGES);
        keep_best(&result.reclaim_ns, cpu_time_ns() - middle, pages);
        free_swap(&bench);
    }
    end(&bench);
    return result;
}

int main(void)
{
    struct result file = bench_pages(false);
    struct result anon = bench_pages(true);

    printf("{\"file_add_ns\":%.2f,\"file_reclaim_ns\":%.2f,\"anon_add_ns\":%.2f,"
           "\"anon_reclaim_ns\":%.2f}\n",
           file.add_ns, file.reclaim_ns, anon.add_ns, anon.reclaim_ns);
    return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

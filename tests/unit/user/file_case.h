/* SPDX-License-Identifier: MIT */
/* Reading, writing and faulting single files in a small world. */
#ifndef TESTS_UNIT_USER_FILE_CASE_H
#define TESTS_UNIT_USER_FILE_CASE_H

#include "lib/test.h"
#include "lib/user_builder.h"

enum { FILE_PAGES = 8000, SEEK_NS = 5000000, PAGE_NS = 50000 };

/* Two CPUs; file 0 on a disk, file 1 on a synchronous one, file 2 in memory only. */
static inline struct user_world *file_world_of(uint64_t mib)
{
    static const struct backing_dev_spec devices[] = {
        {"disk", 128, 128, 0, SEEK_NS, PAGE_NS},
        {.name = "fast", .nr_requests = 128, .max_request_pages = 128},
    };
    static const struct file_spec files[] = {
        {"disk-file", FILE_PAGES, 0, 0, WRITEPAGE_WRITES},
        {"fast-file", FILE_PAGES, 1, 0, WRITEPAGE_WRITES},
        {"memory-file", FILE_PAGES, 1, FILE_PAGES, WRITEPAGE_NONE},
    };

    return user_world_boot(&(struct user_world_spec){
        .mib = mib,
        .nr_cpus = 2,
        .devices = devices,
        .nr_devices = 2,
        .files = files,
        .nr_files = 3,
    });
}

static inline struct user_world *file_world(void)
{
    return file_world_of(64);
}

/* The disk's queue gets `nr` requests of one page each. */
static inline void narrow_queue(struct user_world *world, uint32_t nr)
{
    struct backing_dev_spec narrow = world->reclaim.devices[0].spec;

    narrow.nr_requests = nr;
    narrow.max_request_pages = 1;
    backing_dev_change(&world->reclaim.devices[0], &narrow);
}

static inline enum step step_read(struct user_world *world, struct test_task *task, void *context)
{
    return file_read_step(context, &world->user, &task->user);
}

static inline enum step step_write(struct user_world *world, struct test_task *task, void *context)
{
    return file_write_step(context, &world->user, &task->user);
}

static inline enum step step_fault(struct user_world *world, struct test_task *task, void *context)
{
    return file_page_step(context, &world->user, &task->user);
}

/* One read() of some pages; returns those that could not be had. */
static inline uint64_t read_pages(struct user_world *world, struct test_task *task, unsigned file,
                                  uint64_t index, uint64_t nr)
{
    struct file_io io = {0};

    file_read_begin(&io, &world->user.files[file], index, nr);
    user_world_run(world, task, step_read, &io);
    expect_sound_world(world);
    return io.failed;
}

static inline uint64_t write_pages(struct user_world *world, struct test_task *task, unsigned file,
                                   uint64_t index, uint64_t nr)
{
    struct file_io io = {0};

    file_write_begin(&io, &world->user.files[file], index, nr);
    user_world_run(world, task, step_write, &io);
    expect_sound_world(world);
    return io.failed;
}

/* A page fault; the page is let go at once. */
static inline struct file_page fault_page(struct user_world *world, struct test_task *task,
                                          unsigned file, uint64_t index)
{
    struct file_page get = {0};

    file_fault_begin(&get, &world->user.files[file], index);
    user_world_run(world, task, step_fault, &get);
    if (!pfn_is_none(get.page))
        put_page(&world->reclaim, get.page, task->task.cpu);
    expect_sound_world(world);
    return get;
}

static inline pfn_t cached_page(const struct user_world *world, unsigned file, uint64_t index)
{
    return find_cached_page(&world->user.files[file], index);
}

static inline struct frame *cached_frame(const struct user_world *world, unsigned file,
                                         uint64_t index)
{
    pfn_t page = cached_page(world, file, index);

    ck_assert_msg(!pfn_is_none(page), "page %llu is not cached", (unsigned long long)index);
    return page_frame(&world->reclaim, page);
}

static inline uint64_t free_pages_of(const struct user_world *world)
{
    const struct machine *machine = &world->machine;
    int64_t pages = machine_page_state_exact(machine, NR_FREE_PAGES);

    for (uint32_t i = 0; i < machine->nr_zones; i++)
        pages += (int64_t)zone_pcp_pages(machine, &machine->zones[i]);
    return (uint64_t)pages;
}

/* Exactly the pages [from, end) of the file's first 8000 are cached. */
static inline void expect_cached(const struct user_world *world, unsigned file, uint64_t from,
                                 uint64_t end)
{
    for (uint64_t i = 0; i < FILE_PAGES; i++)
        ck_assert_msg(pfn_is_none(cached_page(world, file, i)) == (i < from || i >= end),
                      "page %llu", (unsigned long long)i);
}

/* The page leaves the cache; `reclaimed`: as if reclaim had taken it. */
static inline void evict(struct user_world *world, unsigned file, uint64_t index, bool reclaimed)
{
    pfn_t page = cached_page(world, file, index);

    lru_add_drain(&world->reclaim, 0);
    remove_from_page_cache(&world->reclaim, page, reclaimed, 0);
    put_page(&world->reclaim, page, 0);
}

/* Allocates what is free and makes the task one whose requests fail then. */
static inline void exhaust_memory(struct user_world *world, struct test_task *task)
{
    struct alloc_request request;

    task->task.flags = TASK_TIF_MEMDIE;
    do {
        alloc_request_init(&request, &world->machine, &task->task, GFP_HIGHUSER_MOVABLE, 0, -1);
        ck_assert_int_eq(alloc_request_step(&world->machine, &request), STEP_DONE);
    } while (!pfn_is_none(request.page));
}

#endif

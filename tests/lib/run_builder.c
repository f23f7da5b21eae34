/* SPDX-License-Identifier: MIT */
/* Run specs for tests. */
#include "lib/run_builder.h"

#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "lib/test.h"

/* ---- the source ---- */

static struct list_source *list_of(struct trace_source *source)
{
    return (struct list_source *)source;
}

static enum trace_next list_next(struct trace_source *source, struct trace_record *ret_record,
                                 struct sim_error *err)
{
    struct list_source *list = list_of(source);

    if (list->next < list->records.count) {
        *ret_record = list->records.items[list->next++];
        return TRACE_RECORD;
    }
    if (!list->ends_in_error)
        return TRACE_END;
    sim_error_set(err, ERR_TRACE_CHECKSUM, "broken for the test");
    return TRACE_ERROR;
}

static void list_rewind(struct trace_source *source)
{
    list_of(source)->next = 0;
}

static uint64_t list_count(const struct trace_source *source)
{
    return ((const struct list_source *)source)->records.count;
}

static void list_destroy(struct trace_source *source)
{
    vec_fini(&list_of(source)->records);
}

static const struct trace_source_ops list_ops = {
    .kind = "list",
    .next = list_next,
    .rewind = list_rewind,
    .count = list_count,
    .destroy = list_destroy,
};

uint32_t add_task(struct list_source *source, const char *task, int32_t cpu)
{
    ck_assert_uint_lt(source->head.nr_tasks, RUN_TASKS_MAX);
    source->tasks[source->head.nr_tasks] = (struct trace_task){.name = task, .cpu = cpu};
    return source->head.nr_tasks++;
}

struct list_source *run_add_source(struct run_builder *rb, const char *task, int32_t cpu)
{
    struct list_source *list = &rb->lists[rb->spec.nr_sources];

    ck_assert_uint_lt(rb->spec.nr_sources, RUN_SOURCES_MAX);
    *list = (struct list_source){.head = {.ops = &list_ops, .tasks = list->tasks}};
    rb->sources[rb->spec.nr_sources++] = &list->head;
    add_task(list, task, cpu);
    return list;
}

struct trace_record *add_op(struct list_source *source, uint64_t time_ns, enum trace_op op,
                            uint64_t id)
{
    struct trace_record record = {
        .time_ns = time_ns, .id = id, .op = (uint8_t)op, .node = -1, .line = 1};

    ck_assert(vec_push(&source->records, record));
    return &source->records.items[source->records.count - 1];
}

struct trace_record *add_alloc(struct list_source *source, uint64_t time_ns, uint64_t id,
                               unsigned order, uint32_t gfp)
{
    struct trace_record *record = add_op(source, time_ns, TRACE_ALLOC_PAGES, id);

    record->order = (uint8_t)order;
    record->gfp = gfp;
    return record;
}

struct trace_record *add_free(struct list_source *source, uint64_t time_ns, uint64_t id)
{
    return add_op(source, time_ns, TRACE_FREE_PAGES, id);
}

struct trace_record *add_part(struct list_source *source, uint64_t time_ns, uint64_t id,
                              uint32_t part, unsigned order)
{
    struct trace_record *record = add_op(source, time_ns, TRACE_FREE_PART, id);

    record->part = part;
    record->order = (uint8_t)order;
    return record;
}

/* ---- scripts ---- */

struct task_spec *run_add_task(struct run_builder *rb, const char *name, int32_t cpu)
{
    struct task_spec *task = &rb->tasks[rb->spec.nr_tasks];

    ck_assert_uint_lt(rb->spec.nr_tasks, RUN_TASKS_MAX);
    *task = (struct task_spec){.name = name, .cpu = cpu, .steps = rb->steps[rb->spec.nr_tasks++]};
    return task;
}

static struct step_spec *add_step(struct task_spec *task, enum step_op op)
{
    struct step_spec *steps = (struct step_spec *)(uintptr_t)task->steps;
    struct step_spec *step = &steps[task->nr_steps++];

    ck_assert_uint_le(task->nr_steps, RUN_STEPS_MAX);
    *step = (struct step_spec){.op = (uint8_t)op, .record = {.node = -1}};
    return step;
}

struct step_spec *step_alloc(struct task_spec *task, uint64_t id, uint64_t count, unsigned order,
                             uint32_t gfp)
{
    struct step_spec *step = add_step(task, STEP_RECORD);

    step->record.op = TRACE_ALLOC_PAGES;
    step->record.id = id;
    step->record.order = (uint8_t)order;
    step->record.gfp = gfp;
    step->count = count;
    return step;
}

struct step_spec *step_free(struct task_spec *task, uint64_t id, uint64_t count, uint64_t every)
{
    struct step_spec *step = add_step(task, STEP_RECORD);

    step->record.op = TRACE_FREE_PAGES;
    step->record.id = id;
    step->count = count;
    step->every = every;
    return step;
}

struct step_spec *step_sleep(struct task_spec *task, uint64_t duration_ns)
{
    struct step_spec *step = add_step(task, STEP_SLEEP);

    step->duration_ns = duration_ns;
    return step;
}

struct step_spec *step_until(struct task_spec *task, uint64_t time_ns)
{
    struct step_spec *step = add_step(task, STEP_UNTIL);

    step->record.time_ns = time_ns;
    return step;
}

struct step_spec *step_loop(struct task_spec *task, uint64_t count, uint32_t nr_steps)
{
    struct step_spec *step = add_step(task, STEP_LOOP);

    step->count = count;
    step->nr_steps = nr_steps;
    return step;
}

struct step_spec *step_exit(struct task_spec *task)
{
    return add_step(task, STEP_EXIT);
}

struct user_op_spec *step_user(struct task_spec *task, enum user_op op)
{
    struct step_spec *step = add_step(task, STEP_USER);

    step->user = (struct user_op_spec){.op = (uint8_t)op, .block_pages = 16};
    return &step->user;
}

struct user_op_spec *step_anon(struct task_spec *task, uint32_t region, uint64_t pages)
{
    struct user_op_spec *user = step_user(task, USER_ANON);

    user->region = region;
    user->nr_pages = pages;
    if (task->nr_regions <= region)
        task->nr_regions = region + 1;
    return user;
}

struct user_op_spec *step_touch(struct task_spec *task, uint32_t region, bool write)
{
    struct user_op_spec *user = step_user(task, USER_TOUCH);

    user->region = region;
    user->write = write;
    return user;
}

struct user_op_spec *step_read(struct task_spec *task, uint32_t file)
{
    struct user_op_spec *user = step_user(task, USER_READ);

    user->file = file;
    return user;
}

struct user_op_spec *step_fork(struct task_spec *task, uint32_t child)
{
    struct user_op_spec *user = step_user(task, USER_FORK);

    user->child = child;
    return user;
}

/* ---- devices and files ---- */

uint32_t run_add_device(struct run_builder *rb, uint64_t seek_ns, uint64_t page_ns)
{
    static const char *const names[] = {"disk0", "disk1"};
    uint32_t index = (uint32_t)rb->spec.nr_devices++;

    ck_assert_uint_lt(index, 2);
    rb->devices[index] = (struct backing_dev_spec){
        .name = names[index],
        .nr_requests = 128,
        .max_request_pages = 128,
        .seek_ns = seek_ns,
        .page_ns = page_ns,
    };
    rb->spec.devices = rb->devices;
    return index;
}

void run_add_cache(struct run_builder *rb)
{
    rb->caches[0] = (struct cache_spec){
        .name = "cache0", .objects_per_page = 10, .seeks = 2, .flags = SLAB_RECLAIM_ACCOUNT};
    rb->spec.caches = rb->caches;
    rb->spec.nr_caches = 1;
}

void run_add_swap(struct run_builder *rb, uint32_t device, uint64_t pages)
{
    ck_assert_uint_lt(rb->spec.nr_swaps, 2);
    rb->swaps[rb->spec.nr_swaps++] =
        (struct swap_spec){.backing_dev = device, .pages = pages, .priority = -1};
    rb->spec.swaps = rb->swaps;
}

uint32_t run_add_file(struct run_builder *rb, uint32_t device, uint64_t pages)
{
    static const char *const names[RUN_FILES_MAX] = {"file0", "file1", "file2", "file3"};
    uint32_t index = (uint32_t)rb->spec.nr_files++;
    uint64_t first_page = 1 << 18;

    ck_assert_uint_lt(index, RUN_FILES_MAX);
    for (uint32_t i = 0; i < index; i++)
        first_page += rb->files[i].pages;
    rb->files[index] = (struct file_spec){
        .name = names[index],
        .pages = pages,
        .device = device,
        .first_sector_page = first_page,
        .writepage = WRITEPAGE_WRITES,
    };
    rb->spec.files = rb->files;
    return index;
}

/* ---- the run ---- */

/* ---- the run ---- */

void run_builder_init(struct run_builder *rb, uint64_t pages)
{
    struct machine_spec *machine = &rb->spec.machine;

    *rb = (struct run_builder){
        .memory = {{.start_pfn = 0, .end_pfn = pages, .nid = 0}},
        .spec =
            {
                .kernel = "linux-2.6.24",
                .name = "test",
                .seed = 1,
                .tick_ns = 100 * NSEC_PER_MSEC,
                .tasks = rb->tasks,
                .sources = rb->sources,
                .costs =
                    {
                        .alloc_ns = RUN_ALLOC_NS,
                        .free_ns = RUN_FREE_NS,
                        .slow_path_ns = RUN_SLOW_PATH_NS,
                        .direct_reclaim_ns = RUN_DIRECT_RECLAIM_NS,
                        .kswapd_round_ns = RUN_KSWAPD_ROUND_NS,
                        .out_of_memory_ns = RUN_OOM_NS,
                        .sysctl_ns = RUN_SYSCTL_NS,
                    },
            },
        .output = {.name = "test output", .events = true, .tool_version = "test"},
    };
    machine_spec_init(machine, false);
    machine->memory = rb->memory;
    machine->nr_memory = 1;
    machine->stat_threshold = 0;
    machine->vm.min_free_kbytes_auto = false;
    machine->vm.min_free_kbytes = 1024;
    rb->stream = tmpfile();
    ck_assert_ptr_nonnull(rb->stream);
    rb->output.stream = rb->stream;
}

void run_builder_fini(struct run_builder *rb)
{
    simulation_destroy(rb->sim);
    for (size_t i = 0; i < rb->spec.nr_sources; i++)
        trace_source_destroy(rb->sources[i]);
    fclose(rb->stream);
    free(rb->lines);
}

void run_start(struct run_builder *rb)
{
    rb->sim = simulation_create(&rb->spec, &rb->output, &rb->err);
    ck_assert_msg(rb->sim != NULL, "%s", rb->err.message);
}

void run_to_end(struct run_builder *rb)
{
    ck_assert_msg(simulation_run(rb->sim, &rb->err), "%s", rb->err.message);
    run_flush(rb);
}

enum simulation_step run_until(struct run_builder *rb, uint64_t time_ns)
{
    enum simulation_step step = SIMULATION_MORE;

    while (step == SIMULATION_MORE && simulation_progress(rb->sim).now_ns < time_ns)
        step = simulation_step(rb->sim, &rb->err);
    return step;
}

void run_flush(struct run_builder *rb)
{
    run_read_stream(rb->stream, &rb->lines, &rb->size);
}

void run_read_stream(FILE *stream, char **text, size_t *ret_size)
{
    long end = ftell(stream);
    char *bytes = realloc(*text, (size_t)end + 1);

    ck_assert_ptr_nonnull(bytes);
    rewind(stream);
    ck_assert_uint_eq(fread(bytes, 1, (size_t)end, stream), (size_t)end);
    ck_assert_int_eq(fseek(stream, end, SEEK_SET), 0);
    bytes[end] = '\0';
    *text = bytes;
    *ret_size = (size_t)end;
}

unsigned count_text(const struct run_builder *rb, const char *text)
{
    unsigned count = 0;

    for (const char *at = rb->lines; (at = strstr(at, text)); at += strlen(text))
        count++;
    return count;
}

uint64_t free_pages_of(const struct run_builder *rb)
{
    const struct machine *machine = simulation_machine(rb->sim);
    uint64_t pages = 0;

    for (uint32_t i = 0; i < machine->nr_zones; i++) {
        const struct zone *zone = &machine->zones[i];

        pages += zone_populated(zone) ? zone_pcp_pages(machine, zone) : 0;
        for (unsigned order = 0; order < MAX_ORDER; order++)
            pages += zone->nr_free[order] << order;
    }
    return pages;
}

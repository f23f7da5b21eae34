/* SPDX-License-Identifier: MIT */
/* Open-loop arrivals and the frees that follow from them. */
#include "trace/generator.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/vec.h"

enum { NR_ORDERS = 11 };

/* A block that waits for its end. */
struct pending_free {
    uint64_t time_ns;
    uint64_t id; /* rises with the allocations: decides between equal times */
    bool order_0;
};

struct generator {
    struct trace_source source;
    struct trace_task task;
    char *name;
    struct generator_spec spec;
    uint64_t seed;
    uint64_t weight_total;
    struct sampler gap, count, lifetime, size;

    struct rng rng;
    uint64_t on_time_ns;  /* of the coming arrival, counted in on-phases from start_ns */
    uint64_t arrival_ns;  /* the same on the run's clock; UINT64_MAX: no more */
    uint64_t now_ns;      /* time of the arrival that is being handed out */
    uint64_t blocks_left; /* of it */
    uint64_t live_blocks;
    uint64_t next_id;
    bool failed;                   /* no host memory: stays so */
    VEC(struct pending_free) heap; /* binary, earliest first */
};

static struct generator *of(struct trace_source *source)
{
    return (struct generator *)source;
}

static bool earlier(const struct pending_free *a, const struct pending_free *b)
{
    return a->time_ns != b->time_ns ? a->time_ns < b->time_ns : a->id < b->id;
}

static bool heap_push(struct generator *gen, struct pending_free entry)
{
    size_t at = gen->heap.count;

    if (!vec_push(&gen->heap, entry))
        return false;
    while (at > 0 && earlier(&entry, &gen->heap.items[(at - 1) / 2])) {
        gen->heap.items[at] = gen->heap.items[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    gen->heap.items[at] = entry;
    return true;
}

static struct pending_free heap_pop(struct generator *gen)
{
    struct pending_free first = gen->heap.items[0];
    struct pending_free last = gen->heap.items[--gen->heap.count];
    size_t at = 0, child;

    while ((child = 2 * at + 1) < gen->heap.count) {
        if (child + 1 < gen->heap.count &&
            earlier(&gen->heap.items[child + 1], &gen->heap.items[child]))
            child++;
        if (!earlier(&gen->heap.items[child], &last))
            break;
        gen->heap.items[at] = gen->heap.items[child];
        at = child;
    }
    if (gen->heap.count > 0)
        gen->heap.items[at] = last;
    return first;
}

/* Draws the gap and sets the coming arrival. */
static void draw_arrival(struct generator *gen)
{
    const struct generator_spec *spec = &gen->spec;
    uint64_t cycle_ns, cycles_ns, time_ns;

    gen->arrival_ns = UINT64_MAX;
    if (__builtin_add_overflow(gen->on_time_ns, sampler_draw(&gen->gap, &gen->rng),
                               &gen->on_time_ns)) {
        gen->on_time_ns = UINT64_MAX;
        return;
    }
    time_ns = gen->on_time_ns;
    if (spec->burst_on_ns > 0) {
        cycle_ns = spec->burst_on_ns + spec->burst_off_ns;
        if (__builtin_mul_overflow(time_ns / spec->burst_on_ns, cycle_ns, &cycles_ns) ||
            __builtin_add_overflow(cycles_ns, time_ns % spec->burst_on_ns, &time_ns))
            return;
    }
    if (!__builtin_add_overflow(spec->start_ns, time_ns, &time_ns) && time_ns < spec->end_ns)
        gen->arrival_ns = time_ns;
}

static unsigned draw_order(struct generator *gen)
{
    uint64_t ticket;
    unsigned order = 0;

    if (!trace_op_allocates_pages((enum trace_op)gen->spec.op))
        return 0;
    ticket = rng_below(&gen->rng, gen->weight_total);
    while (ticket >= gen->spec.order_weight[order])
        ticket -= gen->spec.order_weight[order++];
    return order;
}

static uint64_t draw_size(struct generator *gen)
{
    return trace_op_has_size((enum trace_op)gen->spec.op) ? sampler_draw(&gen->size, &gen->rng) : 0;
}

static void free_record(struct generator *gen, struct trace_record *ret_record)
{
    struct pending_free entry = heap_pop(gen);

    gen->live_blocks--;
    *ret_record = (struct trace_record){
        .time_ns = entry.time_ns,
        .id = entry.id,
        .node = TRACE_BY_POLICY,
        .op = (uint8_t)(gen->spec.cold && entry.order_0
                            ? TRACE_FREE_COLD_PAGE
                            : trace_op_free_of((enum trace_op)gen->spec.op)),
    };
}

/* One block of the arrival at now_ns; false: dropped by the limit, or no host memory (failed). */
static bool alloc_record(struct generator *gen, struct trace_record *ret_record)
{
    const struct generator_spec *spec = &gen->spec;
    enum trace_op op = (enum trace_op)spec->op;
    bool for_ever =
        spec->lifetime_ns.kind == DIST_CONSTANT && spec->lifetime_ns.value == UINT64_MAX;
    /* drawn also for a block that is dropped: the limit does not shift the other numbers */
    unsigned order = draw_order(gen);
    uint64_t lifetime_ns = sampler_draw(&gen->lifetime, &gen->rng);
    uint64_t size_bytes = draw_size(gen);
    struct pending_free entry = {.id = gen->next_id,
                                 .order_0 = order == 0 && trace_op_allocates_pages(op)};

    gen->blocks_left--;
    if (spec->max_live_blocks > 0 && gen->live_blocks >= spec->max_live_blocks)
        return false;
    if (!for_ever && !__builtin_add_overflow(gen->now_ns, lifetime_ns, &entry.time_ns) &&
        !heap_push(gen, entry)) {
        gen->failed = true;
        return false;
    }
    gen->live_blocks++;
    *ret_record = (struct trace_record){
        .time_ns = gen->now_ns,
        .id = gen->next_id++,
        .gfp = spec->gfp,
        .node =
            op == TRACE_ALLOC_PAGES || !trace_op_allocates_pages(op) ? spec->node : TRACE_BY_POLICY,
        .op = spec->op,
        .order = (uint8_t)order,
    };
    if (op == TRACE_KMEM_CACHE_ALLOC)
        ret_record->cache = spec->cache;
    else
        ret_record->size_bytes = size_bytes;
    return true;
}

static enum trace_next generator_next(struct trace_source *source, struct trace_record *ret_record,
                                      struct sim_error *err)
{
    struct generator *gen = of(source);

    for (;;) {
        if (gen->failed) {
            sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for the live blocks of %s", gen->name);
            return TRACE_ERROR;
        }
        if (gen->blocks_left > 0) {
            if (alloc_record(gen, ret_record))
                return TRACE_RECORD;
        } else if (gen->heap.count > 0 && gen->heap.items[0].time_ns <= gen->arrival_ns) {
            free_record(gen, ret_record);
            return TRACE_RECORD;
        } else if (gen->arrival_ns != UINT64_MAX) {
            gen->now_ns = gen->arrival_ns;
            gen->blocks_left = sampler_draw(&gen->count, &gen->rng);
            draw_arrival(gen);
        } else {
            return TRACE_END;
        }
    }
}

static void generator_rewind(struct trace_source *source)
{
    struct generator *gen = of(source);

    rng_init(&gen->rng, gen->seed, gen->name);
    gen->on_time_ns = gen->now_ns = gen->blocks_left = gen->live_blocks = gen->next_id = 0;
    gen->failed = false;
    gen->heap.count = 0;
    draw_arrival(gen);
}

static uint64_t generator_count(const struct trace_source *source)
{
    (void)source;
    return 0;
}

static void generator_destroy(struct trace_source *source)
{
    struct generator *gen = of(source);

    sampler_fini(&gen->gap);
    sampler_fini(&gen->count);
    sampler_fini(&gen->lifetime);
    sampler_fini(&gen->size);
    vec_fini(&gen->heap);
    free(gen->name);
    free(gen);
}

static const struct trace_source_ops generator_ops = {
    .kind = "generator",
    .next = generator_next,
    .rewind = generator_rewind,
    .count = generator_count,
    .destroy = generator_destroy,
};

static bool check_spec(const struct generator_spec *spec, struct sim_error *err)
{
    uint64_t weight_above_0 = 0, cycle_ns;

    if (!distribution_check(&spec->gap_ns, "gap", err) ||
        !distribution_check(&spec->count, "count", err) ||
        !distribution_check(&spec->lifetime_ns, "lifetime", err) ||
        !distribution_check(&spec->size_bytes, "size", err))
        return false;
    if (distribution_max(&spec->gap_ns) == 0)
        return sim_error_set(err, ERR_BAD_DISTRIBUTION, "gap: time between arrivals is always 0");
    if (spec->start_ns > spec->end_ns)
        return sim_error_set(err, ERR_BAD_DISTRIBUTION, "the start is after the end");
    if (__builtin_add_overflow(spec->burst_on_ns, spec->burst_off_ns, &cycle_ns))
        return sim_error_set(err, ERR_BAD_DISTRIBUTION, "the on/off cycle is above 2^64 ns");
    if (spec->op >= NR_TRACE_OPS || !trace_op_allocates((enum trace_op)spec->op))
        return sim_error_set(err, ERR_BAD_DISTRIBUTION, "the operation does not allocate");
    if (!trace_op_allocates_pages((enum trace_op)spec->op))
        return true;
    for (unsigned order = 1; order < NR_ORDERS; order++)
        weight_above_0 += spec->order_weight[order];
    if (weight_above_0 + spec->order_weight[0] == 0)
        return sim_error_set(err, ERR_BAD_DISTRIBUTION, "no order has a weight");
    if (spec->op == TRACE_GET_ZEROED_PAGE && weight_above_0 > 0)
        return sim_error_set(err, ERR_BAD_DISTRIBUTION, "get_zeroed_page takes order 0 only");
    return true;
}

struct trace_source *generator_create(const struct generator_spec *spec, uint64_t seed,
                                      struct sim_error *err)
{
    struct generator *gen;

    if (!check_spec(spec, err))
        return NULL;
    gen = calloc(1, sizeof(*gen));
    if (!gen)
        goto no_memory;
    gen->spec = *spec;
    gen->seed = seed;
    for (unsigned order = 0; order < NR_ORDERS; order++)
        gen->weight_total += spec->order_weight[order];
    gen->name = strdup(spec->name);
    if (!gen->name || !sampler_init(&gen->gap, &spec->gap_ns) ||
        !sampler_init(&gen->count, &spec->count) ||
        !sampler_init(&gen->lifetime, &spec->lifetime_ns) ||
        !sampler_init(&gen->size, &spec->size_bytes))
        goto no_memory;
    gen->spec.name = gen->name;
    gen->task = (struct trace_task){.name = gen->name, .cpu = spec->cpu};
    gen->source = (struct trace_source){&generator_ops, &gen->task, 1};
    generator_rewind(&gen->source);
    return &gen->source;

no_memory:
    if (gen)
        generator_destroy(&gen->source);
    sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for generator %s", spec->name);
    return NULL;
}

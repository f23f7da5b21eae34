/* SPDX-License-Identifier: MIT */
/* Sizes and orders of slabs, as SLUB and SLAB choose them. */
#include "mm/slab_layout.h"

#include "base/check.h"
#include "base/units.h"
#include "mm/machine.h"

/* Least alignment of objects: that of a long long, on 32-bit machines too. */
enum { MIN_ALIGN = 8 };

/* SLAB's sizes: struct slab and kmem_bufctl_t. */
enum { SLAB_MGMT_64 = 48, SLAB_MGMT_32 = 28, BUFCTL_SIZE = 4 };

/* Kernel: include/linux/slab.h KMALLOC_MAX_ORDER [2.6.24] */
enum { KMALLOC_MAX_ORDER = 10 };

#define SMALL_MACHINE_PAGES ((UINT64_C(32) << 20) / PAGE_SIZE)

struct slab_rules slab_rules_of(const struct machine *machine)
{
    const struct kernel_params *params = &machine->params;
    uint64_t pages = 0;

    for (unsigned nid = 0; nid < machine->nr_nodes; nid++)
        pages += machine->nodes[nid].present_pages;
    return (struct slab_rules){
        .slab = params->slab,
        .small_machine = pages <= SMALL_MACHINE_PAGES,
        .word_size = machine->highmem ? 4 : 8,
        .cache_line = params->cache_line_size,
        .min_objects = params->slub_min_objects,
        .min_order = params->slub_min_order,
        .max_order = params->slub_max_order,
    };
}

static uint32_t round_up(uint32_t value, uint32_t align)
{
    return (value + align - 1) & ~(align - 1);
}

static uint32_t max_u32(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

/* Position of the highest bit, from 1; 0 for none. */
static unsigned fls(uint64_t value)
{
    return value ? 64 - (unsigned)__builtin_clzll(value) : 0;
}

/* ---- SLUB ---- */

/* Kernel: mm/slub.c slab_order() [2.6.24] */
static unsigned slab_order(const struct slab_rules *rules, uint64_t size, uint64_t min_objects,
                           unsigned max_order, unsigned fraction)
{
    unsigned bits = fls(min_objects * size - 1);
    unsigned order = bits > PAGE_SHIFT ? bits - PAGE_SHIFT : 0;

    for (order = max_u32(order, rules->min_order); order <= max_order; order++) {
        uint64_t slab_size = PAGE_SIZE << order;

        if (slab_size >= min_objects * size && slab_size % size <= slab_size / fraction)
            break;
    }
    return order;
}

/* Above MAX_ORDER: there is none. Kernel: mm/slub.c calculate_order() [2.6.24] */
static unsigned calculate_order(const struct slab_rules *rules, uint32_t size)
{
    unsigned max_order = rules->max_order;
    unsigned order;

    for (uint32_t objects = rules->min_objects; objects > 1; objects /= 2) {
        for (unsigned fraction = 8; fraction >= 4; fraction /= 2) {
            order = slab_order(rules, size, objects, max_order, fraction);
            if (order <= max_order)
                return order;
        }
    }
    order = slab_order(rules, size, 1, max_order, 1);
    if (order <= max_order)
        return order;
    return slab_order(rules, size, 1, MAX_ORDER, 1);
}

static bool slub_layout(struct slab_layout *layout, const struct slab_rules *rules,
                        uint32_t object_size, uint32_t align, uint32_t flags)
{
    uint32_t size = round_up(object_size, rules->word_size);
    unsigned order;

    size = round_up(size, slab_alignment(rules, flags, align, object_size));
    order = calculate_order(rules, size);
    if (order > MAX_ORDER)
        return false;
    *layout = (struct slab_layout){
        .size = size,
        .objects = (uint32_t)((PAGE_SIZE << order) / size),
        .order = (uint8_t)order,
    };
    return layout->objects > 0;
}

/* ---- SLAB ---- */

struct slab_estimate {
    uint64_t objects;
    uint64_t left_over;
};

/* Kernel: mm/slab.c cache_estimate(), slab_mgmt_size() [2.6.24] */
static struct slab_estimate cache_estimate(const struct slab_rules *rules, unsigned order,
                                           uint32_t size, uint32_t align, bool off_slab)
{
    uint32_t struct_slab = rules->word_size == 4 ? SLAB_MGMT_32 : SLAB_MGMT_64;
    uint64_t bytes = PAGE_SIZE << order;
    uint64_t objects;
    uint64_t management;

    if (off_slab)
        return (struct slab_estimate){bytes / size, bytes % size};
    objects = (bytes - struct_slab) / (size + BUFCTL_SIZE);
    management = round_up((uint32_t)(struct_slab + objects * BUFCTL_SIZE), align);
    if (management + objects * size > bytes)
        management = round_up((uint32_t)(struct_slab + --objects * BUFCTL_SIZE), align);
    return (struct slab_estimate){objects, bytes - objects * size - management};
}

/*
 * Kernel: mm/slab.c calculate_slab_order() [2.6.24]
 * DEVIATION: management off the slab takes no memory of its own.
 */
static bool slab_layout(struct slab_layout *layout, const struct slab_rules *rules,
                        uint32_t object_size, uint32_t align, uint32_t flags)
{
    uint32_t ralign = slab_alignment(rules, flags, align, object_size);
    uint32_t size = round_up(object_size, rules->word_size);
    uint32_t struct_slab = rules->word_size == 4 ? SLAB_MGMT_32 : SLAB_MGMT_64;
    bool off_slab = size >= PAGE_SIZE >> 3;

    size = round_up(size, ralign);
    *layout = (struct slab_layout){.size = size};
    for (unsigned order = 0; order <= KMALLOC_MAX_ORDER; order++) {
        struct slab_estimate estimate = cache_estimate(rules, order, size, ralign, off_slab);

        if (estimate.objects == 0)
            continue;
        if (off_slab && estimate.objects > (size - struct_slab) / BUFCTL_SIZE)
            break;
        layout->objects = (uint32_t)estimate.objects;
        layout->order = (uint8_t)order;
        if (flags & SLAB_RECLAIM_ACCOUNT || order >= (rules->small_machine ? 0u : 1u) ||
            estimate.left_over * 8 <= PAGE_SIZE << order)
            break;
    }
    return layout->objects > 0;
}

/* ---- both ---- */

static uint32_t slab_alignment_of_slab(const struct slab_rules *rules, uint32_t flags,
                                       uint32_t align, uint32_t object_size)
{
    uint32_t size = round_up(object_size, rules->word_size);
    uint32_t line = rules->cache_line;

    if (!(flags & SLAB_HWCACHE_ALIGN))
        return max_u32(rules->word_size, align);
    while (size <= line / 2)
        line /= 2;
    return max_u32(line, align);
}

uint32_t slab_alignment(const struct slab_rules *rules, uint32_t flags, uint32_t align,
                        uint32_t object_size)
{
    if (rules->slab)
        return slab_alignment_of_slab(rules, flags, align, object_size);
    if (flags & SLAB_HWCACHE_ALIGN && object_size > rules->cache_line / 2)
        return max_u32(align, rules->cache_line);
    return align < MIN_ALIGN ? MIN_ALIGN : round_up(align, rules->word_size);
}

bool slab_layout_init(struct slab_layout *layout, const struct slab_rules *rules,
                      uint32_t object_size, uint32_t align, uint32_t flags)
{
    SIM_ASSERT(object_size > 0 && object_size <= KMALLOC_MAX_SIZE && !(align & (align - 1)));
    if (rules->slab)
        return slab_layout(layout, rules, object_size, align, flags);
    return slub_layout(layout, rules, object_size, align, flags);
}

/* SPDX-License-Identifier: MIT */
/* Where each architecture has its vmalloc space. */
#include "base/units.h"
#include "mm/vmalloc.h"

/* Kernel: include/asm-x86/pgtable_64.h VMALLOC_START, VMALLOC_END [2.6.24] */
static const struct vmalloc_layout x86_64 = {
    .start = UINT64_C(0xffffc20000000000),
    .end = UINT64_C(0xffffe1ffffffffff),
    .pointer_bytes = 8,
    .descriptor_bytes = 56,
    .page_table = {.nr_levels = 3, .shift = {39, 30, 21}},
};

#define I386_PAGE_OFFSET    UINT64_C(0xc0000000)
#define I386_VMALLOC_OFFSET (UINT64_C(8) << 20)

/*
 * Both ends as boots of that time report them, 0xff7fe000 and with PAE 0xffbfe000.
 * DEVIATION: a PAE kernel built for more than some 30 CPUs (NR_CPUS; 8 unless set) has so many
 * fixed maps that the kmap window, and with it the end, lies 2 MiB lower.
 */
#define I386_VMALLOC_END     UINT64_C(0xff7fe000)
#define I386_VMALLOC_END_PAE UINT64_C(0xffbfe000)
#define I386_PAE_PFN         (UINT64_C(1) << 20)

static uint64_t memory_end(const struct machine_spec *spec)
{
    uint64_t end_pfn = 0;

    for (size_t i = 0; i < spec->nr_memory; i++)
        if (spec->memory[i].end_pfn > end_pfn)
            end_pfn = spec->memory[i].end_pfn;
    return end_pfn;
}

static struct vmalloc_layout i386(const struct machine_spec *spec)
{
    uint64_t end_pfn = memory_end(spec);
    bool pae = end_pfn > I386_PAE_PFN;
    uint64_t low_pfn = end_pfn < spec->zone_end_pfn[1] ? end_pfn : spec->zone_end_pfn[1];
    uint64_t high_memory = I386_PAGE_OFFSET + (low_pfn << PAGE_SHIFT);

    return (struct vmalloc_layout){
        .start = (high_memory + 2 * I386_VMALLOC_OFFSET - 1) & ~(I386_VMALLOC_OFFSET - 1),
        .end = pae ? I386_VMALLOC_END_PAE : I386_VMALLOC_END,
        .pointer_bytes = 4,
        .descriptor_bytes = 28,
        .page_table = {.nr_levels = 1, .shift = {pae ? 21 : 22}},
    };
}

struct vmalloc_layout vmalloc_layout_of(const struct machine_spec *spec)
{
    struct vmalloc_layout layout = spec->highmem ? i386(spec) : x86_64;

    if (spec->vmalloc_bytes > 0)
        layout.end = layout.start + spec->vmalloc_bytes;
    if (layout.end < layout.start)
        layout.end = layout.start;
    return layout;
}

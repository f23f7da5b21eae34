/* SPDX-License-Identifier: MIT */
/* vmalloc() as the kernel writes it: one list, walked from its head, and plain recursion. */
#ifndef TESTS_LIB_SLOW_VMALLOC_H
#define TESTS_LIB_SLOW_VMALLOC_H

#include "mm/slub.h"
#include "mm/vmalloc.h"

struct slow_area {
    struct slow_area *next;
    uint64_t addr;
    uint64_t size;
    pfn_t *pages; /* [nr_pages] */
    uint64_t nr_pages;
    struct slab_object descriptor;
    struct slab_object array;
    uint64_t array_addr; /* 0: `array` */
};

/* On a machine of its own, which it uses through the calls of mm; it never yields. */
struct slow_vmalloc {
    struct machine *machine;
    struct slub *slub;
    struct alloc_caller caller;
    struct vmalloc_layout layout;
    uint64_t num_physpages;
    struct slow_area *vmlist;
    bool *tables[KERNEL_PAGE_TABLE_LEVELS_MAX]; /* by number */
    uint64_t nr_tables[KERNEL_PAGE_TABLE_LEVELS_MAX];
};

void slow_vmalloc_init(struct slow_vmalloc *slow, struct machine *machine, struct slub *slub,
                       struct task *task, const struct machine_spec *spec);
void slow_vmalloc_fini(struct slow_vmalloc *slow);

/* The address, 0 for NULL. */
uint64_t slow_vmalloc(struct slow_vmalloc *slow, uint64_t size_bytes, uint32_t gfp, int nid);
void slow_vfree(struct slow_vmalloc *slow, uint64_t addr);

uint64_t slow_vmalloc_used(const struct slow_vmalloc *slow);
uint64_t slow_vmalloc_largest_chunk(const struct slow_vmalloc *slow);

#endif

/* SPDX-License-Identifier: MIT */
/* The areas of the vmalloc address space in address order, and the holes between them. */
#ifndef SIM_MM_VMLIST_H
#define SIM_MM_VMLIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/vec.h"
#include "mm/frame.h"
#include "mm/kmem_cache.h"

#define VM_AREA_NONE UINT32_MAX

/* Kernel: include/linux/vmalloc.h [2.6.24] */
enum {
    VM_ALLOC = 0x02,
    VM_VPAGES = 0x10, /* the page array is an area, too */
};

/*
 * One area. Its pages are chained through their frames' `next` in the order of the kernel's page
 * array, `last_page` ends the chain: frames in use are on no list, and the host needs no memory.
 * Kernel: include/linux/vmalloc.h struct vm_struct [2.6.24]
 */
struct vm_struct {
    uint64_t addr;
    uint64_t size; /* bytes, with the guard page */
    uint32_t flags;
    uint32_t nr_pages; /* pages that it has */
    pfn_t first_page;
    pfn_t last_page;
    struct slab_object descriptor;
    struct slab_object array; /* without VM_VPAGES */
    uint32_t array_area;      /* with it; VM_AREA_NONE: not there yet */
    uint32_t array_of;        /* it is to be this area's page array, VM_AREA_NONE: of none */

    /* of vmlist.c */
    uint32_t next; /* in address order, VM_AREA_NONE; a spare record: the next one */
    uint32_t prev;
    uint32_t left, right, parent; /* the tree, by address */
    uint64_t priority;            /* no child's is higher */
    uint64_t hole;                /* bytes free in front of it */
    uint64_t largest_hole;        /* in front of it and all below it in the tree */
};

/*
 * The kernel walks one list; here a treap whose nodes know the largest hole below them finds the
 * same hole in O(log areas) expected. Records keep their number while the area exists and move
 * when areas are added: keep numbers, not pointers.
 *
 * Invariants (vmlist_check): areas do not overlap and lie in [start, end); hole and largest_hole
 * are what a recount finds; used_bytes and nr_areas are the sums.
 */
struct vmlist {
    uint64_t start;
    uint64_t end;
    VEC(struct vm_struct) areas; /* by number; some are spare */
    uint32_t spare;
    uint32_t first;
    uint32_t last;
    uint32_t root;
    uint32_t nr_areas;
    uint64_t used_bytes; /* with guard pages */
    uint64_t inserted;   /* so far */
};

/* An empty space [start, end). */
void vmlist_init(struct vmlist *list, uint64_t start, uint64_t end);
void vmlist_fini(struct vmlist *list);

static inline struct vm_struct *vmlist_area(const struct vmlist *list, uint32_t area)
{
    return &list->areas.items[area];
}

/*
 * Takes the lowest hole that `size` bytes (pages and their guard page) fit into, or, in
 * *ret_area, VM_AREA_NONE when none is. False: no host memory, nothing changed.
 * Kernel: mm/vmalloc.c __get_vm_area_node() [2.6.24]
 * DEVIATION: the kernel does not look at the end while the list is empty; after boot it never is.
 */
bool vmlist_insert(struct vmlist *list, uint64_t size, uint32_t *ret_area);

/* Its record stays readable until the next insertion.
 * Kernel: mm/vmalloc.c remove_vm_area() [2.6.24] */
void vmlist_remove(struct vmlist *list, uint32_t area);

/* The area that begins at addr, VM_AREA_NONE. Kernel: mm/vmalloc.c __find_vm_area() [2.6.24] */
uint32_t vmlist_find(const struct vmlist *list, uint64_t addr);

/* Bytes of the largest hole. Kernel: fs/proc/mmu.c get_vmalloc_info() [2.6.24] largest_chunk */
uint64_t vmlist_largest_hole(const struct vmlist *list);

/* Verifies the invariants; O(areas). False and what is wrong in `why`. */
bool vmlist_check(const struct vmlist *list, char *why, size_t why_size);

#endif

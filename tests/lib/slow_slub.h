/* SPDX-License-Identifier: MIT */
/* SLUB as literally as can be: lists are arrays, freelists are stacks of object numbers. */
#ifndef TESTS_LIB_SLOW_SLUB_H
#define TESTS_LIB_SLOW_SLUB_H

#include "mm/kmem_cache.h"

enum { SLOW_SLABS_MAX = 1024, SLOW_CPUS_MAX = 8, SLOW_NODES_MAX = 4, SLOW_NO_SLAB = -1 };

struct slow_slab {
    bool exists;
    bool frozen;
    uint32_t page;
    unsigned nid;
    unsigned inuse;
    unsigned nr_free;
    uint16_t *freelist; /* [objects]; the last one is allocated next */
};

struct slow_cpu {
    int slab; /* index, SLOW_NO_SLAB */
    unsigned nid;
    unsigned nr_free;
    uint16_t *freelist;
};

struct slow_node {
    unsigned nr_partial;
    unsigned nr_slabs;
    int partial[SLOW_SLABS_MAX]; /* slabs, the first one first */
};

/* One cache. Pages come from the model under test and are told to slow_slub_alloc(). */
struct slow_slub {
    unsigned objects;
    unsigned nr_cpus;
    unsigned nr_nodes;
    unsigned looks; /* at other nodes, so far */
    struct slow_slab slabs[SLOW_SLABS_MAX];
    struct slow_cpu cpus[SLOW_CPUS_MAX];
    struct slow_node nodes[SLOW_NODES_MAX];
    bool wanted_page;   /* by the last allocation */
    unsigned discarded; /* slabs that went back, so far */
};

void slow_slub_init(struct slow_slub *slub, unsigned objects, unsigned nr_cpus, unsigned nr_nodes);
void slow_slub_fini(struct slow_slub *slub);

/* Where an allocation comes from and where a new slab would be. */
struct slow_slub_call {
    unsigned cpu;
    int nid;                       /* -1: any */
    bool thisnode;                 /* __GFP_THISNODE */
    unsigned cpu_nid;              /* of the CPU */
    const unsigned *zonelist_nids; /* of the zones that a slab may come from, in order */
    unsigned nr_zonelist;
    pfn_t new_page; /* the page of a new slab, PFN_NONE: there was none */
    unsigned new_nid;
};

/* slab_alloc(). */
struct slab_object slow_slub_alloc(struct slow_slub *slub, const struct slow_slub_call *call);
/* slab_free() of an object that is allocated. */
void slow_slub_free(struct slow_slub *slub, struct slab_object object, unsigned cpu);
/* kmem_cache_shrink(). */
void slow_slub_shrink(struct slow_slub *slub, unsigned cpu);

#endif

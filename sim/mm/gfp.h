/* SPDX-License-Identifier: MIT */
/* GFP masks: the flags of an allocation, what they select, and their text form. */
#ifndef SIM_MM_GFP_H
#define SIM_MM_GFP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* Values as in the kernel. Kernel: include/linux/gfp.h [2.6.24] */
enum {
    GFP_BIT_DMA = 0x1,
    GFP_BIT_HIGHMEM = 0x2,
    GFP_BIT_DMA32 = 0x4,
    GFP_BIT_WAIT = 0x10, /* may sleep */
    GFP_BIT_HIGH = 0x20, /* may use emergency pools */
    GFP_BIT_IO = 0x40,
    GFP_BIT_FS = 0x80,
    GFP_BIT_COLD = 0x100, /* a cache-cold page will do */
    GFP_BIT_NOWARN = 0x200,
    GFP_BIT_REPEAT = 0x400,
    GFP_BIT_NOFAIL = 0x800,
    GFP_BIT_NORETRY = 0x1000,
    GFP_BIT_COMP = 0x4000, /* compound page */
    GFP_BIT_ZERO = 0x8000,
    GFP_BIT_NOMEMALLOC = 0x10000, /* no emergency reserves */
    GFP_BIT_HARDWALL = 0x20000,   /* cpuset hardwall: set in all user allocations */
    GFP_BIT_THISNODE = 0x40000,
    GFP_BIT_RECLAIMABLE = 0x80000,
    GFP_BIT_MOVABLE = 0x100000,
};

enum {
    GFP_NOWAIT = 0,
    GFP_ATOMIC = GFP_BIT_HIGH,
    GFP_NOIO = GFP_BIT_WAIT,
    GFP_NOFS = GFP_BIT_WAIT | GFP_BIT_IO,
    GFP_KERNEL = GFP_BIT_WAIT | GFP_BIT_IO | GFP_BIT_FS,
    GFP_TEMPORARY = GFP_KERNEL | GFP_BIT_RECLAIMABLE,
    GFP_USER = GFP_KERNEL | GFP_BIT_HARDWALL,
    GFP_HIGHUSER = GFP_USER | GFP_BIT_HIGHMEM,
    GFP_HIGHUSER_MOVABLE = GFP_HIGHUSER | GFP_BIT_MOVABLE,
    GFP_THISNODE = GFP_BIT_THISNODE | GFP_BIT_NOWARN | GFP_BIT_NORETRY,
    /* every bit that has a meaning */
    GFP_ALL_BITS = 0x1fdff7,
};

/* Of a caller's mask: how it may wait, where it may look; what no slab may be asked for with.
 * Kernel: include/linux/gfp.h [2.6.24] */
enum {
    GFP_RECLAIM_MASK = GFP_BIT_WAIT | GFP_BIT_HIGH | GFP_BIT_IO | GFP_BIT_FS | GFP_BIT_NOWARN |
                       GFP_BIT_REPEAT | GFP_BIT_NOFAIL | GFP_BIT_NORETRY | GFP_BIT_NOMEMALLOC,
    GFP_CONSTRAINT_MASK = GFP_BIT_HARDWALL | GFP_BIT_THISNODE,
    GFP_SLAB_BUG_MASK = GFP_BIT_DMA32 | GFP_BIT_HIGHMEM,
};

/* Longest text of gfp_format(), with its terminator. */
#define GFP_TEXT_MAX 384

/*
 * "GFP_KERNEL|__GFP_ZERO", "0xd0", "GFP_HIGHUSER_MOVABLE", "0" ... to a mask. Names are those of
 * 2.6.24, composites included (GFP_DMA, GFP_NOFS_PAGECACHE, ...). On failure ERR_BAD_GFP, with a
 * "did you mean" hint for a misspelt name; unknown bits in a number are an error too.
 */
bool gfp_parse(const char *text, size_t length, uint32_t *ret_gfp, struct sim_error *err);

/*
 * The same as a kernel without CONFIG_NUMA reads it: GFP_THISNODE is 0 there, so that it stops
 * neither retries nor the OOM killer. __GFP_THISNODE keeps its bit, which then selects nothing.
 */
bool gfp_parse_uma(const char *text, size_t length, uint32_t *ret_gfp, struct sim_error *err);

/* The shortest text of kernel names that gfp_parse() reads back to the same mask; "0" for none. */
void gfp_format(uint32_t gfp, char text[static GFP_TEXT_MAX]);

#endif

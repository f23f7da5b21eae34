/* SPDX-License-Identifier: MIT */
/* Calls that may not be made: which check of the kernel sees them, and how often one did. */
#ifndef SIM_MM_MISUSE_H
#define SIM_MM_MISUSE_H

#include <stdint.h>

#include "mm/frame.h"

struct machine;

/*
 * Named by the check of a kernel with CONFIG_DEBUG_VM and SLUB debugging that sees it.
 * DEVIATION: the call is refused and nothing else happens, so that the run can go on; the kernel
 * stops at a VM_BUG_ON() and otherwise goes on with memory that may be corrupt.
 */
enum mm_misuse {
    MISUSE_PUT_PAGE_TESTZERO,     /* a free of a page that is free: VM_BUG_ON() */
    MISUSE_GET_PAGE,              /* a reference to a page that is free: VM_BUG_ON() */
    MISUSE_FREE_PAGES_CHECK,      /* a free that claims pages which are in use or a slab's:
                                     bad_page() */
    MISUSE_DESTROY_COMPOUND_PAGE, /* a free of a compound page in another order: bad_page(), of
                                     order 0 only when the per-CPU list gives the page back */
    MISUSE_FREE_ONE_PAGE,         /* a free that claims more than a block which does not begin where
                                     one of that order may, and all of it passes the checks above:
                                     VM_BUG_ON() */
    MISUSE_LOST_PAGES,            /* seen by no check: a free claims less than the block. It is
                                     carried out, what is left belongs to nobody */
    MISUSE_FOREIGN_PAGES,         /* seen by no check: a free claims more, and all of it is free or
                                     may pass for a tail; or is a second one, of a page that is
                                     another's by now */
    MISUSE_VIRT_ADDR_VALID,       /* a page call on an address of vmalloc(): VM_BUG_ON() */
    MISUSE_SPLIT_PAGE,            /* of a compound or free page: VM_BUG_ON() */
    MISUSE_GET_ZEROED_PAGE,       /* with __GFP_HIGHMEM: VM_BUG_ON() */
    MISUSE_PAGE_ADDRESS,          /* seen by no check: an address is asked for, the page is in
                                     highmem and has none; it stays allocated */
    MISUSE_SLAB_FREE_TWICE,       /* "Object already free" */
    MISUSE_SLAB_OUTSIDE,          /* "Attempt to free object outside of slab" */
    MISUSE_NEW_SLAB,              /* __GFP_HIGHMEM or __GFP_DMA32 for a new slab: BUG_ON() */
    MISUSE_VFREE_ADDRESS,         /* "Trying to vfree() bad address" */
    MISUSE_VFREE_AREA,            /* "Trying to vfree() nonexistent vm area" */
    NR_MISUSES,
};

/* "put_page_testzero", "free_pages_check" ... */
const char *misuse_name(enum mm_misuse check);

struct mm_misuse_report {
    enum mm_misuse check;
    pfn_t page;     /* that the check looks at; PFN_NONE: not known */
    uint32_t order; /* that the call claims */
};

/* Counts it and tells the observer. */
void machine_misuse(struct machine *machine, enum mm_misuse check, pfn_t page, unsigned order);

/*
 * What a call that answers an address makes of its block: the page, or PFN_NONE for one in highmem,
 * which has no address. That is MISUSE_PAGE_ADDRESS: to the caller a failure, the block is lost.
 * Kernel: mm/page_alloc.c __get_free_pages() [2.6.24]
 */
pfn_t page_with_address(struct machine *machine, pfn_t page, unsigned order);

#endif

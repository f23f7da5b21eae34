/* SPDX-License-Identifier: MIT */
/* vmalloc(), vmalloc_32() and vfree(): memory contiguous for the kernel, page by page for us. */
#ifndef SIM_MM_VMALLOC_H
#define SIM_MM_VMALLOC_H

#include "base/error.h"
#include "mm/alloc_caller.h"
#include "mm/kernel_page_table.h"
#include "mm/slub.h"
#include "mm/vmlist.h"

/* Why a call returned NULL; what the kernel does not say, except VMALLOC_NO_SPACE. */
enum vmalloc_result {
    VMALLOC_OK,
    VMALLOC_BAD_SIZE,  /* no bytes, or more pages than the machine has frames */
    VMALLOC_NO_SPACE,  /* "allocation failed: out of vmalloc space" */
    VMALLOC_NO_MEMORY, /* some page or descriptor could not be had; the others went back */
    NR_VMALLOC_RESULTS,
};

/* "ok", "bad_size", "no_space", "no_memory". */
extern const char *const vmalloc_result_names[NR_VMALLOC_RESULTS];

/* What differs between architectures. */
struct vmalloc_layout {
    uint64_t start; /* VMALLOC_START */
    uint64_t end;   /* VMALLOC_END */
    uint32_t pointer_bytes;
    uint32_t descriptor_bytes; /* sizeof(struct vm_struct) */
    struct page_table_shape page_table;
};

/*
 * The layout of the machine's kernel. 64 bits: 32 TiB less one byte from 0xffffc20000000000. With
 * highmem, i386: from 8 to 16 MiB above lowmem to two pages below the kmap window, whose place
 * depends on whether there is memory above 4 GiB, i.e. on PAE; lowmem that leaves no room leaves
 * an empty space. spec->vmalloc_bytes, unless 0, is the size instead.
 * Kernel: include/asm-x86/pgtable_64.h VMALLOC_START, also in pgtable_32.h [2.6.24]
 */
struct vmalloc_layout vmalloc_layout_of(const struct machine_spec *spec);

/*
 * The space of one simulated machine and what lies in it. Plain data at a stable address.
 *
 * DEVIATION: ioremap(), vmap() and the module space are not there, so a 32-bit space begins empty.
 */
struct vmalloc_space {
    struct machine *machine;
    struct vmalloc_layout layout;
    struct vmlist list;
    struct kernel_page_table page_table;
    uint64_t num_physpages; /* frames of the machine, holes included */
    uint64_t nr_pages;      /* of all areas, without page tables */
    uint32_t quantum;       /* pages between two WAIT_CPU, so that work costs time; 0: none */
    uint64_t results[NR_VMALLOC_RESULTS]; /* calls that ended so */
    bool out_of_memory; /* the host had none where no error can be returned: end the run */
};

void vmalloc_space_init(struct vmalloc_space *space, struct machine *machine,
                        const struct machine_spec *spec);
/* Simulated memory stays as it is. */
void vmalloc_space_fini(struct vmalloc_space *space);

/* The masks of vmalloc() and vmalloc_32(). Kernel: mm/vmalloc.c GFP_VMALLOC32 [2.6.24] */
uint32_t vmalloc_gfp(void);
uint32_t vmalloc_32_gfp(const struct machine *machine);

/*
 * One call, from call to result: init, step until STEP_DONE, read `addr` (0: NULL) and `result`.
 * It must stay where it is while blocked.
 */
struct vmalloc_request {
    uint64_t size_bytes; /* of the area to be made at the moment */
    uint32_t gfp;
    int32_t nid; /* -1: as the task's policy says */
    uint8_t state;
    uint8_t result;        /* enum vmalloc_result */
    uint8_t table_level;   /* of the page table being made */
    uint32_t area;         /* at hand: the caller's, or a page array's; then the result's */
    uint32_t quantum_left; /* pages until the next WAIT_CPU */
    uint64_t addr;         /* while pages are mapped: as far as they are; then the result */
    union {
        struct slab_request slab; /* descriptors and small page arrays */
        struct alloc_request pages;
    };
};

/*
 * __vmalloc(size, gfp) when nid < 0, else vmalloc_node().
 * DEVIATION: the kernel computes the page array's bytes in 32 bits, which wraps at 2 TiB, and on 32
 * bits the area with its guard page, which wraps for the last sizes below 4 GiB. Here nothing does.
 * Kernel: mm/vmalloc.c __vmalloc_node() [2.6.24]
 */
void vmalloc_request_init(struct vmalloc_request *request, struct vmalloc_space *space,
                          uint64_t size_bytes, uint32_t gfp, int nid);

/*
 * Runs the call until it has its result or must wait as caller->task->wait says: for each area
 * first the descriptor, then a place, the page array (an area of its own when it is larger than a
 * page), the pages one by one and the page tables. O(pages).
 * Kernel: mm/vmalloc.c __get_vm_area_node(), __vmalloc_area_node(), map_vm_area() [2.6.24]
 */
enum step vmalloc_request_step(struct vmalloc_request *request, struct vmalloc_space *space,
                               struct slub *slub, struct alloc_caller *caller);

/* The page request that it is blocked in, NULL: none. */
const struct alloc_request *vmalloc_request_pages(const struct vmalloc_request *request);

/* What is wrong with an address that is to be freed; the kernel warns and does nothing. */
enum vfree_misuse {
    VFREE_OK,
    VFREE_BAD_ADDRESS, /* "Trying to vfree() bad address": not a page's */
    VFREE_NO_AREA,     /* "Trying to vfree() nonexistent vm area" */
    NR_VFREE_MISUSES,
};

/*
 * Frees the area at addr on `cpu`: its pages in their order, the page array, the descriptor. 0 is
 * nothing to do. O(pages). Kernel: mm/vmalloc.c vfree(), __vunmap() [2.6.24]
 */
enum vfree_misuse vfree(struct vmalloc_space *space, struct slub *slub, uint64_t addr,
                        unsigned cpu);

/* Verifies the list of areas and that nr_pages is the sum. False and what is wrong in `why`. */
bool vmalloc_check(const struct vmalloc_space *space, char *why, size_t why_size);

#endif

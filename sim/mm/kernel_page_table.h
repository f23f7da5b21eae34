/* SPDX-License-Identifier: MIT */
/* Which page tables of the vmalloc address space exist: they are made once and never freed. */
#ifndef SIM_MM_KERNEL_PAGE_TABLE_H
#define SIM_MM_KERNEL_PAGE_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/vec.h"

enum { KERNEL_PAGE_TABLE_LEVELS_MAX = 3 };

/* How a kernel's page tables are built: bytes covered by one table of each level, as shifts. */
struct page_table_shape {
    uint8_t nr_levels;
    uint8_t shift[KERNEL_PAGE_TABLE_LEVELS_MAX]; /* largest first; the last one holds the ptes */
};

/*
 * A bit for each table, up to the highest one that was ever made: areas lie low, first fit.
 * DEVIATION: nothing is mapped at boot; the kernel's drivers have mapped their devices there.
 */
struct kernel_page_table {
    uint64_t start; /* address of the space, aligned to the largest table or alone in it */
    struct page_table_shape shape;
    VEC(uint64_t) made[KERNEL_PAGE_TABLE_LEVELS_MAX];
    uint64_t nr_pages; /* tables, one page each */
};

void kernel_page_table_init(struct kernel_page_table *table, uint64_t start,
                            struct page_table_shape shape);
void kernel_page_table_fini(struct kernel_page_table *table);

/*
 * The uppermost level that lacks a table for addr, as the kernel finds it walking down; nr_levels:
 * none does. Kernel: mm/vmalloc.c vmap_pud_range(), vmap_pmd_range() [2.6.24]
 */
unsigned kernel_page_table_missing(const struct kernel_page_table *table, uint64_t addr);

/* The table of that level is there from now on. False: no host memory, nothing changed. */
bool kernel_page_table_make(struct kernel_page_table *table, uint64_t addr, unsigned level);

/* The end of what addr's last-level table covers.
 * Kernel: include/asm-generic/pgtable.h pmd_addr_end() [2.6.24] */
uint64_t kernel_page_table_next(const struct kernel_page_table *table, uint64_t addr);

#endif

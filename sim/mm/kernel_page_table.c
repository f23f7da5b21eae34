/* SPDX-License-Identifier: MIT */
/* Bitmaps of page tables, one for each level. */
#include "mm/kernel_page_table.h"

#include "base/check.h"

void kernel_page_table_init(struct kernel_page_table *table, uint64_t start,
                            struct page_table_shape shape)
{
    *table = (struct kernel_page_table){.start = start, .shape = shape};
}

void kernel_page_table_fini(struct kernel_page_table *table)
{
    for (unsigned level = 0; level < KERNEL_PAGE_TABLE_LEVELS_MAX; level++)
        vec_fini(&table->made[level]);
}

static uint64_t slot_of(const struct kernel_page_table *table, uint64_t addr, unsigned level)
{
    return (addr - table->start) >> table->shape.shift[level];
}

unsigned kernel_page_table_missing(const struct kernel_page_table *table, uint64_t addr)
{
    unsigned level;

    for (level = 0; level < table->shape.nr_levels; level++) {
        uint64_t slot = slot_of(table, addr, level);

        if (slot / 64 >= table->made[level].count ||
            !(table->made[level].items[slot / 64] >> slot % 64 & 1))
            break;
    }
    return level;
}

bool kernel_page_table_make(struct kernel_page_table *table, uint64_t addr, unsigned level)
{
    uint64_t slot = slot_of(table, addr, level);

    SIM_ASSERT(level < table->shape.nr_levels);
    while (table->made[level].count <= slot / 64) {
        if (!vec_push(&table->made[level], 0))
            return false;
    }
    table->made[level].items[slot / 64] |= UINT64_C(1) << slot % 64;
    table->nr_pages++;
    return true;
}

uint64_t kernel_page_table_next(const struct kernel_page_table *table, uint64_t addr)
{
    unsigned last = table->shape.nr_levels - 1u;

    return table->start + ((slot_of(table, addr, last) + 1) << table->shape.shift[last]);
}

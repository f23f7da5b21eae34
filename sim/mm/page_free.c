/* SPDX-License-Identifier: MIT */
/* Giving pages back: references, whole blocks, single pages, and the calls that may not be made. */
#include "mm/page_alloc.h"
#include "mm/pcp_hotcold.h"

static struct frame *frame_of(const struct machine *machine, pfn_t page)
{
    return &machine->frame_table.frames[page.nr];
}

/* Free, or the inside of a block. */
static bool page_is_free(const struct frame *frame)
{
    return frame->count == 0 || frame->flags & PG_buddy || frame->private & FRAME_ON_PCP;
}

/* ---- what a call finds when it is wrong ---- */

/* Whether the page is no tail by its state: in use, reserved or the head of a free block. */
static bool page_is_seen(const struct machine *machine, uint32_t pfn)
{
    const struct frame_table *table = &machine->frame_table;
    const struct frame *frame = &table->frames[pfn];
    unsigned flags = frame->flags;

    if (pfn % MAX_ORDER_NR_PAGES == 0) /* of the largest blocks the proxy bears the flag */
        flags |= table->frames[frame_of_block(table, pfn, MAX_ORDER - 1)].flags;
    /* what a page on a per-CPU list remembers stands where its count does */
    return flags & PAGE_FLAGS_CHECK_AT_FREE ||
           (!(frame->private & FRAME_ON_PCP) && (frame->count || frame->mapcount)) ||
           machine_page_reserved(machine, pfn);
}

/*
 * What the checks find when a free claims more than its block: the first page behind it that is
 * not as a tail would be, or that no block of that order begins here.
 * Kernel: mm/page_alloc.c __free_pages_ok(), __free_one_page() [2.6.24]
 */
static void report_overreach(struct machine *machine, pfn_t page, unsigned order)
{
    unsigned seen_order = order < MAX_ORDER ? order : MAX_ORDER - 1;
    uint64_t end = page.nr + (UINT64_C(1) << seen_order);

    for (uint64_t pfn = page.nr + (UINT64_C(1) << frame_of(machine, page)->private);
         pfn < end && pfn < machine->frame_table.max_pfn; pfn++) {
        if (page_is_seen(machine, (uint32_t)pfn)) {
            machine_misuse(machine, MISUSE_FREE_PAGES_CHECK, (pfn_t){(uint32_t)pfn}, order);
            return;
        }
    }
    machine_misuse(machine,
                   page.nr & ((UINT32_C(1) << seen_order) - 1) ? MISUSE_FREE_ONE_PAGE
                                                               : MISUSE_FOREIGN_PAGES,
                   page, order);
}

/*
 * The pages of a block behind its first 2^order: blocks of their own that nobody knows of.
 * DEVIATION: the kernel leaves their counts at 0; here a page that is not free is in use.
 */
static void lose_tail(struct machine *machine, pfn_t page, unsigned order)
{
    struct frame *head = frame_of(machine, page);

    for (unsigned lost = order; lost < head->private; lost++) {
        struct frame *block = &head[UINT32_C(1) << lost];

        block->flags = 0;
        block->private = (uint8_t)lost;
        block->zone = head->zone;
        block->count = 1;
        block->mapcount = 0;
        machine->lost_pages += UINT64_C(1) << lost;
    }
    head->private = (uint8_t)order;
}

/*
 * A free whose page is free, or whose order is not the block's. True: it is to be carried out all
 * the same.
 */
static bool free_is_possible(struct machine *machine, pfn_t page, unsigned order)
{
    const struct frame *frame;

    if (page.nr >= machine->frame_table.max_pfn) {
        machine_misuse(machine, MISUSE_FREE_PAGES_CHECK, page, order);
        return false;
    }
    frame = frame_of(machine, page);
    if (page_is_free(frame)) {
        machine_misuse(machine, MISUSE_PUT_PAGE_TESTZERO, page, order);
        return false;
    }
    if (frame->flags & PG_slab) {
        machine_misuse(machine, MISUSE_FREE_PAGES_CHECK, page, order);
        return false;
    }
    if (frame->count > 1 || frame->private == order) /* the order counts for the last only */
        return true;
    if (frame->flags & PG_compound) {
        machine_misuse(machine, MISUSE_DESTROY_COMPOUND_PAGE, page, order);
        return false;
    }
    if (order > frame->private) {
        report_overreach(machine, page, order);
        return false;
    }
    lose_tail(machine, page, order);
    machine_misuse(machine, MISUSE_LOST_PAGES, page, order);
    return true;
}

/* All that the right free of a whole block has to pass. */
static inline bool free_is_right(const struct machine *machine, pfn_t page, unsigned order)
{
    const struct frame *frame;

    if (page.nr >= machine->frame_table.max_pfn)
        return false;
    frame = frame_of(machine, page);
    return frame->pcp_seq == frame_references(1) && frame->private == order &&
           !(frame->flags & PG_slab);
}

/* What follows the last reference. */
static inline bool give_back(struct machine *machine, pfn_t page, unsigned order, unsigned cpu,
                             unsigned cold)
{
    return order == 0 ? machine->ops->free_hot_cold_page(machine, page, cpu, cold)
                      : machine->ops->free_pages_ok(machine, page, order, cpu);
}

/* A free that is not of a block's only reference, or is wrong. */
static __attribute__((noinline)) bool
put_page_otherwise(struct machine *machine, pfn_t page, unsigned order, unsigned cpu, unsigned cold)
{
    return free_is_possible(machine, page, order) && --frame_of(machine, page)->count == 0 &&
           give_back(machine, page, order, cpu, cold);
}

/*
 * Drops a reference; when it is the last the block goes. Nothing of the usual case has to outlive
 * the call that ends it.
 * Kernel: include/linux/mm.h put_page_testzero() [2.6.24]
 */
static inline bool put_page_testzero(struct machine *machine, pfn_t page, unsigned order,
                                     unsigned cpu, unsigned cold)
{
    if (SIM_UNLIKELY(!free_is_right(machine, page, order)))
        return put_page_otherwise(machine, page, order, cpu, cold);
    frame_of(machine, page)->pcp_seq = frame_references(0);
    return give_back(machine, page, order, cpu, cold);
}

/* ---- the calls ---- */

bool free_pages(struct machine *machine, pfn_t page, unsigned order, unsigned cpu)
{
    return put_page_testzero(machine, page, order, cpu, PCP_HOT);
}

bool free_hot_page(struct machine *machine, pfn_t page, unsigned cpu)
{
    return put_page_testzero(machine, page, 0, cpu, PCP_HOT);
}

bool free_cold_page(struct machine *machine, pfn_t page, unsigned cpu)
{
    return put_page_testzero(machine, page, 0, cpu, PCP_COLD);
}

bool page_is_used(const struct machine *machine, pfn_t page)
{
    return !page_is_free(frame_of(machine, page));
}

bool page_get(struct machine *machine, pfn_t page)
{
    struct frame *frame = frame_of(machine, compound_head(machine, page));

    if (page_is_free(frame)) {
        machine_misuse(machine, MISUSE_GET_PAGE, page, 0);
        return false;
    }
    if (frame->count == UINT16_MAX)
        return false;
    frame->count++;
    return true;
}

bool page_put(struct machine *machine, pfn_t page, unsigned cpu)
{
    pfn_t head = compound_head(machine, page);
    const struct frame *frame = frame_of(machine, head);

    return free_pages(machine, head, frame->flags & PG_compound ? frame->private : 0, cpu);
}

bool split_page(struct machine *machine, pfn_t page, unsigned order)
{
    struct frame *head = frame_of(machine, page);

    if (head->flags & PG_compound || page_is_free(head)) {
        machine_misuse(machine, MISUSE_SPLIT_PAGE, page, order);
        return false;
    }
    head->private = 0;
    for (uint32_t i = 1; i < UINT32_C(1) << order; i++) {
        head[i].flags = 0;
        head[i].private = 0;
        head[i].zone = head->zone;
        head[i].count = 1;
        head[i].mapcount = 0;
    }
    return true;
}

pfn_t compound_head(const struct machine *machine, pfn_t page)
{
    const struct frame *frames = machine->frame_table.frames;

    for (unsigned order = 1; order < MAX_ORDER; order++) {
        uint32_t head = page.nr & ~((UINT32_C(1) << order) - 1);

        if (frames[head].flags & PG_compound && frames[head].private >= order)
            return (pfn_t){head};
    }
    return page;
}

unsigned page_block_order(const struct machine *machine, pfn_t page)
{
    SIM_ASSERT(machine->frame_table.frames[page.nr].count > 0);
    return machine->frame_table.frames[page.nr].private;
}

/* SPDX-License-Identifier: MIT */
/* Calls that may not be made: their names and their count. */
#include "mm/misuse.h"

#include "mm/machine.h"

const char *misuse_name(enum mm_misuse check)
{
    static const char *const names[NR_MISUSES] = {
        [MISUSE_PUT_PAGE_TESTZERO] = "put_page_testzero",
        [MISUSE_GET_PAGE] = "get_page",
        [MISUSE_FREE_PAGES_CHECK] = "free_pages_check",
        [MISUSE_DESTROY_COMPOUND_PAGE] = "destroy_compound_page",
        [MISUSE_FREE_ONE_PAGE] = "free_one_page",
        [MISUSE_LOST_PAGES] = "lost_pages",
        [MISUSE_FOREIGN_PAGES] = "foreign_pages",
        [MISUSE_VIRT_ADDR_VALID] = "virt_addr_valid",
        [MISUSE_SPLIT_PAGE] = "split_page",
        [MISUSE_GET_ZEROED_PAGE] = "get_zeroed_page",
        [MISUSE_PAGE_ADDRESS] = "page_address",
        [MISUSE_SLAB_FREE_TWICE] = "slab_free_twice",
        [MISUSE_SLAB_OUTSIDE] = "slab_outside",
        [MISUSE_NEW_SLAB] = "new_slab",
        [MISUSE_VFREE_ADDRESS] = "vfree_address",
        [MISUSE_VFREE_AREA] = "vfree_area",
    };

    SIM_ASSERT((unsigned)check < NR_MISUSES);
    return names[check];
}

void machine_misuse(struct machine *machine, enum mm_misuse check, pfn_t page, unsigned order)
{
    const struct mm_misuse_report report = {.check = check, .page = page, .order = order};

    machine->misuses[check]++;
    if (machine->observer && machine->observer->misuse)
        machine->observer->misuse(machine->observer->context, &report);
}

pfn_t page_with_address(struct machine *machine, pfn_t page, unsigned order)
{
    if (pfn_is_none(page) || !machine->zones[machine->frame_table.frames[page.nr].zone].is_highmem)
        return page;
    machine_misuse(machine, MISUSE_PAGE_ADDRESS, page, order);
    machine->lost_pages += UINT64_C(1) << order;
    return PFN_NONE;
}

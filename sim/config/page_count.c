/* SPDX-License-Identifier: MIT */
/* Sizes that are whole numbers of pages. */
#include "config/page_count.h"

#include <inttypes.h>

#include "base/units.h"
#include "yaml/yaml_value.h"

bool config_get_pages(const struct yaml_node *node, uint64_t min_pages, uint64_t max_pages,
                      uint64_t *ret_pages, struct sim_error *err)
{
    uint64_t bytes = 0;

    if (!node)
        return true;
    if (!yaml_get_size_bytes(node, pages_to_bytes(min_pages), pages_to_bytes(max_pages), &bytes,
                             err))
        return false;
    if (bytes % PAGE_SIZE) {
        uint64_t below_kb = pages_to_kb(bytes >> PAGE_SHIFT);

        yaml_error_at(node, err, ERR_MEMORY_ALIGN, "not a whole number of 4 KiB pages");
        sim_error_add_hint(err, "the nearest are %" PRIu64 "KiB and %" PRIu64 "KiB", below_kb,
                           below_kb + pages_to_kb(1));
        return false;
    }
    *ret_pages = bytes >> PAGE_SHIFT;
    return true;
}

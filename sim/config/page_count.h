/* SPDX-License-Identifier: MIT */
/* Sizes that are whole numbers of pages. */
#ifndef SIM_CONFIG_PAGE_COUNT_H
#define SIM_CONFIG_PAGE_COUNT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "yaml/yaml_doc.h"

/*
 * A size such as 64MiB, or bytes, in pages of 4 KiB. ERR_BAD_SIZE, ERR_OUT_OF_RANGE, or
 * ERR_MEMORY_ALIGN with the next whole sizes in the hint. A NULL node leaves the output alone.
 */
bool config_get_pages(const struct yaml_node *node, uint64_t min_pages, uint64_t max_pages,
                      uint64_t *ret_pages, struct sim_error *err);

#endif

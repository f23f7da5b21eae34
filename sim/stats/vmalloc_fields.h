/* SPDX-License-Identifier: MIT */
/* The vmalloc address space as JSON. */
#ifndef SIM_STATS_VMALLOC_FIELDS_H
#define SIM_STATS_VMALLOC_FIELDS_H

#include "mm/vmalloc.h"
#include "stats/json_stream.h"

/* Writes the member "vmalloc", null before the first call (or for NULL). O(1). */
void vmalloc_fields_write(struct json_stream *json, const struct vmalloc_space *space);

#endif

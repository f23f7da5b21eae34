/* SPDX-License-Identifier: MIT */
/* The literal events of a workload file: from YAML rows to a trace source. */
#ifndef SIM_TRACE_EVENT_LIST_H
#define SIM_TRACE_EVENT_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "trace/record.h"
#include "trace/trace_source.h"
#include "yaml/yaml_doc.h"

/*
 * An item is a mapping or a row; T is a duration, TASK any name, ID any word, both known from
 * their first use on and numbered in that order. ORDER, GFP and NODE may be left out from the end:
 * order 0, gfp GFP_KERNEL, node -1 (by the task's CPU).
 *
 * The calls are those of trace/api_call.h, by any of their spellings; a row has their arguments in
 * the order given there.
 *
 *     {t: T, task: TASK, op: alloc_pages, id: ID, order: ORDER, gfp: GFP, node: NODE}
 *     [T, TASK, alloc_pages, ID, ORDER, GFP, NODE]       node: alloc_pages only
 *     [T, TASK, get_free_pages | get_dma_pages, ID, ORDER, GFP]
 *     [T, TASK, get_zeroed_page, ID, GFP]
 *     [T, TASK, kmalloc, ID, SIZE, GFP]                  and so on
 *     [T, TASK, free_pages, ID, ORDER]                   ORDER: what the caller says it is
 *     [T, TASK, free_hot_page | free_cold_page | split_page | get_page | put_page ..., ID]
 *     [T, TASK, free_part, ID, ORDER, PART]              2^ORDER pages from page PART of the block
 *     [T, TASK, drain_local_pages | drain_all_local_pages]
 *     {t: T, task: TASK, op: sysctl, name: NAME, value: VALUE}      value: a list when several
 *     [T, TASK, sysctl, NAME, VALUE...]
 *
 * What can be known without running is checked, with the place of the offending value:
 * ERR_BAD_EVENT (shape of the row, a piece that is not in the block, get_page on what is not
 * pages), ERR_UNKNOWN_NAME (op), ERR_UNKNOWN_CACHE,
 * ERR_UNKNOWN_ID, ERR_DOUBLE_FREE (hint: the line of the first), ERR_ID_IN_USE (hint: the line of
 * the allocation), ERR_TIME_ORDER, ERR_BAD_ORDER (above TRACE_ORDER_MAX; 11..63 are legal calls
 * that fail in the kernel; free_part: above TRACE_PART_ORDER_MAX; a free: not the block's),
 * ERR_UNKNOWN_KEY,
 * ERR_MISSING_KEY, ERR_WRONG_TYPE, the ERR_* of numbers and durations and of the two parsers.
 * Memory: 32 bytes an event, 24 more with a size or cache, and about 100 an id. A million rows take
 * about a second, most of it in the YAML parser.
 */
struct event_list;

/* How words of higher layers are read. On failure they set code, message and hint. */
struct event_parsers {
    bool (*gfp)(const char *text, size_t length, uint32_t *ret_gfp, struct sim_error *err);
    /* ret_nr_values: how many values a write of it takes, 1..3. */
    bool (*sysctl)(const char *name, uint8_t *ret_sysctl, unsigned *ret_nr_values,
                   struct sim_error *err);
    /* Whether the kernel would take the values; the message is made here. NULL: all are taken. */
    bool (*sysctl_valid)(uint8_t sysctl, const uint64_t *values);
    /* The number of the cache that the node names; it completes its own errors. NULL: no caches. */
    bool (*cache)(const void *context, const struct yaml_node *node, uint32_t *ret_cache,
                  struct sim_error *err);
    const void *context;
    uint32_t default_gfp; /* GFP_KERNEL */
    uint32_t zero_gfp;    /* __GFP_ZERO */
    uint32_t highmem_gfp; /* __GFP_HIGHMEM */
};

/* The parsers are copied. NULL: ERR_OUT_OF_MEMORY. */
struct event_list *event_list_create(const struct event_parsers *parsers, struct sim_error *err);

/* Accepts NULL. */
void event_list_destroy(struct event_list *list);

/* Appends one item; `list` is a struct event_list: this is the on_item of struct yaml_stream. */
bool event_list_add(void *list, const struct yaml_node *item, struct sim_error *err);

/* Number of events so far. */
uint64_t event_list_count(const struct event_list *list);

/*
 * The source over the events; kind "events". The list itself passes to it: destroying the source
 * destroys the list, and no more events can be added.
 */
struct trace_source *event_list_source(struct event_list *list);

#endif

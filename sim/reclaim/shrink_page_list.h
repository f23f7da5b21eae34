/* SPDX-License-Identifier: MIT */
/* What becomes of isolated pages: freed, written, or kept. */
#ifndef SIM_RECLAIM_SHRINK_PAGE_LIST_H
#define SIM_RECLAIM_SHRINK_PAGE_LIST_H

#include "reclaim/shrink.h"

/*
 * Takes over the pages of `pages`, which is empty then and may be list->kept. Step until STEP_DONE:
 * nr_freed pages are gone, the others are in list->kept in the order they were processed, those to
 * be activated with PG_active. sync: waits until each page is written.
 * Kernel: mm/vmscan.c shrink_page_list() [2.6.24]
 */
void shrink_page_list_begin(struct shrink_page_list *list, const struct scan_control *sc,
                            struct page_queue *pages, bool sync);
enum step shrink_page_list_step(struct shrink_page_list *list, struct scan_control *sc,
                                struct reclaim *reclaim, struct task *task);

/*
 * Counts and clears a page's references: its own flag and the young bits of its mappings. A mapped
 * file page that somebody else has locked counts as referenced.
 * Kernel: mm/rmap.c page_referenced() [2.6.24]
 */
unsigned page_referenced(const struct reclaim *reclaim, pfn_t page, bool locked_by_caller);

#endif

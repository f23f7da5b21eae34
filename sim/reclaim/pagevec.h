/* SPDX-License-Identifier: MIT */
/* A small batch of page references. */
#ifndef SIM_RECLAIM_PAGEVEC_H
#define SIM_RECLAIM_PAGEVEC_H

#include <stdbool.h>
#include <stdint.h>

enum { PAGEVEC_SIZE = 14 };

/* Kernel: include/linux/pagevec.h struct pagevec [2.6.24] */
struct pagevec {
    uint32_t nr;
    uint32_t pages[PAGEVEC_SIZE]; /* pfns, oldest first; each holds a reference */
};

/* True: it is full now. */
static inline bool pagevec_add(struct pagevec *pvec, uint32_t pfn)
{
    pvec->pages[pvec->nr++] = pfn;
    return pvec->nr == PAGEVEC_SIZE;
}

#endif

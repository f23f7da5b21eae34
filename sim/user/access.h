/* SPDX-License-Identifier: MIT */
/* The order in which a step accesses pages. */
#ifndef SIM_USER_ACCESS_H
#define SIM_USER_ACCESS_H

#include "base/rng.h"
#include "base/vec.h"
#include "base/zipf.h"
#include "user/user_spec.h"

/* A table of weights; kept for the next call that asks for the same. */
struct zipf_table {
    struct zipf zipf;
    uint32_t exponent_milli;
    uint32_t users; /* accesses under way */
};

enum { ZIPF_TABLES_KEPT = 16 };

/* All tables of a simulation: building one costs more than most calls. `= {0}` is empty. */
struct zipf_tables {
    VEC(struct zipf_table *) tables;
};

/* No access may be under way. */
void zipf_tables_fini(struct zipf_tables *tables);

/* Owned by the call under way; valid to end when all zero. */
struct access {
    const struct access_spec *spec;
    struct rng *rng; /* the task's */
    uint64_t first_page;
    uint64_t nr_pages; /* 0: there is nothing to access */
    uint64_t left;
    uint64_t next; /* sequential: offset of the next page in the range */
    struct zipf_table *table;
    uint64_t rank_pages;            /* zipf: pages that share a rank */
    uint64_t stride;                /* zipf: what scatters the ranks; coprime to their number */
    uint64_t ahead[ZIPF_DRAWS_MAX]; /* [ahead_next, ahead_end): random and zipf pages drawn ahead */
    unsigned ahead_next, ahead_end;
};

/*
 * Over an object of `size_pages`; a range beyond it is cut, and one outside it has no access.
 * False: no host memory.
 */
bool access_init(struct access *access, const struct access_spec *spec, uint64_t size_pages,
                 struct rng *rng, struct zipf_tables *tables);
void access_fini(struct access *access);

/* The page of the next access; false: there is none. O(1) on average. */
bool access_next(struct access *access, uint64_t *ret_page);

/*
 * Random and zipf pages are drawn some at a time. If none is left of the last time, this draws the
 * next ones and says where they are, so that the caller can fetch ahead what it needs of them; else
 * it returns 0.
 */
unsigned access_draw_ahead(struct access *access, const uint64_t **ret_pages);

/*
 * The next accesses as one block of adjoining pages: sequential ones up to `block_pages` of them;
 * random and zipf the aligned block of the range that holds the page drawn, each of its pages one
 * access. Blocks end with the range and with the count. False: there is none.
 */
bool access_next_block(struct access *access, uint64_t block_pages, uint64_t *ret_page,
                       uint64_t *ret_nr_pages);

#endif

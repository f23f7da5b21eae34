/* SPDX-License-Identifier: MIT */
/* The order in which a step accesses pages. */
#ifndef SIM_USER_ACCESS_H
#define SIM_USER_ACCESS_H

#include "base/rng.h"
#include "base/zipf.h"
#include "user/user_spec.h"

/* Owned by the call under way; valid to end when all zero. */
struct access {
    const struct access_spec *spec;
    struct rng *rng; /* the task's */
    uint64_t first_page;
    uint64_t nr_pages; /* > 0 */
    uint64_t left;
    uint64_t next; /* sequential position */
    struct zipf zipf;
};

/* Over an object of `size_pages`; a range beyond it is cut. False: no host memory. */
bool access_init(struct access *access, const struct access_spec *spec, uint64_t size_pages,
                 struct rng *rng);
void access_fini(struct access *access);

/* The page of the next access; false: there is none. O(1), zipf O(log n). */
bool access_next(struct access *access, uint64_t *ret_page);

#endif

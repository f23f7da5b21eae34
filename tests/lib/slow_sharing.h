/* SPDX-License-Identifier: MIT */
/* The literal model of who has which page: no counts, every question is answered by looking. */
#ifndef TESTS_LIB_SLOW_SHARING_H
#define TESTS_LIB_SLOW_SHARING_H

#include <stdbool.h>
#include <stdint.h>

enum { SLOW_TASKS = 8, SLOW_REGIONS = 4, SLOW_REGION_PAGES = 12 };

enum slow_kind { SLOW_PRIVATE, SLOW_SHARED, SLOW_FILE_PRIVATE, SLOW_FILE_SHARED };

/* What a page holds: two places that hold the same are one page. */
#define SLOW_NOTHING UINT32_C(0)
#define SLOW_ANON    UINT32_C(1000000) /* and up: one for each page that was ever written apart */
#define SLOW_SHMEM   UINT32_C(1000)    /* and up: one for each page of a shared region */

struct slow_place {
    uint32_t content; /* 1 and up: of the file */
    bool present;     /* else on swap, if it is anonymous */
};

struct slow_region {
    bool mapped;
    enum slow_kind kind;
    bool wrote;       /* it or one it was copied from had a page of its own */
    uint32_t content; /* SHARED: of its first page */
    struct slow_place places[SLOW_REGION_PAGES];
};

struct slow_sharing {
    bool live[SLOW_TASKS];
    struct slow_region regions[SLOW_TASKS][SLOW_REGIONS];
    uint32_t next_shmem;
    uint32_t next_anon;
};

void slow_map(struct slow_sharing *slow, unsigned task, unsigned region, enum slow_kind kind);
void slow_touch(struct slow_sharing *slow, unsigned task, unsigned region, unsigned page,
                bool write);
void slow_unmap(struct slow_sharing *slow, unsigned task, unsigned region);
void slow_fork(struct slow_sharing *slow, unsigned parent, unsigned child);
void slow_exit(struct slow_sharing *slow, unsigned task);

/* Reclaim took the content from all who map it. */
void slow_take(struct slow_sharing *slow, uint32_t content);

/* Places that hold it; only those where it is present. */
unsigned slow_owners(const struct slow_sharing *slow, uint32_t content, bool present_only);

#endif

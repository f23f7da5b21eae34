/* SPDX-License-Identifier: MIT */
/* The name of a run: a hash of everything that its result depends on. */
#ifndef SIM_SWEEP_SWEEP_KEY_H
#define SIM_SWEEP_SWEEP_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SWEEP_KEY_TEXT = 33 }; /* 32 hexadecimal digits and NUL */

/* 128-bit FNV-1a; ordered as a number, so by text, too. */
struct sweep_key {
    uint64_t high;
    uint64_t low;
};

/*
 * The empty key, and adding a part. Each part is framed by its length, and a list goes in behind
 * its number of parts, so that no two lists of parts are the same bytes. What a plan puts in, in
 * this order: tool version; contents of the machine, the workload and its traces; the --set
 * arguments, sorted; tick, until, reclaim; metrics; keep; unless only metrics are kept, the names
 * of workload and inputs (they stand in the output); seed. Two runs that share a key are the same
 * run, whatever their place in a plan.
 */
struct sweep_key sweep_key_begin(void);
void sweep_key_add(struct sweep_key *key, const void *bytes, size_t size);

void sweep_key_format(const struct sweep_key *key, char text[static SWEEP_KEY_TEXT]);
bool sweep_key_parse(struct sweep_key *key, const char *text, size_t length);
int sweep_key_compare(const struct sweep_key *a, const struct sweep_key *b);

#endif

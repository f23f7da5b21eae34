/* SPDX-License-Identifier: MIT */
/* Holds two lines of output against each other, member by member. */
#ifndef SIM_COMPARE_LINE_WALK_H
#define SIM_COMPARE_LINE_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum { WALK_TEXT_MAX = 128 };

/* The first member that differs of those that count, and how many there are. */
struct walk_find {
    uint64_t count;
    char path[WALK_TEXT_MAX]; /* cut there */
    char values[2][WALK_TEXT_MAX];
};

struct line_walk {
    struct walk_find counters;
    struct walk_find settings; /* members that repeat a setting: watermarks, margins, limits */
};

/* Walks both lines, in the order of the first. False: ERR_RESULT_FORMAT, ERR_OUT_OF_MEMORY. */
bool line_walk(struct line_walk *walk, const char *base, size_t base_length, const char *candidate,
               size_t candidate_length, struct sim_error *err);

#endif

/* SPDX-License-Identifier: MIT */
/* A reclaim vector's script over the slow model. */
#ifndef TESTS_GOLDEN_SLOW_WORLD_H
#define TESTS_GOLDEN_SLOW_WORLD_H

#include "golden_world.h"
#include "lib/slow_reclaim.h"

/* Valid to end when all zero. `script` runs the lines that the allocator's vectors have, too. */
struct slow_world {
    struct golden_world script;
    struct slow_reclaim reclaim;
    unsigned cpu; /* of the last operation that named one */
};

void slow_world_init(struct slow_world *world, FILE *out);
void slow_world_fini(struct slow_world *world);
/* Runs one line, already split; a broken one ends the program. */
void slow_world_line(struct slow_world *world, const struct golden_words *words);

#endif

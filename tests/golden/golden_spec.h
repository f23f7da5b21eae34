/* SPDX-License-Identifier: MIT */
/* The machine description at the head of a vector. */
#ifndef TESTS_GOLDEN_GOLDEN_SPEC_H
#define TESTS_GOLDEN_GOLDEN_SPEC_H

#include "golden_words.h"
#include "mm/machine_spec.h"

struct golden_spec {
    struct machine_spec machine;
    struct memory_range *memory;
    struct reserved_range *reserved;
    unsigned wait_limit;
    bool zreclaim_events;
};

void golden_spec_init(struct golden_spec *spec);
void golden_spec_fini(struct golden_spec *spec);

/* Takes one line before `boot`; ends the program for a line it does not know. */
void golden_spec_line(struct golden_spec *spec, const struct golden_words *words);

/* The order that word 1 names; anything but "node" and "zone" is the default. */
enum zonelist_order golden_zonelist_order(const struct golden_words *words);

#endif

/* SPDX-License-Identifier: MIT */
/* A progress bar on stderr, for runs that take long at a terminal. */
#ifndef SIM_CLI_PROGRESS_H
#define SIM_CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "run/simulation.h"

enum progress_mode {
    PROGRESS_AUTO, /* when stderr is a terminal and the run takes longer than half a second */
    PROGRESS_ON,
    PROGRESS_OFF,
};

/* Wall-clock time is read here and nowhere else; it goes to the eye only. */
struct progress {
    bool wanted;
    bool shown;
    uint64_t start_ns; /* of the wall clock */
    uint64_t next_ns;  /* when to draw again */
};

void progress_init(struct progress *progress, enum progress_mode mode);

/* Now and then during the run: it reads the clock. */
void progress_update(struct progress *progress, const struct simulation *simulation);

/* The same for many runs instead of one. */
struct progress_count {
    uint64_t total;
    uint64_t before; /* were done before the start: they say nothing of the time that is left */
    uint64_t done;   /* since the start, the failed ones among them */
    uint64_t failed;
};
void progress_update_count(struct progress *progress, const struct progress_count *count);

/* Takes the bar away. */
void progress_fini(struct progress *progress);

#endif

/* SPDX-License-Identifier: MIT */
/* What a workload does: its `files`, `caches`, `tasks`, `generators` and `events`. */
#ifndef SIM_CONFIG_WORKLOAD_BODY_H
#define SIM_CONFIG_WORKLOAD_BODY_H

#include <stdbool.h>

#include "base/error.h"
#include "config/workload_config.h"

/* The key whose items are read one by one, without a tree of all of them. */
#define WORKLOAD_EVENTS_KEY "events"

/*
 * Adds the files, caches, tasks and sources of an opened workload to the config, events before
 * generators. Names are unique over tasks and generators, over files and over caches
 * (ERR_DUPLICATE_NAME). When the workload declares tasks, its events must name one of them
 * (ERR_UNKNOWN_TASK), and none that is forked (ERR_BAD_FORK); otherwise a name is enough.
 */
bool workload_body_read(struct workload_config *config, const struct machine_config *machine,
                        struct sim_error *err);

#endif

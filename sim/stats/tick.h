/* SPDX-License-Identifier: MIT */
/* A sample: every zone and every counter at one moment, as one line. */
#ifndef SIM_STATS_TICK_H
#define SIM_STATS_TICK_H

#include <stdbool.h>

#include "mm/machine.h"
#include "stats/jsonl_writer.h"
#include "stats/run_stats.h"

/*
 * Writes a tick line of the present moment (machine->clock). Reads only; costs O(zones * (orders
 * + CPUs)), whatever the amount of memory. False: the writer has failed.
 */
bool tick_write(struct jsonl_writer *writer, const struct machine *machine,
                const struct run_stats *stats);

#endif

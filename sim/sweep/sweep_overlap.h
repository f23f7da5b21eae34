/* SPDX-License-Identifier: MIT */
/* Two changes of one thing in a sweep file. */
#ifndef SIM_SWEEP_SWEEP_OVERLAP_H
#define SIM_SWEEP_SWEEP_OVERLAP_H

#include <stdbool.h>

#include "base/error.h"
#include "sweep/sweep_file.h"

/*
 * Axes, `set`, and the keys that stand for a KEY of --set (seed, tick, until) must change different
 * things, none of them a part of another: the result would depend on their order, and the key of a
 * run (sweep_key.h) does not know it. Machine and workload are named once. ERR_SWEEP_AXIS at the
 * later of the two. O(changes^2).
 */
bool sweep_overlap_check(const struct sweep_file *file, struct sim_error *err);

#endif

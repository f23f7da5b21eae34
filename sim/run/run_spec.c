/* SPDX-License-Identifier: MIT */
/* The words that a run's settings are called by. */
#include "run/run_spec.h"

const char *const reclaim_replay_names[NR_RECLAIM_REPLAYS] = {
    [RECLAIM_CAPTURED] = "captured",
    [RECLAIM_SIMULATED] = "simulated",
};

/* SPDX-License-Identifier: MIT */
/* The slow model with its reclaim as what a vector's script asks of a model. */
#ifndef TESTS_GOLDEN_SLOW_WORLD_MODEL_H
#define TESTS_GOLDEN_SLOW_WORLD_MODEL_H

#include "slow_world.h"

/* Sets who runs and where. */
void slow_world_enter(struct slow_world *world, unsigned cpu);

#endif

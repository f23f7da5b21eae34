/* SPDX-License-Identifier: MIT */
/* Virtual time of one simulation. */
#ifndef SIM_ENGINE_CLOCK_H
#define SIM_ENGINE_CLOCK_H

#include <stdint.h>

#include "base/check.h"

/*
 * Nanoseconds since the start of the simulation. Only the owner of the simulation moves it, only
 * forward; model layers read it through a const pointer.
 */
struct clock {
    uint64_t now_ns;
};

static inline void clock_advance_to(struct clock *clock, uint64_t now_ns)
{
    SIM_ASSERT(now_ns >= clock->now_ns);
    clock->now_ns = now_ns;
}

#endif

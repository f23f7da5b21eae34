/* SPDX-License-Identifier: MIT */
/* The clock of the benches. */
#ifndef TESTS_BENCH_CPU_TIME_H
#define TESTS_BENCH_CPU_TIME_H

#include <stdint.h>
#include <time.h>

#include "base/units.h"

/* CPU time of the process: what else runs on the host does not count. */
static inline uint64_t cpu_time_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (uint64_t)now.tv_sec * NSEC_PER_SEC + (uint64_t)now.tv_nsec;
}

#endif

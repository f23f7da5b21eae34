/* SPDX-License-Identifier: MIT */
/* The object behind golden_fast_model, for tests that reach into the product's machine. */
#ifndef TESTS_GOLDEN_GOLDEN_FAST_H
#define TESTS_GOLDEN_GOLDEN_FAST_H

#include "golden_model.h"
#include "mm/page_alloc.h"

struct golden_fast {
    struct machine machine;
    struct kernel_ops ops; /* those of 2.6.24, the sleeping ones scripted */
    struct clock clock;
    struct golden_world *world;
};

#endif

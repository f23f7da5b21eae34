/* SPDX-License-Identifier: MIT */
/* Linux 2.6.24, the reference generation. */
#ifndef SIM_KERNELS_LINUX_2_6_24_H
#define SIM_KERNELS_LINUX_2_6_24_H

#include "mm/kernel_ops.h"

/*
 * Hot and cold per-CPU lists, MIGRATE_RESERVE, fallback from the largest order down. The
 * operations that may sleep are those of reclaim/reclaim.h and expect its context.
 */
extern const struct kernel_ops linux_2_6_24_ops;

#endif

/* SPDX-License-Identifier: MIT */
/* The kernel generations that can be simulated. */
#ifndef SIM_KERNELS_REGISTRY_H
#define SIM_KERNELS_REGISTRY_H

#include "mm/kernel_ops.h"

/* NULL-terminated, oldest first. To add a generation: one file beside this one, one row here. */
extern const struct kernel_ops *const kernel_registry[];

/* The generation of this name ("linux-2.6.24"), NULL when there is none. */
const struct kernel_ops *kernel_ops_find(const char *name);

#endif

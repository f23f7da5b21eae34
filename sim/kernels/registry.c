/* SPDX-License-Identifier: MIT */
/* One row per kernel generation. */
#include "kernels/registry.h"

#include <stddef.h>
#include <string.h>

#include "kernels/linux_2_6_24.h"

const struct kernel_ops *const kernel_registry[] = {
    &linux_2_6_24_ops,
    NULL,
};

const struct kernel_ops *kernel_ops_find(const char *name)
{
    for (size_t i = 0; kernel_registry[i]; i++)
        if (strcmp(kernel_registry[i]->name, name) == 0)
            return kernel_registry[i];
    return NULL;
}

/* SPDX-License-Identifier: MIT */
/* The end of a run that met a bug. */
#include "base/check.h"

#include <stdio.h>
#include <stdlib.h>

void sim_assert_failed(const char *expression, const char *file, int line)
{
    fprintf(stderr, "mmsim: %s:%d: bug: assertion failed: %s\n", file, line, expression);
    abort();
}

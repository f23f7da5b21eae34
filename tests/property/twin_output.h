/* SPDX-License-Identifier: MIT */
/* What two models write, compared line by line. */
#ifndef TESTS_PROPERTY_TWIN_OUTPUT_H
#define TESTS_PROPERTY_TWIN_OUTPUT_H

#include <stdbool.h>
#include <stdio.h>

enum { DIFFERENCE_MAX = 512 };

/* Memory streams that the two models write to. Out of memory ends the program. Must not move. */
struct twin_output {
    FILE *fast;
    FILE *slow;
    char *fast_text;
    char *slow_text;
    size_t fast_length;
    size_t slow_length;
};

void twin_output_init(struct twin_output *output);
void twin_output_fini(struct twin_output *output);

/* Whether both wrote the same since the last call; the first line that differs in `why` if not. */
bool twin_output_same(struct twin_output *output, char why[static DIFFERENCE_MAX]);

#endif

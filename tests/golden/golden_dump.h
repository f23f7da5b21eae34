/* SPDX-License-Identifier: MIT */
/* The state output of vectors: zonelists, sum, dump. */
#ifndef TESTS_GOLDEN_GOLDEN_DUMP_H
#define TESTS_GOLDEN_GOLDEN_DUMP_H

#include <stdio.h>

#include "mm/machine.h"

void golden_zonelists(const struct machine *machine, FILE *out);
void golden_sum(const struct machine *machine, FILE *out);
void golden_dump(const struct machine *machine, unsigned number, FILE *out);
/* The same without its last line, `enddump`. */
void golden_dump_machine(const struct machine *machine, unsigned number, FILE *out);

#endif

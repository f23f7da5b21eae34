/* SPDX-License-Identifier: MIT */
/* Fuzz target of thresholds files: any bytes are refused, or give conditions that can be parsed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compare/criterion.h"
#include "compare/thresholds.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

/* "no worse" of a path with [*] may still be refused for one of its elements. */
static void parse_again(const struct threshold *threshold)
{
    struct criterion criterion;
    struct sim_error err = {0};

    require(threshold->line > 0 && threshold->column > 0);
    require(criterion_parse(&criterion, threshold->condition, threshold->metric, true, &err) ||
            strchr(threshold->metric, '*'));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct thresholds thresholds = {0};
    struct sim_error err = {0};
    FILE *stream = tmpfile();
    char path[32];
    bool ok;

    require(stream && fwrite(data, 1, size, stream) == size && fflush(stream) == 0);
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fileno(stream));
    ok = thresholds_load(&thresholds, path, &err);
    require(ok != sim_error_is_set(&err));
    require(!ok || thresholds.items.count > 0);
    for (size_t i = 0; ok && i < thresholds.items.count; i++)
        parse_again(&thresholds.items.items[i]);
    thresholds_fini(&thresholds);
    fclose(stream);
    return 0;
}

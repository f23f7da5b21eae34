/* SPDX-License-Identifier: MIT */
/* Fuzz target of metrics: the first line is a path, the others an output; names lead back. */
#include <stdlib.h>
#include <string.h>

#include "compare/metric_set.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

/* Whether the lines make a run in which all metrics are known. */
static bool measure(struct metric_set *set, const char *at, const char *end)
{
    struct sim_error err = {0};
    bool good = true;

    while (good && at < end) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        size_t length = (size_t)((newline ? newline : end) - at);

        good = metric_set_line(set, at, length, &err);
        at += length + (newline != NULL);
    }
    good = good && metric_set_finish(set, &err);
    require(good != sim_error_is_set(&err));
    return good;
}

/* Whether one of the metrics of the text has the value: names need not be unique in what is no
 * output of ours. */
static bool has_value(const struct metric_set *set, size_t text, struct metric_value value)
{
    for (size_t i = 0; i < metric_set_count(set); i++) {
        if (metric_set_at(set, i)->text == text &&
            metric_value_equal(metric_set_at(set, i)->value, value))
            return true;
    }
    return false;
}

/* Each name as a path of its own comes to the value that had the name. */
static void measure_names(const struct metric_set *set, const char *lines, const char *end)
{
    struct metric_set *again = metric_set_create();
    struct sim_error err = {0};

    require(again != NULL);
    for (size_t i = 0; i < metric_set_count(set); i++)
        require(metric_set_add(again, metric_set_at(set, i)->name, &err));
    require(measure(again, lines, end));
    for (size_t i = 0; i < metric_set_count(set); i++) {
        const struct metric *metric = metric_set_at(set, i);

        require(has_value(again, metric_set_find(again, metric->name), metric->value));
    }
    metric_set_destroy(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data, *end = text + size;
    const char *newline = size ? memchr(text, '\n', size) : NULL;
    struct metric_set *set = metric_set_create();
    struct sim_error err = {0};
    char path[256];

    require(set != NULL);
    if (newline && newline - text < (ptrdiff_t)sizeof(path)) {
        memcpy(path, text, (size_t)(newline - text));
        path[newline - text] = '\0';
        if (!metric_set_add(set, path, &err)) {
            require(err.code == ERR_BAD_METRIC);
        } else if (measure(set, newline + 1, end)) {
            (void)metric_direction(path);
            measure_names(set, newline + 1, end);
        }
    }
    metric_set_destroy(set);
    return 0;
}

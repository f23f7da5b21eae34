/* SPDX-License-Identifier: MIT */
/* Fuzz target of conditions: what is read is judged about its limit as its operator says. */
#include <stdlib.h>
#include <string.h>

#include "compare/criterion.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

/* The limit is rounded by less than one thousandth: what lies two off is clear. */
static void judge(const struct criterion *criterion, struct metric_value baseline)
{
    struct metric_value limit = criterion_limit(criterion, baseline), below = limit, above = limit;
    enum criterion_operator op = criterion->op;
    bool to_below, to_above;

    require(limit.present);
    if (limit.milli > METRIC_VALUE_MAX - 2 || limit.milli < 2 - METRIC_VALUE_MAX)
        return;
    below.milli -= 2;
    above.milli += 2;
    to_below = criterion_met(criterion, below, baseline);
    to_above = criterion_met(criterion, above, baseline);
    require(to_below == (op == CRITERION_LT || op == CRITERION_LE || op == CRITERION_NE));
    require(to_above == (op == CRITERION_GT || op == CRITERION_GE || op == CRITERION_NE));
}

static void check(const char *text, const char *metric)
{
    static const int64_t baselines[] = {0, 1, -1, 1000, INT64_MAX, INT64_MIN};
    struct sim_error err = {0}, again = {0};
    struct criterion criterion, absolute;

    if (!criterion_parse(&criterion, text, metric, true, &err)) {
        require(err.code == ERR_BAD_CONDITION);
        return;
    }
    require(criterion_parse(&absolute, text, metric, false, &again) == !criterion.relative);
    for (size_t i = 0; i < sizeof(baselines) / sizeof(baselines[0]); i++)
        judge(&criterion, metric_value_of(baselines[i]));
    judge(&criterion, (struct metric_value){true, METRIC_VALUE_MAX});
    judge(&criterion, (struct metric_value){true, -METRIC_VALUE_MAX});
    require(criterion_met(&criterion, (struct metric_value){0}, (struct metric_value){0}) <=
            criterion.relative);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sim_error err = {0};
    const char *condition;
    char *text = malloc(size + 1), metric[128];

    require(text != NULL);
    if (size)
        memcpy(text, data, size);
    text[size] = '\0';
    check(text, "alloc.failed");
    if (criterion_split(text, metric, sizeof(metric), &condition, &err))
        check(condition, metric);
    else
        require(err.code == ERR_BAD_CONDITION);
    free(text);
    return 0;
}

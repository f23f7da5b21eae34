/* SPDX-License-Identifier: MIT */
/* What is known of a metric by its name. */
#include "compare/metric_catalogue.h"

#include <stdbool.h>
#include <string.h>

const char *const metric_headline[] = {
    "time_ns",
    "alloc.count",
    "alloc.failed",
    "alloc.slow_paths",
    "alloc_latency_ns.p50",
    "alloc_latency_ns.p99",
    "alloc_latency_ns.max",
    "late.total_ns",
    "calls[*].failed",
    "vmalloc.failed[*]",
    "stall[*].total_ns",
    "vmstat.allocstall",
    "reclaim.direct_freed",
    "reclaim.kswapd_freed",
    "reclaim.efficiency_permille",
    "kswapd.wakeups",
    "kswapd.awake_ns",
    "vmstat.pgmajfault",
    "vmstat.pswpin",
    "vmstat.pswpout",
    "rates.cache_hit_permille",
    "rates.refault_permille",
    "extfrag.events",
    "oom_kills",
    "zones[*].min_free_pages",
    "zones[*].ticks_below_min",
    "zones[*].ticks_below_low",
    "zones[*].unusable_index[9]",
};
const size_t metric_headline_count = sizeof(metric_headline) / sizeof(metric_headline[0]);

/* Names after squeeze(); * is any text. */
static const char *const lower_names[] = {
    "alloc.failed*",   "alloc.slow_paths",   "*latency*",
    "stall.*",         "*.stall.*",          "late.*",
    "*allocstall",     "oom_kills",          "*oom_killed",
    "*refault*",       "*majfault*",         "*major_fault*",
    "*failed_faults",  "*ticks_below_*",     "reclaim.direct_*",
    "tasks.direct_*",  "*congestion_wait*",  "*pswpin",
    "*pswpout",        "*.swapins",          "*unusable_index",
    "failures.count",  "failures.ungrouped", "failures.groups.count",
    "extfrag.*",       "kswapd.awake_ns",    "kswapd.nodes.awake_ns",
    "bad_pages",       "ops_of_dead_tasks",  "calls.*.failed",
    "vmalloc.failed*", "*.waste_bytes",      "vmalloc.fragmentation_permille",
    "misuses.*",
};
static const char *const higher_names[] = {
    "*margin_*",
    "*min_free_pages",
    "*efficiency_permille",
    "*cache_hit_permille",
    "vmalloc.largest_hole_bytes",
};
#define NR_NAMES(names) (sizeof(names) / sizeof((names)[0]))

/* The longest field name of the output is far below. */
enum { NAME_MAX_LENGTH = 255 };

/* The name without its brackets; false: too long to be known. */
static bool squeeze(const char *name, char *text)
{
    size_t length = 0;
    bool inside = false;

    for (; *name; name++) {
        if (inside && *name == '\\' && name[1]) {
            name++;
        } else if (inside) {
            inside = *name != ']' && *name != ')';
        } else if (*name == '[' || *name == '(') {
            inside = true;
        } else {
            if (length == NAME_MAX_LENGTH)
                return false;
            text[length++] = *name;
        }
    }
    text[length] = '\0';
    return true;
}

/* Greedy with one point to come back to: enough for any number of stars. */
static bool matches(const char *name, const char *pattern)
{
    const char *star = NULL, *from = NULL;

    while (*name) {
        if (*pattern == '*') {
            star = pattern++;
            from = name;
        } else if (*pattern == *name) {
            pattern++;
            name++;
        } else if (star) {
            pattern = star + 1;
            name = ++from;
        } else {
            return false;
        }
    }
    while (*pattern == '*')
        pattern++;
    return *pattern == '\0';
}

static bool matches_any(const char *name, const char *const *patterns, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (matches(name, patterns[i]))
            return true;
    }
    return false;
}

static bool is_one_of(const char *word, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(word, words[i]) == 0)
            return true;
    }
    return false;
}

/* Aggregates over ticks, and members of a distribution: they say the same thing of their path. */
static const char *const same_unit[] = {"min", "max", "mean", "last", "sum",
                                        "p50", "p90", "p95",  "p99",  "p999"};
static const char *const moments[] = {"first_below", "first_above", "time_below", "time_above"};

static char *last_part(char *name)
{
    char *dot = strrchr(name, '.');

    return dot ? dot + 1 : name;
}

/* Takes trailing aggregates that have their path's unit off. */
static void strip_aggregates(char *name)
{
    for (char *last = last_part(name);
         last > name && is_one_of(last, same_unit, NR_NAMES(same_unit)); last = last_part(name))
        last[-1] = '\0';
}

enum metric_direction metric_direction(const char *name)
{
    char text[NAME_MAX_LENGTH + 1];

    if (!squeeze(name, text) || is_one_of(last_part(text), moments, NR_NAMES(moments)))
        return METRIC_NEUTRAL;
    if (strcmp(last_part(text), "integral") == 0 && last_part(text) > text)
        last_part(text)[-1] = '\0';
    strip_aggregates(text);
    if (strcmp(text, "alloc_latency_ns.count") == 0)
        return METRIC_NEUTRAL;
    if (matches_any(text, lower_names, NR_NAMES(lower_names)))
        return METRIC_LOWER_IS_BETTER;
    if (matches_any(text, higher_names, NR_NAMES(higher_names)))
        return METRIC_HIGHER_IS_BETTER;
    return METRIC_NEUTRAL;
}

static bool ends_with(const char *name, const char *tail)
{
    size_t length = strlen(name), tail_length = strlen(tail);

    return length >= tail_length && strcmp(name + length - tail_length, tail) == 0;
}

enum metric_unit metric_unit(const char *name)
{
    char text[NAME_MAX_LENGTH + 1];

    if (!squeeze(name, text))
        return METRIC_UNIT_NONE;
    if (is_one_of(last_part(text), moments, NR_NAMES(moments)))
        return METRIC_UNIT_NS;
    strip_aggregates(text);
    if (ends_with(text, "_ns"))
        return METRIC_UNIT_NS;
    return ends_with(text, "_permille") ? METRIC_UNIT_PERMILLE : METRIC_UNIT_NONE;
}

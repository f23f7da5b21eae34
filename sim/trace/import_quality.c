/* SPDX-License-Identifier: MIT */
/* What an import met. */
#include "trace/import_quality.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

#include "base/check.h"

struct count_row {
    const char *name;
    const char *meaning;
    size_t offset;
};

static const struct count_row counts[] = {
#define X(name, meaning) {#name, meaning, offsetof(struct import_quality, name)},
    IMPORT_QUALITY_COUNTS(X)
#undef X
};

static_assert(sizeof(counts) / sizeof(counts[0]) == NR_IMPORT_COUNTS, "every count has its row");

/* In the order in which they matter. */
static const struct {
    size_t offset;
    const char *text;
} warnings[] = {
    {offsetof(struct import_quality, lost_marks),
     "events were lost while the trace was taken: blocks may stay held or appear twice"},
    {offsetof(struct import_quality, overwritten_events),
     "the trace buffer was too small: its oldest events are missing"},
    {offsetof(struct import_quality, overlapping_allocs),
     "pages were allocated that a traced block holds: frees are missing from the trace"},
    {offsetof(struct import_quality, unknown_gfp),
     "some words of gfp masks have no meaning in the model and were dropped"},
    {offsetof(struct import_quality, time_backwards),
     "some events go back in time: the clocks of the CPUs differ, order between CPUs is a guess"},
    {offsetof(struct import_quality, unreadable_lines), "some lines are not ftrace events"},
    {offsetof(struct import_quality, truncated_lines), "the last line is cut off"},
};

const char *import_count_name(unsigned i)
{
    SIM_ASSERT(i < NR_IMPORT_COUNTS);
    return counts[i].name;
}

const char *import_count_meaning(unsigned i)
{
    SIM_ASSERT(i < NR_IMPORT_COUNTS);
    return counts[i].meaning;
}

static uint64_t value_at(const struct import_quality *quality, size_t offset)
{
    uint64_t value;

    memcpy(&value, (const char *)quality + offset, sizeof(value));
    return value;
}

uint64_t import_count_value(const struct import_quality *quality, unsigned i)
{
    SIM_ASSERT(i < NR_IMPORT_COUNTS);
    return value_at(quality, counts[i].offset);
}

bool import_count_set(struct import_quality *quality, const char *name, uint64_t value)
{
    for (unsigned i = 0; i < NR_IMPORT_COUNTS; i++) {
        if (strcmp(name, counts[i].name) == 0) {
            memcpy((char *)quality + counts[i].offset, &value, sizeof(value));
            return true;
        }
    }
    return false;
}

const char *import_quality_warning(const struct import_quality *quality, unsigned i)
{
    for (unsigned row = 0; row < sizeof(warnings) / sizeof(warnings[0]); row++) {
        if (value_at(quality, warnings[row].offset) > 0 && i-- == 0)
            return warnings[row].text;
    }
    return NULL;
}

/* SPDX-License-Identifier: MIT */
/* A set of small numbers, written as a scheduler's array expression. */
#include "sweep/index_set.h"

#include <stdlib.h>

#include "base/check.h"

enum { BITS = 64 };

bool index_set_init(struct index_set *set, uint32_t limit)
{
    *set = (struct index_set){.limit = limit};
    set->words = calloc((size_t)limit / BITS + 1, sizeof(*set->words));
    return set->words;
}

void index_set_fini(struct index_set *set)
{
    if (!set)
        return;
    free(set->words);
    *set = (struct index_set){0};
}

void index_set_add(struct index_set *set, uint32_t index)
{
    SIM_ASSERT(index < set->limit);
    set->count += !index_set_has(set, index);
    set->words[index / BITS] |= UINT64_C(1) << index % BITS;
}

bool index_set_has(const struct index_set *set, uint32_t index)
{
    SIM_ASSERT(index < set->limit);
    return set->words[index / BITS] >> index % BITS & 1;
}

void index_set_format(struct strbuf *buf, const struct index_set *set, uint32_t base)
{
    const char *comma = "";
    uint32_t end;

    for (uint32_t begin = 0; begin < set->limit; begin = end + 1) {
        end = begin;
        if (!index_set_has(set, begin))
            continue;
        while (end + 1 < set->limit && index_set_has(set, end + 1))
            end++;
        strbuf_addf(buf, "%s%u", comma, base + begin);
        comma = ",";
        if (end > begin)
            strbuf_addf(buf, "%c%u", end > begin + 1 ? '-' : ',', base + end);
    }
}

/* SPDX-License-Identifier: MIT */
/* The refusals of an event or a failure in a result file, in words. */
#include "stats/refusal_words.h"

#include <stdint.h>
#include <string.h>

#include "stats/failure.h"

enum { REFUSAL_TEXT_MAX = 256 };

static enum alloc_refusal refusal_of(const struct cJSON *refusal)
{
    const char *check = result_text_or(refusal, "check", "");

    for (unsigned i = REFUSED_WATERMARK; i < REFUSED_NOT; i++)
        if (strcmp(check, alloc_refusal_name(i)) == 0)
            return i;
    return REFUSED_NOT;
}

/* The masks: a file that is not ours must not make a shift beyond the type. */
static void add_refusal(struct strbuf *out, const struct cJSON *refusal, uint64_t order)
{
    const struct refusal_facts facts = {
        .zone = result_text_or(refusal, "zone", "?"),
        .mark = result_text_or(refusal, "mark", "mark"),
        .refusal = refusal_of(refusal),
        .order = (uint32_t)order & 31,
        .failed_order = (uint32_t)result_uint(refusal, "failed_order") & 15,
        .free_pages = result_int(refusal, "free_pages"),
        .required_pages = result_int(refusal, "required_pages"),
        .mark_pages = result_uint(refusal, "mark_pages"),
        .lowmem_reserve = result_uint(refusal, "lowmem_reserve"),
    };
    char text[REFUSAL_TEXT_MAX];

    refusal_facts_format(&facts, text, sizeof(text));
    strbuf_adds(out, text);
}

bool refusal_words_add(struct strbuf *out, const struct cJSON *object, const char *before,
                       const char *behind)
{
    const struct cJSON *refusal = result_first(result_member(object, "refusals"));
    uint64_t order = result_uint(object, "order");

    if (!refusal)
        return false;
    for (; refusal; refusal = result_next(refusal)) {
        strbuf_adds(out, before);
        add_refusal(out, refusal, order);
        strbuf_adds(out, behind);
    }
    return true;
}

/* SPDX-License-Identifier: MIT */
/* The refusals of an event or a failure in a result file, in words. */
#ifndef SIM_STATS_REFUSAL_WORDS_H
#define SIM_STATS_REFUSAL_WORDS_H

#include <stdbool.h>

#include "base/strbuf.h"
#include "stats/result_reader.h"

/*
 * Appends each of the object's "refusals" as refusal_facts_format() has it, in their order, between
 * `before` and `behind`. False: it has none.
 */
bool refusal_words_add(struct strbuf *out, const struct cJSON *object, const char *before,
                       const char *behind);

#endif

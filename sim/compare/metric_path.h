/* SPDX-License-Identifier: MIT */
/* The path of a metric: the grammar of metric_set.h, taken apart. */
#ifndef SIM_COMPARE_METRIC_PATH_H
#define SIM_COMPARE_METRIC_PATH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/strbuf.h"
#include "base/vec.h"
#include "compare/metric_value.h"

/*
 *     PATH: MEMBER PART... [. AGGREGATE(NUMBER)]
 *     PART: .MEMBER | [NAME] | [INDEX] | [*]
 *
 * A MEMBER has none of the characters . [ ] ( ) < > = ! \ * " and no blank. Within brackets \ takes
 * the meaning of the next character away, so [\7] is a name and [7] an index.
 */
enum metric_part_kind {
    METRIC_PART_MEMBER,
    METRIC_PART_NAME,
    METRIC_PART_INDEX,
    METRIC_PART_EVERY
};

struct metric_part {
    enum metric_part_kind kind;
    char *name; /* without escapes; of an index its digits */
    size_t length;
    uint32_t index;
    size_t begin, end; /* where it stands in the path's text, dot or brackets included */
};

enum metric_aggregate {
    METRIC_NO_AGGREGATE,
    METRIC_MIN,
    METRIC_MAX,
    METRIC_MEAN,
    METRIC_LAST,
    METRIC_P50,
    METRIC_P95,
    METRIC_P99,
    METRIC_INTEGRAL,
    METRIC_FIRST_BELOW,
    METRIC_FIRST_ABOVE,
    METRIC_TIME_BELOW,
    METRIC_TIME_ABOVE,
};

struct metric_path {
    char *text;
    VEC(struct metric_part) parts; /* a last part that may be an aggregate is one of them */
    enum metric_aggregate aggregate;
    int128 limit_milli; /* first_below(X) and its like: X */
    bool has_limit;     /* so the last part cannot be a member */
};

/* Errors: ERR_BAD_METRIC with a hint, ERR_OUT_OF_MEMORY; nothing is held then. */
bool metric_path_init(struct metric_path *path, const char *text, struct sim_error *err);
void metric_path_fini(struct metric_path *path);

/* The number of leading parts that lead to what is aggregated. */
static inline size_t metric_path_base(const struct metric_path *path)
{
    return path->parts.count - (path->aggregate != METRIC_NO_AGGREGATE);
}

/* Whether the part selects the member of that name of an object ([*] all but ""), or the element of
 * that name (NULL: it has none) and index of a list. */
bool metric_part_is_member(const struct metric_part *part, const char *name, size_t length);
bool metric_part_is_element(const struct metric_part *part, const char *name, size_t length,
                            uint32_t index);

/* Appends a part that metric_path_init() reads as just that: ".name" or "[na.me]", and "[name]" or
 * "[index]" where the name is NULL. */
void metric_part_format_member(struct strbuf *buf, const char *name, size_t length);
void metric_part_format_element(struct strbuf *buf, const char *name, size_t length,
                                uint32_t index);

/* The words for aggregates, "min" to "time_above(X)", for messages. */
extern const char *const metric_aggregate_words[];
extern const size_t metric_aggregate_word_count;

#endif

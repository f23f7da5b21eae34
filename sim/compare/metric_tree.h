/* SPDX-License-Identifier: MIT */
/* The part of an output that metrics ask for, as a tree that grows with what is found. */
#ifndef SIM_COMPARE_METRIC_TREE_H
#define SIM_COMPARE_METRIC_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/strbuf.h"
#include "base/vec.h"
#include "compare/metric_path.h"
#include "compare/metric_series.h"
#include "stats/json_scan.h"

/*
 * A node is a place of the output that was come past: the line itself, a member, an element. It
 * knows which paths lead there, so a path is looked at once for each place and not for each line.
 * Children of a node stand in the order of the output; as that is fixed, the next key of a line is
 * nearly always the next child. A place that no path leads to is a leaf that is skipped.
 */
enum metric_seen {
    METRIC_SEEN_NUMBER = 1, /* or a boolean */
    METRIC_SEEN_NULL = 2,
    METRIC_SEEN_TEXT = 4,
    METRIC_SEEN_LIST = 8,
    METRIC_SEEN_OBJECT = 16,
};

struct metric_node {
    VEC(struct metric_node *) children;
    VEC(uint32_t) paths;          /* indices of those that lead here or further, ascending */
    struct metric_series *series; /* NULL: no path aggregates this */
    struct metric_value value;    /* of the summary */
    uint8_t in_ticks;             /* what was seen here: bits of enum metric_seen */
    uint8_t in_summary;
    uint32_t depth;       /* parts of a path that lead here */
    bool is_element;      /* of a list */
    bool ticks_go_deeper; /* a path aggregates something below */
    bool walked;
    uint32_t index;
    size_t length;
    char name[]; /* NUL-terminated; of an element without one it is empty */
};

/* What a line is read with. */
struct metric_walk {
    struct json_scan *scan;
    const struct metric_path *paths; /* all of the set */
    size_t path_count;
    bool summary; /* else a tick */
    uint64_t time_ns;
    uint64_t length_ns;     /* since the tick before */
    struct strbuf *scratch; /* for names with escapes */
    struct sim_error *err;
};

/* A tree that has seen nothing: every path leads to its root. NULL: no host memory. */
struct metric_node *metric_tree_create(size_t path_count);
void metric_tree_destroy(struct metric_node *node); /* accepts NULL */

/* Takes a whole line in; walk->scan stands before its first token. Errors: ERR_RESULT_FORMAT
 * without a place, ERR_OUT_OF_MEMORY. */
bool metric_tree_line(struct metric_node *root, struct metric_walk *walk);

/* Whether the path of that index leads to or through the node. */
bool metric_node_on_path(const struct metric_node *node, uint32_t path);

#endif

/* SPDX-License-Identifier: MIT */
/* Why a metric came to nothing, for people. */
#ifndef SIM_COMPARE_METRIC_EXPLAIN_H
#define SIM_COMPARE_METRIC_EXPLAIN_H

#include "compare/metric_tree.h"

/*
 * Sets ERR_UNKNOWN_METRIC and returns false when the path of that index leads nowhere or to
 * something that is no number: the message says where it ends, the hint names the likely word or
 * what there is. True: it leads to the elements of something that is empty in this output, so that
 * there is nothing to know.
 */
bool metric_explain(const struct metric_node *root, const struct metric_path *path, uint32_t index,
                    struct sim_error *err);

#endif

/* SPDX-License-Identifier: MIT */
/* Why one allocation failed or took long, from the output of its run, in words. */
#ifndef SIM_STATS_EXPLAIN_H
#define SIM_STATS_EXPLAIN_H

#include "base/strbuf.h"
#include "stats/decision.h"

/*
 * Appends who asked for what, the zones before, which check of which zone refused, each step of the
 * request with its time, what others did meanwhile, the end, and where the time went: as one would
 * write it in a bug report. Reads the file once, up to the end of the request, and keeps nothing of
 * it but this text. Deterministic.
 * False: what the reader meets, ERR_OUT_OF_MEMORY.
 */
bool explain_format(struct strbuf *out, struct result_reader *reader,
                    const struct decision *decision, struct sim_error *err);

#endif

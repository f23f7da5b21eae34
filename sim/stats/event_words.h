/* SPDX-License-Identifier: MIT */
/* One event line in words. */
#ifndef SIM_STATS_EVENT_WORDS_H
#define SIM_STATS_EVENT_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/strbuf.h"

/*
 * Appends who did what, "nic (order 0, GFP_ATOMIC): no page; 0/DMA32 refused: free 119 <= min 119":
 * the words of `mmsim explain` where it has any, else the event's name and members. Without the
 * time, without a newline. `hz` turns jiffies into time; 0: unknown.
 * False: ERR_RESULT_FORMAT (it is no event line), ERR_OUT_OF_MEMORY.
 */
bool event_words_add(struct strbuf *out, const char *line, size_t length, uint64_t hz,
                     struct sim_error *err);

#endif

/* SPDX-License-Identifier: MIT */
/* Event lists from YAML text, with stand-ins for the words of higher layers. */
#ifndef TESTS_UNIT_TRACE_EVENT_TEXT_H
#define TESTS_UNIT_TRACE_EVENT_TEXT_H

#include "trace/event_list.h"

/* gfp: "GFP_ATOMIC" = 0x20, "GFP_KERNEL" = 0xd0; sysctl: "one" (0..9), "three" takes 3 values. */
extern const struct event_parsers event_text_parsers;

/* The source over the items of `yaml`, a block sequence; NULL with the error set. */
struct trace_source *events_of(const char *yaml, struct sim_error *err);

#endif

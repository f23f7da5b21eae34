/* SPDX-License-Identifier: MIT */
/* Where records come from: one vtable over literal events, binary traces and generators. */
#ifndef SIM_TRACE_TRACE_SOURCE_H
#define SIM_TRACE_TRACE_SOURCE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "trace/record.h"

enum trace_next {
    TRACE_RECORD,
    TRACE_END,
    TRACE_ERROR, /* err is set */
};

/* One actor of a source; records name it by index. */
struct trace_task {
    const char *name; /* owned by the source */
    int32_t cpu;      /* -1: let the run place it */
};

struct trace_source;

struct trace_source_ops {
    const char *kind; /* "events", "mmtr", "generator" */
    /* The next record, times never decreasing. After TRACE_END or TRACE_ERROR: the same again. */
    enum trace_next (*next)(struct trace_source *source, struct trace_record *ret_record,
                            struct sim_error *err);
    /* Back to the first record; generators repeat the same numbers. */
    void (*rewind)(struct trace_source *source);
    /* Total number of records when known, else 0; for progress. */
    uint64_t (*count)(const struct trace_source *source);
    void (*destroy)(struct trace_source *source);
};

/* The head of every concrete source (its first member). */
struct trace_source {
    const struct trace_source_ops *ops;
    const struct trace_task *tasks;
    uint32_t nr_tasks;
};

static inline enum trace_next trace_source_next(struct trace_source *source,
                                                struct trace_record *ret_record,
                                                struct sim_error *err)
{
    return source->ops->next(source, ret_record, err);
}

static inline void trace_source_rewind(struct trace_source *source)
{
    source->ops->rewind(source);
}

/* Accepts NULL. */
static inline void trace_source_destroy(struct trace_source *source)
{
    if (source)
        source->ops->destroy(source);
}

#endif

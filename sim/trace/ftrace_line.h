/* SPDX-License-Identifier: MIT */
/* The columns of one line of ftrace text. */
#ifndef SIM_TRACE_FTRACE_LINE_H
#define SIM_TRACE_FTRACE_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 *           COMM-PID     [CPU] FLAGS    SECONDS.FRACTION: EVENT: ARGUMENTS
 *
 * The kernel writes COMM right-aligned in 16 columns, so the minus before the pid is found without
 * looking into it: a comm may hold blanks, brackets and minuses. FLAGS and a "(TGID)" before
 * [CPU] may be missing. Pointers go into the line.
 */
struct ftrace_line {
    const char *task; /* COMM-PID */
    size_t task_length;
    size_t comm_length;
    uint32_t pid;
    uint32_t cpu;
    uint64_t time_ns;
    bool in_interrupt; /* the flags say hard or soft interrupt */
    const char *event;
    size_t event_length;
    const char *args; /* up to `end` */
    const char *end;
};

#define FTRACE_CPU_MAX  65535
#define FTRACE_COMM_MAX 40 /* the kernel's is 15; more is no event */

/* False: the line, [text, end) without its newline, has not this shape. */
bool ftrace_line_parse(const char *text, const char *end, struct ftrace_line *ret_line);

/*
 * The value of the argument `key`, "pfn=", in the arguments. False: it is not there. *ret_value
 * runs up to the next blank.
 */
bool ftrace_line_arg(const struct ftrace_line *line, const char *key, const char **ret_value,
                     size_t *ret_length);

#endif

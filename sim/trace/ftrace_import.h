/* SPDX-License-Identifier: MIT */
/* Turns ftrace text with page allocator events into a trace. */
#ifndef SIM_TRACE_FTRACE_IMPORT_H
#define SIM_TRACE_FTRACE_IMPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "trace/import_quality.h"
#include "trace/mmtr_writer.h"

/*
 * Input: the kernel's own text (`trace`, `trace_pipe`, `per_cpu/cpuN/trace`), kernels 2.6.34-6.x,
 * with or without the column of irq flags and the tgid, time in seconds with 6 or 9 digits.
 *
 *   mm_page_alloc   alloc_pages with a new id (page NULL or pfn 0: a failure, counted only)
 *   mm_page_free, mm_page_free_direct (before 3.3)
 *                   free_pages, or free_part for a piece of a block; pages that no traced block
 *                   holds are counted and dropped
 *   mm_page_free_batched, mm_pagevec_free (before 3.3)
 *                   come in addition and are dropped; only in a text with neither of the two
 *                   above do they stand for the free (the capture is not complete then)
 *   mm_vmscan_direct_reclaim_begin, _end
 *                   frees of that pid in between, outside interrupts, have origin reclaim, as
 *                   have those of tasks called kswapdN
 *
 * An allocation over a live block ends that block first. Time 0 is the first event; an event
 * earlier than the one before is moved to its time. A task is COMM-PID on one CPU; seen on another
 * one it is a task of its own, COMM-PID/cpuN: the per-CPU list an operation meets is the captured
 * one. Bytes of a comm that are not text become '?'. The gfp mask: trace/ftrace_gfp.h; the node is
 * left to the task's CPU.
 *
 * Errors: ERR_IMPORT_FORMAT (no line is an event), ERR_IMPORT_EMPTY (no successful mm_page_alloc),
 * ERR_IMPORT_LINE (a line of one of the events above that cannot be read, with its column; the
 * last line without a newline is dropped instead), those of the writer.
 * Cost: under a microsecond a line; memory: 4 bytes a page named by the trace, 32 a live block.
 */
struct ftrace_import_options {
    const char *file_name; /* for error places */
    const char *kernel;    /* what the capture ran, into the meta texts; NULL: not known */
};

/*
 * Adds all tasks, records and meta texts to the writer and finishes it. *ret_quality is set also
 * when ERR_IMPORT_EMPTY is returned; otherwise untouched on failure.
 */
bool ftrace_import(const struct ftrace_import_options *options, const uint8_t *text, size_t size,
                   struct mmtr_writer *writer, struct import_quality *ret_quality,
                   struct sim_error *err);

#endif

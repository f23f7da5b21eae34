/* SPDX-License-Identifier: MIT */
/* What an import met: counts that say how far a captured trace can be trusted. */
#ifndef SIM_TRACE_IMPORT_QUALITY_H
#define SIM_TRACE_IMPORT_QUALITY_H

#include <stdbool.h>
#include <stdint.h>

/*
 * X(name, meaning). Names and their order are part of the binary format's quality section and of
 * what `trace info` prints; a name never changes its meaning, new ones go to the end.
 *
 *   lines == comment_lines + unreadable_lines + lost_marks + event_lines
 *   event_lines == alloc_events + failed_allocs + free_events + batched_events + probe_events
 *                  + other_events
 *   free_events == exact_frees + partial_frees + unknown_frees
 *   allocs == exact_frees + closed_in_pieces + implied_frees + live_blocks       (allocs:
 * alloc_events)
 */
#define IMPORT_QUALITY_COUNTS(X)                                                         \
    X(lines, "lines of the text")                                                        \
    X(comment_lines, "lines of the header, and empty ones")                              \
    X(unreadable_lines, "lines that have not the shape of an event")                     \
    X(truncated_lines, "last line cut off inside an event: dropped")                     \
    X(event_lines, "lines with an event")                                                \
    X(alloc_events, "successful mm_page_alloc: replayed")                                \
    X(failed_allocs, "mm_page_alloc without a page: dropped")                            \
    X(free_events, "mm_page_free, or what stands for it in old kernels")                 \
    X(batched_events, "mm_page_free_batched in addition to mm_page_free: dropped")       \
    X(probe_events, "events of added probes (x_*): dropped")                             \
    X(other_events, "other events: not a part of the replay")                            \
    X(exact_frees, "frees of a whole traced block")                                      \
    X(partial_frees, "frees of a part of a traced block, or of more than one block")     \
    X(unknown_frees, "frees of pages that no traced block holds: dropped")               \
    X(unknown_free_pages, "pages of such frees, and of the unheld part of partial ones") \
    X(unknown_first_pages, "of these: pages that the trace had not named before")        \
    X(closed_in_pieces, "blocks of which the last piece came back by a partial free")    \
    X(overlapping_allocs, "allocations over pages that a traced block holds")            \
    X(implied_frees, "blocks ended because of that")                                     \
    X(reclaim_frees, "replayed frees by the captured kernel's reclaim")                  \
    X(live_blocks, "blocks held at the end")                                             \
    X(live_pages, "their pages")                                                         \
    X(unknown_gfp, "words or bits of gfp masks without a meaning here: dropped")         \
    X(time_backwards, "events earlier than the one before: moved to its time")           \
    X(lost_marks, "lines that say that events were lost")                                \
    X(lost_events, "events lost, as far as those lines give a number")                   \
    X(overwritten_events, "events written to the buffer and gone before it was read")

struct import_quality {
#define X(name, meaning) uint64_t name;
    IMPORT_QUALITY_COUNTS(X)
#undef X
};

enum { NR_IMPORT_COUNTS = sizeof(struct import_quality) / sizeof(uint64_t) };

/* Name and meaning of count `i` < NR_IMPORT_COUNTS, in the order above. */
const char *import_count_name(unsigned i);
const char *import_count_meaning(unsigned i);
uint64_t import_count_value(const struct import_quality *quality, unsigned i);

/* Sets the count of that name; false when there is none. */
bool import_count_set(struct import_quality *quality, const char *name, uint64_t value);

/*
 * One clause on what limits the trace's use ("the last line is cut off") for warning number
 * `i`, counted from 0; NULL after the last. For `import` and `trace info`.
 */
const char *import_quality_warning(const struct import_quality *quality, unsigned i);

#endif

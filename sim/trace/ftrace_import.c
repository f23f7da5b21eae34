/* SPDX-License-Identifier: MIT */
/* Turns ftrace text with page allocator events into a trace. */
#define _GNU_SOURCE /* memmem() */

#include "trace/ftrace_import.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "base/file.h"
#include "base/units.h"
#include "trace/captured_tasks.h"
#include "trace/ftrace_gfp.h"
#include "trace/ftrace_line.h"
#include "trace/page_owners.h"
#include "trace/text_cache.h"

/* No architecture's buddy lists go above it. */
enum { CAPTURED_ORDER_MAX = 13 };

enum event_kind {
    EVENT_OTHER,
    EVENT_ALLOC,
    EVENT_FREE,
    EVENT_BATCHED,
    EVENT_RECLAIM_BEGIN,
    EVENT_RECLAIM_END,
    EVENT_PROBE,
};

struct import {
    const struct ftrace_import_options *options;
    struct mmtr_writer *writer;
    struct import_quality quality;
    struct page_owners owners;
    struct captured_tasks tasks;
    struct hashmap reclaiming; /* pids between begin and end */
    bool batched_frees;        /* the text has no other free event */
    bool started;              /* the first event has been seen */
    uint64_t start_ns;
    uint64_t now_ns;
    uint64_t next_id;
    struct text_cache gfp_cache;

    /* the line at hand */
    const char *line_text;
    struct ftrace_line line;
    uint32_t task;
    uint8_t origin;
};

static bool no_memory(struct sim_error *err)
{
    return sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for the import");
}

/* ERR_IMPORT_LINE at `at` in the line at hand. */
static bool bad_line(const struct import *import, const char *at, const char *what,
                     struct sim_error *err)
{
    uint64_t line = import->quality.lines;

    sim_error_set(err, ERR_IMPORT_LINE, "%.*s: %s", (int)import->line.event_length,
                  import->line.event, what);
    sim_error_add_place(err, import->options->file_name,
                        line <= UINT32_MAX ? (uint32_t)line : UINT32_MAX,
                        (uint32_t)(at - import->line_text) + 1);
    return false;
}

static enum event_kind kind_of(const struct ftrace_line *line)
{
    static const struct {
        const char *name;
        enum event_kind kind;
    } events[] = {
        {"mm_page_alloc", EVENT_ALLOC},
        {"mm_page_free", EVENT_FREE},
        {"mm_page_free_batched", EVENT_BATCHED},
        {"mm_page_free_direct", EVENT_FREE},
        {"mm_pagevec_free", EVENT_BATCHED},
        {"mm_vmscan_direct_reclaim_begin", EVENT_RECLAIM_BEGIN},
        {"mm_vmscan_direct_reclaim_end", EVENT_RECLAIM_END},
    };

    if (line->event_length > 2 && memcmp(line->event, "x_", 2) == 0)
        return EVENT_PROBE;
    for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
        if (strlen(events[i].name) == line->event_length &&
            memcmp(events[i].name, line->event, line->event_length) == 0)
            return events[i].kind;
    }
    return EVENT_OTHER;
}

static uint32_t find_gfp(struct import *import, const char *text, size_t length)
{
    uint64_t unknown = 0;
    uint32_t mask;

    if (SIM_LIKELY(text_cache_get(&import->gfp_cache, text, length, 0, &mask)))
        return mask;
    mask = ftrace_gfp_parse(text, length, &unknown);
    import->quality.unknown_gfp += unknown;
    /* masks with unknown words are counted each time */
    if (unknown == 0)
        text_cache_put(&import->gfp_cache, text, length, 0, mask);
    return mask;
}

static bool emit(struct import *import, struct trace_record *record, struct sim_error *err)
{
    record->time_ns = import->now_ns;
    record->task = import->task;
    record->node = TRACE_BY_POLICY;
    return mmtr_writer_add(import->writer, record, err);
}

/* Frees pages [pfn, pfn + count) of the block as pieces as large as they can be. */
static bool emit_pieces(struct import *import, uint32_t entry, uint64_t pfn, uint64_t count,
                        struct sim_error *err)
{
    struct captured_block block = *page_owners_block(&import->owners, entry);
    uint64_t part = pfn - block.pfn, end = part + count;

    while (part < end) {
        unsigned order = 0;

        while (part % (UINT64_C(2) << order) == 0 && part + (UINT64_C(2) << order) <= end)
            order++;
        if (!emit(import,
                  &(struct trace_record){
                      .op = TRACE_FREE_PART,
                      .id = block.id,
                      .order = (uint8_t)order,
                      .part = (uint32_t)part,
                      .flags = import->origin,
                  },
                  err))
            return false;
        import->quality.reclaim_frees += import->origin != 0;
        part += UINT64_C(1) << order;
    }
    page_owners_take(&import->owners, entry, pfn, count);
    return true;
}

static bool emit_whole(struct import *import, uint32_t entry, struct sim_error *err)
{
    struct captured_block block = *page_owners_block(&import->owners, entry);

    page_owners_take(&import->owners, entry, block.pfn, block.left);
    import->quality.reclaim_frees += import->origin != 0;
    return emit(import,
                &(struct trace_record){
                    .op = TRACE_FREE_PAGES,
                    .id = block.id,
                    .flags = import->origin,
                },
                err);
}

static bool is_whole(const struct captured_block *block)
{
    return block->left == UINT64_C(1) << block->order;
}

/* The number of pages from `pfn` on, below `end`, that have the same entry. */
static uint64_t run_length(struct import *import, uint32_t entry, uint64_t pfn, uint64_t end)
{
    uint64_t at = pfn + 1;

    while (at < end && page_owners_get(&import->owners, at) == entry)
        at++;
    return at - pfn;
}

/* Ends what is left of a block that an allocation overlaps. */
static bool close_block(struct import *import, uint32_t entry, struct sim_error *err)
{
    const struct captured_block *block = page_owners_block(&import->owners, entry);
    uint64_t pfn = block->pfn, end = pfn + (UINT64_C(1) << block->order), count;
    uint8_t origin = import->origin;
    bool ok = true;

    import->quality.implied_frees++;
    import->origin = 0;
    if (is_whole(block)) {
        ok = emit_whole(import, entry, err);
    } else {
        for (; ok && pfn < end; pfn += count) {
            uint32_t owner = page_owners_get(&import->owners, pfn);

            count = run_length(import, owner, pfn, end);
            if (owner == entry)
                ok = emit_pieces(import, entry, pfn, count, err);
        }
    }
    import->origin = origin;
    return ok;
}

/* A number in decimal or 0x hexadecimal; false with the error set. */
static bool read_arg(const struct import *import, const char *key, uint64_t max,
                     uint64_t *ret_value, struct sim_error *err)
{
    const char *text;
    size_t length;

    if (!ftrace_line_arg(&import->line, key, &text, &length)) {
        char what[32];

        snprintf(what, sizeof(what), "no %s here", key);
        return bad_line(import, import->line.args, what, err);
    }
    if (!uint_parse(text, length, ret_value) || *ret_value > max)
        return bad_line(import, text, "this number cannot be", err);
    return true;
}

/* "page=(null)", "page=(nil)", "page=0000000000000000". */
static bool page_is_null(const struct ftrace_line *line)
{
    const char *text;
    size_t length;

    if (!ftrace_line_arg(line, "page=", &text, &length) || length == 0)
        return false;
    if (text[0] == '(')
        return length >= 5 && (memcmp(text, "(null", 5) == 0 || memcmp(text, "(nil)", 5) == 0);
    if (length > 2 && text[0] == '0' && text[1] == 'x')
        text += 2, length -= 2;
    while (length > 0 && *text == '0')
        text++, length--;
    return length == 0;
}

static bool check_span(const struct import *import, uint64_t pfn, uint64_t order,
                       struct sim_error *err)
{
    if (order > CAPTURED_ORDER_MAX)
        return bad_line(import, import->line.args, "no kernel has blocks of that order", err);
    if (pfn > PAGE_OWNERS_PFN_MAX - (UINT64_C(1) << order))
        return bad_line(import, import->line.args, "no machine has such a page", err);
    return true;
}

static bool import_alloc(struct import *import, struct sim_error *err)
{
    struct trace_record record = {.op = TRACE_ALLOC_PAGES, .id = import->next_id};
    bool null_page = page_is_null(&import->line), overlaps = false;
    const char *gfp;
    size_t gfp_length;
    uint64_t pfn, order;

    if (!read_arg(import, "pfn=", UINT64_MAX, &pfn, err) ||
        !read_arg(import, "order=", UINT32_MAX, &order, err))
        return false;
    if (!ftrace_line_arg(&import->line, "gfp_flags=", &gfp, &gfp_length))
        return bad_line(import, import->line.args, "no gfp_flags= here", err);
    if (null_page || pfn == 0) {
        import->quality.failed_allocs++;
        return true;
    }
    if (!check_span(import, pfn, order, err))
        return false;
    for (uint64_t at = pfn; at < pfn + (UINT64_C(1) << order); at++) {
        uint32_t entry = page_owners_get(&import->owners, at);

        if (entry < PAGE_OWNER_BLOCK)
            continue;
        overlaps = true;
        if (!close_block(import, entry, err))
            return false;
    }
    if (!page_owners_add(&import->owners, import->next_id, pfn, (unsigned)order))
        return no_memory(err);
    import->next_id++;
    import->quality.alloc_events++;
    import->quality.overlapping_allocs += overlaps;
    record.order = (uint8_t)order;
    record.gfp = find_gfp(import, gfp, gfp_length);
    return emit(import, &record, err);
}

/* Pages [pfn, pfn + count) that no block holds. */
static bool name_unknown(struct import *import, uint64_t pfn, uint64_t count, bool unnamed,
                         struct sim_error *err)
{
    import->quality.unknown_free_pages += count;
    if (!unnamed)
        return true;
    import->quality.unknown_first_pages += count;
    for (uint64_t at = pfn; at < pfn + count; at++) {
        if (!page_owners_name(&import->owners, at))
            return no_memory(err);
    }
    return true;
}

static bool import_free(struct import *import, struct sim_error *err)
{
    uint64_t pfn, order, count, end;
    bool held = false;
    uint32_t entry;

    if (!read_arg(import, "pfn=", UINT64_MAX, &pfn, err) ||
        !read_arg(import, "order=", UINT32_MAX, &order, err) ||
        !check_span(import, pfn, order, err))
        return false;
    import->quality.free_events++;
    entry = page_owners_get(&import->owners, pfn);
    if (SIM_LIKELY(entry >= PAGE_OWNER_BLOCK)) {
        const struct captured_block *block = page_owners_block(&import->owners, entry);

        if (block->pfn == pfn && block->order == order && is_whole(block)) {
            import->quality.exact_frees++;
            return emit_whole(import, entry, err);
        }
    }
    for (end = pfn + (UINT64_C(1) << order); pfn < end; pfn += count) {
        entry = page_owners_get(&import->owners, pfn);
        count = run_length(import, entry, pfn, end);
        if (entry < PAGE_OWNER_BLOCK) {
            if (!name_unknown(import, pfn, count, entry == PAGE_OWNER_UNNAMED, err))
                return false;
            continue;
        }
        held = true;
        import->quality.closed_in_pieces +=
            page_owners_block(&import->owners, entry)->left == count;
        if (is_whole(page_owners_block(&import->owners, entry)) &&
            page_owners_block(&import->owners, entry)->left == count) {
            if (!emit_whole(import, entry, err))
                return false;
        } else if (!emit_pieces(import, entry, pfn, count, err)) {
            return false;
        }
    }
    if (held)
        import->quality.partial_frees++;
    else
        import->quality.unknown_frees++;
    return true;
}

/* Begin or end of a direct reclaim by the line's task. */
static bool mark_reclaim(struct import *import, bool begins, struct sim_error *err)
{
    if (!begins)
        hashmap_remove(&import->reclaiming, import->line.pid, NULL);
    else if (!hashmap_put(&import->reclaiming, import->line.pid, 1))
        return no_memory(err);
    return true;
}

static uint8_t origin_of(const struct import *import)
{
    const struct ftrace_line *line = &import->line;
    uint64_t value;

    if (line->in_interrupt)
        return 0;
    if (line->comm_length > 6 && memcmp(line->task, "kswapd", 6) == 0)
        return TRACE_ORIGIN_RECLAIM;
    return import->reclaiming.count > 0 && hashmap_get(&import->reclaiming, line->pid, &value)
               ? TRACE_ORIGIN_RECLAIM
               : 0;
}

static void advance_time(struct import *import)
{
    uint64_t time_ns = import->line.time_ns;

    if (!import->started) {
        import->started = true;
        import->start_ns = time_ns;
    }
    if (time_ns < import->start_ns + import->now_ns)
        import->quality.time_backwards++;
    else
        import->now_ns = time_ns - import->start_ns;
}

static bool import_event(struct import *import, struct sim_error *err)
{
    enum event_kind kind = kind_of(&import->line);

    import->quality.event_lines++;
    advance_time(import);
    switch (kind) {
    case EVENT_PROBE:
        import->quality.probe_events++;
        return true;
    case EVENT_OTHER:
        import->quality.other_events++;
        return true;
    case EVENT_RECLAIM_BEGIN:
    case EVENT_RECLAIM_END:
        import->quality.other_events++;
        return mark_reclaim(import, kind == EVENT_RECLAIM_BEGIN, err);
    case EVENT_BATCHED:
        if (!import->batched_frees) {
            import->quality.batched_events++;
            return true;
        }
        break;
    case EVENT_ALLOC:
    case EVENT_FREE:
        break;
    }
    if (!captured_tasks_find(&import->tasks, &import->line, import->writer, &import->task, err))
        return false;
    import->origin = kind == EVENT_ALLOC ? 0 : origin_of(import);
    return kind == EVENT_ALLOC ? import_alloc(import, err) : import_free(import, err);
}

/* "# entries-in-buffer/entries-written: 65629/65629   #P:1" */
static void read_header(struct import *import, const char *text, const char *end)
{
    static const char key[] = "entries-written: ";
    const char *at = memmem(text, (size_t)(end - text), key, sizeof(key) - 1), *slash, *stop;
    uint64_t in_buffer, written;

    if (!at)
        return;
    at += sizeof(key) - 1;
    slash = memchr(at, '/', (size_t)(end - at));
    if (!slash)
        return;
    stop = slash + 1;
    while (stop < end && *stop >= '0' && *stop <= '9')
        stop++;
    if (uint_parse(at, (size_t)(slash - at), &in_buffer) &&
        uint_parse(slash + 1, (size_t)(stop - slash - 1), &written) && written > in_buffer)
        import->quality.overwritten_events += written - in_buffer;
}

/* "CPU:1 [LOST 12 EVENTS]", before some versions without the number. */
static bool read_lost_mark(struct import *import, const char *text, const char *end)
{
    static const char key[] = " [LOST ";
    const char *at, *stop;
    uint64_t count;

    if (end - text < 4 || memcmp(text, "CPU:", 4) != 0)
        return false;
    at = memmem(text, (size_t)(end - text), key, sizeof(key) - 1);
    if (!at)
        return false;
    at += sizeof(key) - 1;
    stop = memchr(at, ' ', (size_t)(end - at));
    import->quality.lost_marks++;
    if (stop && uint_parse(at, (size_t)(stop - at), &count))
        import->quality.lost_events += count;
    return true;
}

static bool import_line(struct import *import, const char *text, const char *end, bool whole,
                        struct sim_error *err)
{
    import->quality.lines++;
    if (end > text && end[-1] == '\r')
        end--;
    if (text == end || *text == '#') {
        import->quality.comment_lines++;
        if (text < end)
            read_header(import, text, end);
        return true;
    }
    if (!whole) {
        import->quality.truncated_lines++;
        return true;
    }
    if (read_lost_mark(import, text, end))
        return true;
    import->line_text = text;
    if (!ftrace_line_parse(text, end, &import->line)) {
        import->quality.unreadable_lines++;
        return true;
    }
    return import_event(import, err);
}

static bool import_lines(struct import *import, const char *text, size_t size,
                         struct sim_error *err)
{
    const char *end = text + size;

    while (text < end) {
        const char *newline = memchr(text, '\n', (size_t)(end - text));

        if (!import_line(import, text, newline ? newline : end, newline != NULL, err))
            return false;
        text = newline ? newline + 1 : end;
    }
    return true;
}

static bool set_meta(struct import *import, const uint8_t *text, size_t size, struct sim_error *err)
{
    char value[32];

    if (!mmtr_writer_set_meta(import->writer, "importer", "ftrace 1", err))
        return false;
    if (import->options->kernel &&
        !mmtr_writer_set_meta(import->writer, "kernel", import->options->kernel, err))
        return false;
    snprintf(value, sizeof(value), "%zu", size);
    if (!mmtr_writer_set_meta(import->writer, "source_bytes", value, err))
        return false;
    snprintf(value, sizeof(value), "%016" PRIx64, fnv1a64(text, size));
    return mmtr_writer_set_meta(import->writer, "source_fnv1a64", value, err);
}

static bool check_result(const struct import *import, struct sim_error *err)
{
    if (import->quality.event_lines == 0) {
        sim_error_set(err, ERR_IMPORT_FORMAT, "no line of the %" PRIu64 " is an ftrace event",
                      import->quality.lines);
        sim_error_add_hint(err, "expected: COMM-PID [CPU] SECONDS.MICROS: EVENT: ...; the trace "
                                "clock must count seconds (mono, local, global)");
    } else if (import->quality.alloc_events == 0) {
        sim_error_set(err, ERR_IMPORT_EMPTY, "no mm_page_alloc among %" PRIu64 " events",
                      import->quality.event_lines);
        sim_error_add_hint(err, "record the events kmem:mm_page_alloc and kmem:mm_page_free");
    } else {
        return true;
    }
    sim_error_add_place(err, import->options->file_name, 0, 0);
    return false;
}

static bool has_text(const uint8_t *text, size_t size, const char *needle)
{
    return memmem(text, size, needle, strlen(needle)) != NULL;
}

bool ftrace_import(const struct ftrace_import_options *options, const uint8_t *text, size_t size,
                   struct mmtr_writer *writer, struct import_quality *ret_quality,
                   struct sim_error *err)
{
    struct import *import = calloc(1, sizeof(*import));
    bool ok;

    if (!import)
        return no_memory(err);
    import->options = options;
    import->writer = writer;
    import->batched_frees =
        !has_text(text, size, " mm_page_free: ") && !has_text(text, size, " mm_page_free_direct: ");
    ok = import_lines(import, (const char *)text, size, err);
    import->quality.live_blocks = import->owners.nr_live;
    import->quality.live_pages = import->owners.live_pages;
    if (ok) {
        ok = check_result(import, err);
        if (ok || err->code == ERR_IMPORT_EMPTY)
            *ret_quality = import->quality;
    }
    ok = ok && set_meta(import, text, size, err) &&
         mmtr_writer_finish(writer, &import->quality, err);
    page_owners_fini(&import->owners);
    captured_tasks_fini(&import->tasks);
    hashmap_fini(&import->reclaiming);
    free(import);
    return ok;
}

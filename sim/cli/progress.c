/* SPDX-License-Identifier: MIT */
/* A progress bar on stderr, for runs that take long at a terminal. */
#include "cli/progress.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/units.h"

enum { BAR_WIDTH = 30 };

#define FIRST_DRAW_NS (500 * NSEC_PER_MSEC)
#define REDRAW_NS     (100 * NSEC_PER_MSEC)

static uint64_t wall_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * NSEC_PER_SEC + (uint64_t)now.tv_nsec;
}

void progress_init(struct progress *progress, enum progress_mode mode)
{
    *progress = (struct progress){
        .wanted = mode == PROGRESS_ON || (mode == PROGRESS_AUTO && isatty(STDERR_FILENO)),
    };
    if (!progress->wanted)
        return;
    progress->start_ns = wall_ns();
    progress->next_ns = progress->start_ns + (mode == PROGRESS_ON ? 0 : FIRST_DRAW_NS);
}

/* In thousandths; by time where the end is known, else by records; 0 = unknown. */
static uint32_t done_milli(const struct simulation_progress *p)
{
    uint64_t done = p->end_ns ? p->now_ns : p->records;
    uint64_t total = p->end_ns ? p->end_ns : p->records_total;

    if (done >= total)
        return total ? 1000 : 0;
    for (; total > UINT64_MAX / 1000; total /= 2)
        done /= 2;
    return (uint32_t)(done * 1000 / total);
}

static void draw_bar(uint32_t milli)
{
    unsigned filled = milli * BAR_WIDTH / 1000;
    char bar[BAR_WIDTH + 1];

    memset(bar, '.', BAR_WIDTH);
    memset(bar, '#', filled);
    bar[BAR_WIDTH] = '\0';
    fprintf(stderr, "\r[%s] %3u%%  ", bar, milli / 10);
}

static void draw(const struct progress *progress, const struct simulation_progress *p,
                 uint64_t now_ns)
{
    uint32_t milli = done_milli(p);
    uint64_t spent_ms = (now_ns - progress->start_ns) / NSEC_PER_MSEC;

    draw_bar(milli);
    fprintf(stderr, "%llu.%03llu s simulated, %llu records",
            (unsigned long long)(p->now_ns / NSEC_PER_SEC),
            (unsigned long long)(p->now_ns % NSEC_PER_SEC / NSEC_PER_MSEC),
            (unsigned long long)p->records);
    if (milli > 0 && milli < 1000)
        fprintf(stderr, ", %llu s left",
                (unsigned long long)(spent_ms * (1000 - milli) / milli / 1000));
    fputs("\033[K", stderr);
}

static void draw_count(const struct progress *progress, const struct progress_count *count,
                       uint64_t now_ns)
{
    uint64_t over = count->before + count->done;
    uint64_t spent_ms = (now_ns - progress->start_ns) / NSEC_PER_MSEC;

    draw_bar(count->total ? (uint32_t)(over * 1000 / count->total) : 1000);
    fprintf(stderr, "%llu of %llu runs", (unsigned long long)over,
            (unsigned long long)count->total);
    if (count->failed)
        fprintf(stderr, ", %llu failed", (unsigned long long)count->failed);
    if (count->done)
        fprintf(stderr, ", %llu s left",
                (unsigned long long)(spent_ms * (count->total - over) / count->done / 1000));
    fputs("\033[K", stderr);
}

/* Whether it is time to draw, and when it is. */
static bool is_due(struct progress *progress, uint64_t *ret_now_ns)
{
    if (!progress->wanted)
        return false;
    *ret_now_ns = wall_ns();
    if (*ret_now_ns < progress->next_ns)
        return false;
    progress->shown = true;
    progress->next_ns = *ret_now_ns + REDRAW_NS;
    return true;
}

void progress_update(struct progress *progress, const struct simulation *simulation)
{
    struct simulation_progress p;
    uint64_t now_ns;

    if (!is_due(progress, &now_ns))
        return;
    p = simulation_progress(simulation);
    draw(progress, &p, now_ns);
}

void progress_update_count(struct progress *progress, const struct progress_count *count)
{
    uint64_t now_ns;

    if (is_due(progress, &now_ns))
        draw_count(progress, count, now_ns);
}

void progress_fini(struct progress *progress)
{
    if (progress->shown)
        fputs("\r\033[K", stderr);
    progress->shown = false;
}

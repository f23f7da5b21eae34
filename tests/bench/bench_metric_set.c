/* SPDX-License-Identifier: MIT */
/* How many MB a second of a run's output metrics are picked out of, by what they ask for. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "compare/metric_set.h"
#include "cpu_time.h"

enum { ROUNDS = 7 };

static bool measure(struct metric_set *set, const struct file_bytes *bytes)
{
    const char *at = (const char *)bytes->data, *end = at + bytes->size;
    struct sim_error err = {0};

    metric_set_restart(set);
    while (at < end) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));

        if (!newline || !metric_set_line(set, at, (size_t)(newline - at), &err))
            return false;
        at = newline + 1;
    }
    return metric_set_finish(set, &err);
}

/* Of the best round; 0: the output or a metric is bad. */
static uint64_t mb_per_s(const struct file_bytes *bytes, const char *const *texts, size_t count)
{
    struct metric_set *set = metric_set_create();
    uint64_t best_ns = UINT64_MAX;
    struct sim_error err = {0};
    bool good = set != NULL;

    for (size_t i = 0; i < count && good; i++)
        good = metric_set_add(set, texts[i], &err);
    for (unsigned round = 0; round < ROUNDS && good; round++) {
        uint64_t start_ns = cpu_time_ns(), took_ns;

        good = measure(set, bytes);
        took_ns = cpu_time_ns() - start_ns;
        best_ns = took_ns < best_ns ? took_ns : best_ns;
    }
    metric_set_destroy(set);
    return good ? bytes->size * 1000 / (best_ns + !best_ns) : 0;
}

int main(int argc, char **argv)
{
    static const char *const one[] = {"zones[*].margin_low_pages.min"};
    static const char *const many[] = {"zones[*].margin_low_pages.min",
                                       "zones[*].nr_free_pages.p50",
                                       "zones[*].unusable_index[*].mean",
                                       "vmstat.allocstall.max",
                                       "kswapd.awake_ns.last",
                                       "pages_live.integral",
                                       "alloc_latency_ns.p99.max"};
    struct sim_error err = {0};
    struct file_bytes bytes;
    uint64_t headline, single, several;

    if (argc != 2 || !file_bytes_init(&bytes, argv[1], &err)) {
        fprintf(stderr, "usage: bench_metric_set OUT.jsonl\n");
        return EXIT_FAILURE;
    }
    headline = mb_per_s(&bytes, metric_headline, metric_headline_count);
    single = mb_per_s(&bytes, one, 1);
    several = mb_per_s(&bytes, many, sizeof(many) / sizeof(many[0]));
    printf("{\"bench\":\"metric_set\",\"output_bytes\":%zu,\"headline_mb_per_s\":%" PRIu64
           ",\"one_over_ticks_mb_per_s\":%" PRIu64 ",\"seven_over_ticks_mb_per_s\":%" PRIu64 "}\n",
           bytes.size, headline, single, several);
    file_bytes_fini(&bytes);
    return headline && single && several ? EXIT_SUCCESS : EXIT_FAILURE;
}

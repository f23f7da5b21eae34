/* SPDX-License-Identifier: MIT */
/* How many objects and numbers a second the JSON writer makes, and the histogram. One JSON line. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/rng.h"
#include "base/units.h"
#include "cpu_time.h"
#include "stats/histogram.h"
#include "stats/jsonl_writer.h"

enum { OBJECTS = 40000, NUMBERS = 120, ROUNDS = 7, RECORDS = 20000000, SAMPLES = 4096 };

/* Lines of 120 numbers with keys, of the magnitudes that a tick holds. */
static bool write_objects(struct jsonl_writer *writer, const uint64_t *samples)
{
    bool good = true;

    for (unsigned i = 0; i < OBJECTS; i++) {
        struct json_stream *json = jsonl_writer_begin(writer, "tick");

        for (unsigned k = 0; k < NUMBERS; k++)
            json_key_uint(json, "nr_free_pages", samples[(i + k) % SAMPLES]);
        good = jsonl_writer_end(writer) && good;
    }
    return good;
}

static uint64_t best_objects_ns(const uint64_t *samples)
{
    uint64_t best_ns = UINT64_MAX;

    for (unsigned round = 0; round < ROUNDS; round++) {
        struct jsonl_writer writer;
        uint64_t start_ns = cpu_time_ns(), took_ns;
        bool good;

        jsonl_writer_init(&writer, NULL);
        good = write_objects(&writer, samples);
        jsonl_writer_fini(&writer);
        if (!good)
            return 0;
        took_ns = cpu_time_ns() - start_ns;
        best_ns = took_ns < best_ns ? took_ns : best_ns;
    }
    return best_ns;
}

static uint64_t best_records_ns(const uint64_t *samples, uint64_t *ret_p99)
{
    static struct histogram histogram;
    uint64_t best_ns = UINT64_MAX;

    for (unsigned round = 0; round < ROUNDS; round++) {
        uint64_t start_ns = cpu_time_ns(), took_ns;

        for (unsigned i = 0; i < RECORDS; i++)
            histogram_record(&histogram, samples[i % SAMPLES]);
        took_ns = cpu_time_ns() - start_ns;
        best_ns = took_ns < best_ns ? took_ns : best_ns;
    }
    *ret_p99 = histogram_quantile(&histogram, 990);
    return best_ns;
}

int main(void)
{
    static uint64_t samples[SAMPLES];
    struct rng rng;
    uint64_t objects_ns, records_ns, p99;

    rng_init(&rng, 1, "bench_json");
    for (unsigned i = 0; i < SAMPLES; i++)
        samples[i] = rng_next(&rng) >> (40 + rng_below(&rng, 24));
    objects_ns = best_objects_ns(samples);
    records_ns = best_records_ns(samples, &p99);
    if (!objects_ns)
        return EXIT_FAILURE;
    printf("{\"bench\":\"json\",\"objects_per_s\":%" PRIu64 ",\"numbers_per_s\":%" PRIu64
           ",\"numbers_per_object\":%d,\"histogram_record_ps\":%" PRIu64 ",\"p99\":%" PRIu64 "}\n",
           (uint64_t)OBJECTS * NSEC_PER_SEC / objects_ns,
           (uint64_t)OBJECTS * NUMBERS * NSEC_PER_SEC / objects_ns, NUMBERS,
           records_ns * 1000 / RECORDS, p99);
    return EXIT_SUCCESS;
}

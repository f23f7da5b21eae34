/* SPDX-License-Identifier: MIT */
/* How many lines a second the YAML reader streams, and what memory that takes. One JSON line. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/strbuf.h"
#include "base/units.h"
#include "cpu_time.h"
#include "yaml/yaml_doc.h"

enum { LINES = 500000, ROUNDS = 5 };

static bool count_item(void *ctx, const struct yaml_node *item, struct sim_error *err)
{
    uint64_t *nr_children = ctx;

    (void)err;
    *nr_children += item->count;
    return true;
}

static uint64_t peak_kb(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return (uint64_t)usage.ru_maxrss;
}

/* Lines a second of the best round; 0: it failed, *err says why. */
static uint64_t lines_per_s(const char *line, uint64_t *ret_growth_kb, struct sim_error *err)
{
    struct strbuf text = {0};
    uint64_t best_ns = UINT64_MAX, before_kb, nr_children = 0;
    const struct yaml_stream stream = {"events", count_item, &nr_children};

    strbuf_adds(&text, "events:\n");
    for (int i = 0; i < LINES; i++)
        strbuf_adds(&text, line);
    before_kb = peak_kb();
    for (int round = 0; !text.failed && round < ROUNDS; round++) {
        struct yaml_doc doc;
        uint64_t start_ns = cpu_time_ns(), took_ns;

        if (!yaml_doc_parse(&doc, "bench", (const uint8_t *)text.data, text.length, &stream, err))
            break;
        took_ns = cpu_time_ns() - start_ns;
        best_ns = took_ns < best_ns ? took_ns : best_ns;
        yaml_doc_fini(&doc);
    }
    *ret_growth_kb = peak_kb() - before_kb;
    strbuf_fini(&text);
    return best_ns == UINT64_MAX ? 0 : (uint64_t)LINES * NSEC_PER_SEC / best_ns;
}

int main(void)
{
    struct sim_error err = {0};
    uint64_t compact_kb, verbose_kb;
    uint64_t compact =
        lines_per_s("- [10000000, nic, alloc_pages, a, 1, GFP_ATOMIC]\n", &compact_kb, &err);
    uint64_t verbose =
        lines_per_s("- {t: 10ms, task: nic, op: alloc_pages, id: a, order: 1, gfp: GFP_ATOMIC}\n",
                    &verbose_kb, &err);

    if (sim_error_is_set(&err) || !compact || !verbose) {
        fprintf(stderr, "bench_yaml: %s\n", err.message);
        return EXIT_FAILURE;
    }
    printf("{\"bench\":\"yaml\",\"compact_lines_per_s\":%" PRIu64
           ",\"verbose_lines_per_s\":%" PRIu64 ",\"compact_growth_kb\":%" PRIu64
           ",\"verbose_growth_kb\":%" PRIu64 "}\n",
           compact, verbose, compact_kb, verbose_kb);
    return EXIT_SUCCESS;
}

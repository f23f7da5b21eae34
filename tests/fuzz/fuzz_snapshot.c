/* SPDX-License-Identifier: MIT */
/* Fuzz target of show: the lines are a header and a tick; what is taken can be shown. */
#include <string.h>

#include "stats/node_files.h"
#include "stats/proc_files.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* All files; a node's in any case, as show does of NUMA kernels. */
static void show(const struct snapshot *snapshot)
{
    struct strbuf text = {0};

    for (unsigned file = 0; file < NR_PROC_FILES; file++) {
        strbuf_reset(&text);
        proc_file_format(&text, snapshot, file);
    }
    for (size_t i = 0; i < snapshot->nodes.count; i++)
        for (unsigned file = 0; file < NR_NODE_FILES; file++) {
            strbuf_reset(&text);
            node_file_format(&text, snapshot, &snapshot->nodes.items[i], file);
        }
    strbuf_fini(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *line = (const char *)data;
    const char *newline = size ? memchr(line, '\n', size) : NULL;
    size_t length = newline ? (size_t)(newline - line) : size;
    struct snapshot snapshot = {0};

    if (snapshot_read_header(&snapshot, line, length) &&
        snapshot_read_tick(&snapshot, line + length + 1, newline ? size - length - 1 : 0))
        show(&snapshot);
    snapshot_fini(&snapshot);
    return 0;
}

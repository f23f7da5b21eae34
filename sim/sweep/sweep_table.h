/* SPDX-License-Identifier: MIT */
/* A merged sweep as a table: a row for each run, a column for each axis and each metric. */
#ifndef SIM_SWEEP_SWEEP_TABLE_H
#define SIM_SWEEP_SWEEP_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/error.h"
#include "base/strbuf.h"
#include "base/vec.h"
#include "sweep/sweep_merge.h"

/*
 * Columns: key, index, the axes in the manifest's order, ended, the metrics in the order in which
 * the rows first show them. Runs need not have the same metrics ([*] over other zones or tasks): a
 * cell without one is empty, as is a metric without a value. Borrows the merge.
 */
struct sweep_table {
    const struct sweep_merge *merge;
    struct sweep_owned_texts metrics; /* the names of their columns */
    struct key_map columns;           /* hash of the name to its column */
};

/* One pass over all results. Errors: ERR_SWEEP_RESULT, ERR_OUT_OF_MEMORY. Valid to end after a
 * failure. */
bool sweep_table_init(struct sweep_table *table, const struct sweep_merge *merge,
                      struct sim_error *err);
void sweep_table_fini(struct sweep_table *table);

/* A text that points elsewhere and is not terminated; NULL: an empty cell. */
struct sweep_cell {
    const char *text;
    size_t length;
};

/* A row to be used again and again; all-zero at first. */
struct sweep_row {
    char key[SWEEP_KEY_TEXT];
    uint32_t index;
    struct sweep_run_texts texts; /* values: one for each axis */
    struct sweep_cell ended;
    VEC(struct sweep_cell) metrics; /* one for each metric column */
    struct strbuf name;
};

/* The row at a position of the merge. Errors: those of sweep_table_init(), ERR_SWEEP_MANIFEST. */
bool sweep_table_row(const struct sweep_table *table, uint32_t position, struct sweep_row *row,
                     struct sim_error *err);
void sweep_row_fini(struct sweep_row *row);

/* The table as CSV by RFC 4180, with a header line and CRLF. Failed writes are the stream's. */
bool sweep_table_write_csv(const struct sweep_table *table, FILE *stream, struct sim_error *err);

#endif

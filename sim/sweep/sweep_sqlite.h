/* SPDX-License-Identifier: MIT */
/* A merged sweep as an SQLite database. */
#ifndef SIM_SWEEP_SWEEP_SQLITE_H
#define SIM_SWEEP_SWEEP_SQLITE_H

#include <stdbool.h>

#include "base/error.h"
#include "sweep/sweep_table.h"

/*
 *     sweep(name TEXT, manifest TEXT)     one row; manifest is the first line of the manifest, JSON
 *     run(key TEXT PRIMARY KEY, "index" INTEGER, AXIS..., ended TEXT, METRIC...)
 *
 * Axes and metrics are columns of these very names with numeric affinity: numbers are numbers,
 * words stay words, no value is NULL. Rows are in the order of the keys. The file appears whole or
 * not at all and replaces one that is there. Errors: ERR_NO_SQLITE (built without it), ERR_OPEN,
 * ERR_WRITE with SQLite's words, those of sweep_table_row().
 */
bool sweep_sqlite_write(const struct sweep_table *table, const char *path, struct sim_error *err);

#endif

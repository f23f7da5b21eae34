/* SPDX-License-Identifier: MIT */
/* What the lines of a manifest say: the inside of sweep_manifest_open(). */
#ifndef SIM_SWEEP_MANIFEST_LINES_H
#define SIM_SWEEP_MANIFEST_LINES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "stats/json_scan.h"
#include "sweep/sweep_manifest.h"

/*
 * Fills the manifest from its `bytes`; dir is set. False: these are no whole manifest, and
 * *ret_line is the line that is not, from 1, or 0 when there is none. err is set when there is more
 * to say: ERR_SWEEP_MANIFEST, ERR_SWEEP_VERSION, ERR_OUT_OF_MEMORY.
 */
bool manifest_lines_read(struct sweep_manifest *manifest, const char *tool_version,
                         uint32_t *ret_line, struct sim_error *err);

/* The scan's last string behind `prefix`, on the heap. NULL: no host memory. */
char *manifest_copy_text(const struct json_scan *scan, const char *prefix);

/* Makes the string, on the heap or NULL, the manifest's. False: it is freed, ERR_OUT_OF_MEMORY. */
bool manifest_keep_string(struct sweep_manifest *manifest, char *string, struct sim_error *err);

#endif

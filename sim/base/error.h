/* SPDX-License-Identifier: MIT */
/* The one error value: bad input with a place, a stable code and a hint. */
#ifndef SIM_BASE_ERROR_H
#define SIM_BASE_ERROR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error_codes.h"

/*
 * Owned by the caller, zero-initialised (`struct sim_error err = {0};`), passed last and never
 * NULL. The first error wins: setting an error that is already set changes nothing, so cleanup may
 * fail without hiding the cause. No allocation: setting an error cannot fail.
 *
 * A function that can meet bad input returns bool, true for success, and on false has set the
 * error; its other outputs are untouched then.
 *
 * file, line, column (1-based) say where the input is wrong; line 0 = the place is unknown or the
 * whole file. path is the place in the document ("machine.nodes[1].memory[0]"), empty if none.
 */
struct sim_error {
    enum sim_error_code code; /* ERR_NONE = no error */
    uint32_t line;
    uint32_t column;
    char file[256];
    char path[128];
    char message[256];
    char hint[160];
};

/* Sets code and message. Always returns false, so that `return sim_error_set(...)` reads well. */
bool sim_error_set(struct sim_error *err, enum sim_error_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/*
 * Adds what is not there yet: a setter below the document does not know the file, its caller does.
 * No effect without an error; a place or hint already given stays.
 */
void sim_error_add_place(struct sim_error *err, const char *file, uint32_t line, uint32_t column);
void sim_error_add_path(struct sim_error *err, const char *path);
void sim_error_add_hint(struct sim_error *err, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static inline bool sim_error_is_set(const struct sim_error *err)
{
    return err->code != ERR_NONE;
}

/* "MM-0203"; stable for ever. ERR_NONE gives "MM-0000". */
const char *sim_error_code_name(enum sim_error_code code);

/* The one-sentence meaning of a code, as in docs/errors.md. */
const char *sim_error_code_summary(enum sim_error_code code);

/*
 * "file:3:7: error[MM-0203]: message (at machine.nodes[1])\n  hint: ...\n" into `text`; truncated
 * at `size`, always terminated. Parts that are unknown are left out.
 */
void sim_error_format(const struct sim_error *err, char *text, uint32_t size);

#endif

/* SPDX-License-Identifier: MIT */
/* Fills plain structs from the members of a JSON object, by a table. */
#ifndef SIM_STATS_JSON_FILL_H
#define SIM_STATS_JSON_FILL_H

#include <stdbool.h>
#include <stddef.h>

#include "stats/json_scan.h"

/*
 *     static const struct json_field fields[] = {
 *         {"node", JSON_FILL_UINT, offsetof(struct zone_snapshot, node), 1, NULL},
 *         {"nr_free", JSON_FILL_UINT, offsetof(struct zone_snapshot, nr_free), MAX_ORDER, NULL},
 *     };
 *     ok = json_fill_next(&scan, fields, 2, &zone);
 *
 * A member that is in the table must be in the object, unless it is optional, and be of its kind;
 * other members are passed over. Integers are exact to 64 bits.
 */
enum json_fill_kind {
    JSON_FILL_UINT, /* uint64_t */
    JSON_FILL_INT,  /* int64_t */
    JSON_FILL_BOOL, /* bool */
    JSON_FILL_TEXT, /* char[count], escapes not resolved */
    JSON_FILL_CALL, /* read() */
};

struct json_field {
    const char *name;
    enum json_fill_kind kind;
    size_t offset; /* in the target; of JSON_FILL_CALL what read() gets */
    size_t count;  /* numbers: above 1 an array of just so many; text: its room */
    /* Reads the value from its first token on. False: it is not what it should be. */
    bool (*read)(struct json_scan *scan, void *target);
    bool optional; /* untouched when the object has none */
};

enum { JSON_FIELDS_MAX = 64 };

/* Goes to the next token, which must begin an object, and fills the target from it. */
bool json_fill_next(struct json_scan *scan, const struct json_field *fields, size_t nr_fields,
                    void *target);

/* The same of the object that the last token began. */
bool json_fill(struct json_scan *scan, const struct json_field *fields, size_t nr_fields,
               void *target);

/*
 * Reads an array: goes to the next token, which must begin it, and for each element calls read(),
 * before its first token. False: it is none, or a read() was false.
 */
bool json_fill_each(struct json_scan *scan, bool (*read)(struct json_scan *scan, void *target),
                    void *target);

/* The next token as an integer that is not negative. */
bool json_fill_uint(struct json_scan *scan, uint64_t *ret_value);

#endif

/* SPDX-License-Identifier: MIT */
/* Filling structs from JSON objects. */
#include "stats/json_fill.h"

#include <string.h>

#include "base/check.h"

static bool take_int(struct json_scan *scan, int64_t *ret_value)
{
    uint64_t limit = (uint64_t)INT64_MAX + scan->negative;

    if (scan->token != JSON_INTEGER || scan->magnitude > limit)
        return false;
    *ret_value = scan->negative ? (int64_t)(0 - scan->magnitude) : (int64_t)scan->magnitude;
    return true;
}

static bool take_uint(struct json_scan *scan, uint64_t *ret_value)
{
    if (scan->token != JSON_INTEGER || scan->negative)
        return false;
    *ret_value = scan->magnitude;
    return true;
}

bool json_fill_uint(struct json_scan *scan, uint64_t *ret_value)
{
    json_scan_next(scan);
    return take_uint(scan, ret_value);
}

static bool take_number(struct json_scan *scan, enum json_fill_kind kind, void *at)
{
    return kind == JSON_FILL_UINT ? take_uint(scan, at) : take_int(scan, at);
}

/* Both kinds of numbers are eight bytes. */
static bool take_numbers(struct json_scan *scan, const struct json_field *field, char *at)
{
    if (field->count == 1)
        return take_number(scan, field->kind, at);
    if (scan->token != JSON_ARRAY_BEGIN)
        return false;
    for (size_t i = 0; i < field->count; i++) {
        json_scan_next(scan);
        if (!take_number(scan, field->kind, at + i * sizeof(uint64_t)))
            return false;
    }
    return json_scan_next(scan) == JSON_ARRAY_END;
}

static bool take_text(struct json_scan *scan, char *text, size_t size)
{
    if (scan->token != JSON_STRING || scan->length >= size)
        return false;
    memcpy(text, scan->text, scan->length);
    text[scan->length] = '\0';
    return true;
}

static bool take_value(struct json_scan *scan, const struct json_field *field, char *at)
{
    if (field->kind == JSON_FILL_CALL)
        return field->read(scan, at);
    json_scan_next(scan);
    switch (field->kind) {
    case JSON_FILL_UINT:
    case JSON_FILL_INT:
        return take_numbers(scan, field, at);
    case JSON_FILL_BOOL:
        *(bool *)at = scan->token == JSON_TRUE;
        return scan->token == JSON_TRUE || scan->token == JSON_FALSE;
    case JSON_FILL_TEXT:
        return take_text(scan, at, field->count);
    case JSON_FILL_CALL:
        break;
    }
    SIM_ASSERT(false);
    return false;
}

static size_t find_field(const struct json_scan *scan, const struct json_field *fields,
                         size_t nr_fields)
{
    size_t i = 0;

    while (i < nr_fields && !json_scan_is(scan, fields[i].name))
        i++;
    return i;
}

static bool all_there(uint64_t seen, const struct json_field *fields, size_t nr_fields)
{
    for (size_t i = 0; i < nr_fields; i++)
        if (!fields[i].optional && !(seen >> i & 1))
            return false;
    return true;
}

bool json_fill(struct json_scan *scan, const struct json_field *fields, size_t nr_fields,
               void *target)
{
    uint64_t seen = 0;

    SIM_ASSERT(nr_fields <= JSON_FIELDS_MAX);
    if (scan->token != JSON_OBJECT_BEGIN)
        return false;
    while (json_scan_next(scan) == JSON_KEY) {
        size_t i = find_field(scan, fields, nr_fields);

        if (i == nr_fields) {
            if (!json_scan_skip(scan))
                return false;
            continue;
        }
        if (!take_value(scan, &fields[i], (char *)target + fields[i].offset))
            return false;
        seen |= UINT64_C(1) << i;
    }
    return scan->token == JSON_OBJECT_END && all_there(seen, fields, nr_fields);
}

bool json_fill_next(struct json_scan *scan, const struct json_field *fields, size_t nr_fields,
                    void *target)
{
    json_scan_next(scan);
    return json_fill(scan, fields, nr_fields, target);
}

bool json_fill_each(struct json_scan *scan, bool (*read)(struct json_scan *scan, void *target),
                    void *target)
{
    if (json_scan_next(scan) != JSON_ARRAY_BEGIN)
        return false;
    for (;;) {
        struct json_scan before = *scan;

        if (json_scan_next(scan) == JSON_ARRAY_END)
            return true;
        *scan = before;
        if (!read(scan, target))
            return false;
    }
}

/* SPDX-License-Identifier: MIT */
/* Typed readers of document nodes. */
#ifndef SIM_YAML_YAML_VALUE_H
#define SIM_YAML_YAML_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "yaml/yaml_doc.h"

/*
 * Every reader returns false with the error set, its place and path included, and leaves its
 * output alone then. ERR_WRONG_TYPE: a list or mapping where a scalar belongs (or the reverse), a
 * null or empty value, a quoted scalar where a number, size, duration, rate or boolean belongs.
 *
 * A NULL node is a key that is not there: the readers leave the output, the default, alone and
 * return true. So an optional key is one line:
 *
 *     uint64_t hz = 250;
 *     ok = yaml_get_uint(yaml_map_get(machine, "hz"), 100, 1000, &hz, err);
 */

/* Decimal or 0x hexadecimal (uint_parse()). ERR_BAD_NUMBER; outside [min, max]: ERR_OUT_OF_RANGE.
 */
bool yaml_get_uint(const struct yaml_node *node, uint64_t min, uint64_t max, uint64_t *ret_value,
                   struct sim_error *err);

/* Decimal with an optional minus (int_parse()). ERR_BAD_NUMBER, ERR_OUT_OF_RANGE. */
bool yaml_get_int(const struct yaml_node *node, int64_t min, int64_t max, int64_t *ret_value,
                  struct sim_error *err);

/* "64MiB" or plain bytes (size_parse()). ERR_BAD_SIZE, ERR_OUT_OF_RANGE. */
bool yaml_get_size_bytes(const struct yaml_node *node, uint64_t min_bytes, uint64_t max_bytes,
                         uint64_t *ret_bytes, struct sim_error *err);

/* "10ms" or plain nanoseconds (duration_parse()). ERR_BAD_DURATION, ERR_OUT_OF_RANGE. */
bool yaml_get_duration_ns(const struct yaml_node *node, uint64_t min_ns, uint64_t max_ns,
                          uint64_t *ret_ns, struct sim_error *err);

/* "60MB/s" or plain bytes per second (rate_parse()). ERR_BAD_RATE, ERR_OUT_OF_RANGE. */
bool yaml_get_rate(const struct yaml_node *node, uint64_t min_bytes_per_s, uint64_t max_bytes_per_s,
                   uint64_t *ret_bytes_per_s, struct sim_error *err);

/* true or false and no other spelling. */
bool yaml_get_bool(const struct yaml_node *node, bool *ret_value, struct sim_error *err);

/* Any scalar but null, quoted or not, as its NUL-terminated text; it belongs to the document. */
bool yaml_get_string(const struct yaml_node *node, const char **ret_text, struct sim_error *err);

/* One of `names`. ERR_UNKNOWN_NAME, the likely name or all of them in the hint. */
bool yaml_get_choice(const struct yaml_node *node, const char *const *names, size_t count,
                     size_t *ret_index, struct sim_error *err);

/* The node is of that kind: ERR_WRONG_TYPE otherwise. A NULL node is fine. */
bool yaml_expect(const struct yaml_node *node, enum yaml_kind kind, struct sim_error *err);

/*
 * `mapping` is a mapping (ERR_WRONG_TYPE) and has no key but the known ones: ERR_UNKNOWN_KEY at
 * the key, the likely key or all of them in the hint. A NULL node is fine.
 */
bool yaml_check_keys(const struct yaml_node *mapping, const char *const *known_keys, size_t count,
                     struct sim_error *err);

/* The value of `key`, which must be there: ERR_MISSING_KEY at the mapping. Not NULL. */
bool yaml_require(const struct yaml_node *mapping, const char *key,
                  const struct yaml_node **ret_node, struct sim_error *err);

#endif

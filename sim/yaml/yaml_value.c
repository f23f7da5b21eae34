/* SPDX-License-Identifier: MIT */
/* Typed readers of document nodes. */
#include "yaml/yaml_value.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/suggest.h"
#include "base/units.h"

static const char *kind_name(const struct yaml_node *node)
{
    if (node->kind == YAML_SCALAR)
        return yaml_is_null(node) ? "nothing" : "a single value";
    return node->kind == YAML_MAPPING ? "a mapping" : "a list";
}

static bool wrong_type(const struct yaml_node *node, const char *expected, struct sim_error *err)
{
    return yaml_error_at(node, err, ERR_WRONG_TYPE, "expected %s, found %s", expected,
                         kind_name(node));
}

/* A scalar that is neither null nor quoted. */
static bool expect_plain(const struct yaml_node *node, const char *expected, struct sim_error *err)
{
    if (node->kind != YAML_SCALAR || yaml_is_null(node))
        return wrong_type(node, expected, err);
    if (!node->plain) {
        yaml_error_at(node, err, ERR_WRONG_TYPE, "expected %s, found the text %s", expected,
                      yaml_excerpt(node).text);
        sim_error_add_hint(err, "write it without quotes");
        return false;
    }
    return true;
}

/* "what: a, b, c", whole words, "..." for those that do not fit. */
static void hint_words(struct sim_error *err, const char *what, const char *const *words,
                       size_t count)
{
    char list[sizeof(err->hint) - 32] = "";
    size_t length = 0;

    for (size_t i = 0; i < count; i++) {
        const char *comma = i ? ", " : "";
        size_t added = strlen(comma) + strlen(words[i]);
        size_t tail = i + 1 < count ? sizeof(", ...") : 1;

        if (length + added + tail > sizeof(list)) {
            snprintf(list + length, sizeof(list) - length, "%s...", comma);
            break;
        }
        snprintf(list + length, sizeof(list) - length, "%s%s", comma, words[i]);
        length += added;
    }
    sim_error_add_hint(err, "%s: %s", what, count ? list : "none");
}

static void hint_near_or_all(struct sim_error *err, const struct yaml_node *word, const char *what,
                             const char *const *words, size_t count)
{
    const char *near = suggest_word(word->text, words, count);

    if (near)
        sim_error_add_hint(err, "did you mean %s?", near);
    else
        hint_words(err, what, words, count);
}

/* The unsigned quantities differ in their text form only. */
struct quantity {
    bool (*parse)(const char *text, size_t length, uint64_t *ret_value);
    const char *expected;
    const char *unit;
    enum sim_error_code code;
};

static bool get_quantity(const struct yaml_node *node, const struct quantity *quantity,
                         uint64_t min, uint64_t max, uint64_t *ret_value, struct sim_error *err)
{
    uint64_t value;

    if (!node)
        return true;
    if (!expect_plain(node, quantity->expected, err))
        return false;
    if (!quantity->parse(node->text, node->length, &value))
        return yaml_error_at(node, err, quantity->code, "%s is not %s", yaml_excerpt(node).text,
                             quantity->expected);
    if (value < min || value > max)
        return yaml_error_at(node, err, ERR_OUT_OF_RANGE,
                             "%s is outside %" PRIu64 " to %" PRIu64 "%s", yaml_excerpt(node).text,
                             min, max, quantity->unit);
    *ret_value = value;
    return true;
}

bool yaml_get_uint(const struct yaml_node *node, uint64_t min, uint64_t max, uint64_t *ret_value,
                   struct sim_error *err)
{
    static const struct quantity number = {uint_parse, "a number such as 4096 or 0x1000 below 2^64",
                                           "", ERR_BAD_NUMBER};

    return get_quantity(node, &number, min, max, ret_value, err);
}

bool yaml_get_size_bytes(const struct yaml_node *node, uint64_t min_bytes, uint64_t max_bytes,
                         uint64_t *ret_bytes, struct sim_error *err)
{
    static const struct quantity size = {size_parse, "a size such as 64MiB", " bytes",
                                         ERR_BAD_SIZE};

    return get_quantity(node, &size, min_bytes, max_bytes, ret_bytes, err);
}

bool yaml_get_duration_ns(const struct yaml_node *node, uint64_t min_ns, uint64_t max_ns,
                          uint64_t *ret_ns, struct sim_error *err)
{
    static const struct quantity duration = {duration_parse, "a duration such as 10ms",
                                             " nanoseconds", ERR_BAD_DURATION};

    return get_quantity(node, &duration, min_ns, max_ns, ret_ns, err);
}

bool yaml_get_rate(const struct yaml_node *node, uint64_t min_bytes_per_s, uint64_t max_bytes_per_s,
                   uint64_t *ret_bytes_per_s, struct sim_error *err)
{
    static const struct quantity rate = {rate_parse, "a rate such as 60MB/s or 64MiB/s",
                                         " bytes per second", ERR_BAD_RATE};

    return get_quantity(node, &rate, min_bytes_per_s, max_bytes_per_s, ret_bytes_per_s, err);
}

bool yaml_get_int(const struct yaml_node *node, int64_t min, int64_t max, int64_t *ret_value,
                  struct sim_error *err)
{
    int64_t value;

    if (!node)
        return true;
    if (!expect_plain(node, "a whole number", err))
        return false;
    if (!int_parse(node->text, node->length, &value))
        return yaml_error_at(node, err, ERR_BAD_NUMBER, "%s is not a whole number",
                             yaml_excerpt(node).text);
    if (value < min || value > max)
        return yaml_error_at(node, err, ERR_OUT_OF_RANGE, "%s is outside %" PRId64 " to %" PRId64,
                             yaml_excerpt(node).text, min, max);
    *ret_value = value;
    return true;
}

bool yaml_get_bool(const struct yaml_node *node, bool *ret_value, struct sim_error *err)
{
    if (!node)
        return true;
    if (!expect_plain(node, "true or false", err))
        return false;
    if (strcmp(node->text, "true") != 0 && strcmp(node->text, "false") != 0)
        return yaml_error_at(node, err, ERR_WRONG_TYPE, "expected true or false, found %s",
                             yaml_excerpt(node).text);
    *ret_value = node->text[0] == 't';
    return true;
}

bool yaml_get_string(const struct yaml_node *node, const char **ret_text, struct sim_error *err)
{
    if (!node)
        return true;
    if (node->kind != YAML_SCALAR || yaml_is_null(node))
        return wrong_type(node, "a text", err);
    *ret_text = node->text;
    return true;
}

bool yaml_get_choice(const struct yaml_node *node, const char *const *names, size_t count,
                     size_t *ret_index, struct sim_error *err)
{
    if (!node)
        return true;
    if (node->kind != YAML_SCALAR || yaml_is_null(node))
        return wrong_type(node, "a name", err);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(node->text, names[i]) == 0) {
            *ret_index = i;
            return true;
        }
    }
    yaml_error_at(node, err, ERR_UNKNOWN_NAME, "%s is not known here", yaml_excerpt(node).text);
    hint_near_or_all(err, node, "accepted", names, count);
    return false;
}

bool yaml_expect(const struct yaml_node *node, enum yaml_kind kind, struct sim_error *err)
{
    static const char *const expected[] = {"a single value", "a list", "a mapping"};

    return !node || node->kind == kind ? true : wrong_type(node, expected[kind], err);
}

static bool is_known(const char *word, const char *const *known, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(word, known[i]) == 0)
            return true;
    }
    return false;
}

bool yaml_check_keys(const struct yaml_node *mapping, const char *const *known_keys, size_t count,
                     struct sim_error *err)
{
    if (!yaml_expect(mapping, YAML_MAPPING, err))
        return false;
    for (uint32_t i = 0; mapping && i < mapping->count; i++) {
        const struct yaml_node *key, *value;

        yaml_map_at(mapping, i, &key, &value);
        if (!is_known(key->text, known_keys, count)) {
            yaml_error_at(key, err, ERR_UNKNOWN_KEY, "the key %s is not known here",
                          yaml_excerpt(key).text);
            hint_near_or_all(err, key, "known keys", known_keys, count);
            return false;
        }
    }
    return true;
}

bool yaml_require(const struct yaml_node *mapping, const char *key,
                  const struct yaml_node **ret_node, struct sim_error *err)
{
    const struct yaml_node *node;

    if (!yaml_expect(mapping, YAML_MAPPING, err))
        return false;
    node = yaml_map_get(mapping, key);
    if (!node)
        return yaml_error_at(mapping, err, ERR_MISSING_KEY, "the key \"%s\" is missing", key);
    *ret_node = node;
    return true;
}

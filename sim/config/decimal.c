/* SPDX-License-Identifier: MIT */
/* Decimal numbers as exact thousandths. */
#include "config/decimal.h"

#include <string.h>

#include "base/units.h"
#include "yaml/yaml_value.h"

bool config_get_milli(const struct yaml_node *node, uint32_t *ret_milli, struct sim_error *err)
{
    const char *text;
    const char *point;
    size_t whole_length;
    uint64_t whole;
    uint32_t milli = 0;

    if (!node)
        return true;
    if (!yaml_get_string(node, &text, err))
        return false;
    point = strchr(text, '.');
    whole_length = point ? (size_t)(point - text) : strlen(text);
    if (!node->plain || !uint_parse(text, whole_length, &whole))
        return yaml_error_at(node, err, ERR_BAD_NUMBER, "not a decimal number such as 1.5");
    if (point) {
        size_t places = strlen(point + 1);
        uint32_t scale = 100;

        if (places == 0 || places > 3 || strspn(point + 1, "0123456789") != places)
            return yaml_error_at(node, err, ERR_BAD_NUMBER,
                                 "not a decimal number with one to three places");
        for (const char *digit = point + 1; *digit; digit++, scale /= 10)
            milli += (uint32_t)(*digit - '0') * scale;
    }
    if (whole > DECIMAL_MAX_MILLI / 1000 || whole * 1000 + milli > DECIMAL_MAX_MILLI)
        return yaml_error_at(node, err, ERR_OUT_OF_RANGE, "%s is outside 0 to 8",
                             yaml_excerpt(node).text);
    *ret_milli = (uint32_t)whole * 1000 + milli;
    return true;
}

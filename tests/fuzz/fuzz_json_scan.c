/* SPDX-License-Identifier: MIT */
/* Fuzz target of the JSON scanner: what it accepts cJSON reads as the same, and skipping agrees. */
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "stats/json_scan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

/* The text without escapes; \u is judged by the unit test, where cJSON cuts at U+0000. */
static void compare_text(const struct json_scan *scan, const char *expected)
{
    struct strbuf text = {0};
    bool same;

    json_scan_text(scan, &text);
    same = strlen(expected) == text.length &&
           !memcmp(expected, text.data ? text.data : "", text.length);
    for (size_t i = 0; i + 1 < scan->length; i++)
        same = same || (scan->text[i] == '\\' && scan->text[i + 1] == 'u');
    require(same);
    strbuf_fini(&text);
}

static void compare_number(const struct json_scan *scan, const cJSON *item)
{
    double magnitude = (double)scan->magnitude;

    require(cJSON_IsNumber(item) && item->valuedouble == (scan->negative ? -magnitude : magnitude));
}

/* The value whose first token has been read. */
static void compare(struct json_scan *scan, const cJSON *item)
{
    const cJSON *child = item->child;
    enum json_token token = scan->token;

    if (token == JSON_OBJECT_BEGIN || token == JSON_ARRAY_BEGIN) {
        require(token == JSON_OBJECT_BEGIN ? cJSON_IsObject(item) : cJSON_IsArray(item));
        for (; json_scan_next(scan) != JSON_OBJECT_END && scan->token != JSON_ARRAY_END;
             child = child->next) {
            require(child != NULL);
            if (scan->token == JSON_KEY) {
                compare_text(scan, child->string);
                json_scan_next(scan);
            }
            compare(scan, child);
        }
        require(!child && (token == JSON_OBJECT_BEGIN) == (scan->token == JSON_OBJECT_END));
        return;
    }
    if (token == JSON_INTEGER)
        compare_number(scan, item);
    else if (token == JSON_STRING)
        compare_text(scan, cJSON_GetStringValue(item));
    else
        require(token == JSON_NULL
                    ? cJSON_IsNull(item)
                    : cJSON_IsBool(item) && cJSON_IsTrue(item) == (token == JSON_TRUE));
}

/* Whether half a surrogate pair may be in it: we replace it, cJSON refuses it. */
static bool has_surrogates(const char *text, size_t size)
{
    for (size_t i = 0; i + 3 < size; i++) {
        if (text[i] == '\\' && text[i + 1] == 'u' && (text[i + 2] | 0x20) == 'd')
            return true;
    }
    return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    struct json_scan scan;
    cJSON *value;

    json_scan_init(&scan, text, size);
    while (json_scan_next(&scan) > JSON_END)
        ;
    if (scan.token == JSON_ERROR) {
        require(json_scan_next(&scan) == JSON_ERROR && !json_scan_skip(&scan));
        return 0;
    }
    json_scan_init(&scan, text, size);
    json_scan_next(&scan);
    require(json_scan_skip(&scan) && json_scan_next(&scan) == JSON_END);
    value = cJSON_ParseWithLength(text, size);
    require(value || has_surrogates(text, size));
    json_scan_init(&scan, text, size);
    json_scan_next(&scan);
    if (value)
        compare(&scan, value);
    cJSON_Delete(value);
    return 0;
}

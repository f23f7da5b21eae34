/* SPDX-License-Identifier: MIT */
/* A pull scanner over one line of JSON. */
#include "stats/json_scan.h"

#include <string.h>

#include "base/check.h"

enum expect {
    EXPECT_VALUE,
    EXPECT_VALUE_OR_END, /* behind [ */
    EXPECT_KEY,
    EXPECT_KEY_OR_END, /* behind { */
    EXPECT_COMMA_OR_END,
    EXPECT_NOTHING, /* the outermost value is over */
    EXPECT_ERROR,
};

void json_scan_init(struct json_scan *scan, const char *line, size_t length)
{
    *scan = (struct json_scan){
        .begin = line, .at = line, .end = line + length, .token = JSON_END, .expect = EXPECT_VALUE};
}

static enum json_token fail(struct json_scan *scan)
{
    scan->expect = EXPECT_ERROR;
    return JSON_ERROR;
}

static void skip_blanks(struct json_scan *scan)
{
    while (scan->at < scan->end &&
           (*scan->at == ' ' || *scan->at == '\t' || *scan->at == '\n' || *scan->at == '\r'))
        scan->at++;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_hex_digit(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* After a value, or after the end of a container. */
static void value_done(struct json_scan *scan)
{
    scan->expect = scan->depth ? EXPECT_COMMA_OR_END : EXPECT_NOTHING;
}

/* Behind a backslash; the bytes of the escape, 0: it is none. */
static size_t escape_length(const char *at, const char *end)
{
    if (at == end)
        return 0;
    if (*at != 'u')
        return memchr("\"\\/bfnrt", *at, 8) ? 1 : 0;
    if (end - at < 5)
        return 0;
    for (unsigned i = 1; i < 5; i++) {
        if (!is_hex_digit(at[i]))
            return 0;
    }
    return 5;
}

/* From behind the opening quote to behind the closing one. */
static bool scan_string(struct json_scan *scan)
{
    const char *at = scan->at, *end = scan->end;

    scan->text = at;
    while (at < end && *at != '"') {
        if ((unsigned char)*at < 0x20)
            return false;
        if (*at++ == '\\') {
            size_t length = escape_length(at, end);

            if (length == 0)
                return false;
            at += length;
        }
    }
    if (at == end)
        return false;
    scan->length = (size_t)(at - scan->text);
    scan->at = at + 1;
    return true;
}

static enum json_token scan_number(struct json_scan *scan)
{
    const char *at = scan->at, *end = scan->end;
    bool negative = *at == '-', zero;
    uint64_t value = 0;

    at += negative;
    if (at == end || !is_digit(*at))
        return fail(scan);
    zero = *at == '0';
    do {
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, (uint64_t)(*at - '0'), &value))
            return fail(scan);
        at++;
    } while (at < end && is_digit(*at));
    if (zero && at - scan->at > 1 + negative)
        return fail(scan);
    if (at < end && (*at == '.' || *at == 'e' || *at == 'E'))
        return fail(scan);
    if (negative && value > UINT64_C(1) << 63)
        return fail(scan);
    scan->magnitude = value;
    scan->negative = negative && value;
    scan->at = at;
    value_done(scan);
    return JSON_INTEGER;
}

static enum json_token scan_word(struct json_scan *scan, const char *word, enum json_token token)
{
    size_t length = strlen(word);

    if ((size_t)(scan->end - scan->at) < length || memcmp(scan->at, word, length) != 0)
        return fail(scan);
    scan->at += length;
    value_done(scan);
    return token;
}

static bool push(struct json_scan *scan, bool object)
{
    if (scan->depth == JSON_SCAN_DEPTH_MAX)
        return false;
    scan->in_object = scan->in_object << 1 | object;
    scan->depth++;
    return true;
}

/* False: what ends here is not what was begun. */
static bool pop(struct json_scan *scan, bool object)
{
    if (scan->depth == 0 || (scan->in_object & 1) != object)
        return false;
    scan->in_object >>= 1;
    scan->depth--;
    return true;
}

static enum json_token scan_begin(struct json_scan *scan, bool object)
{
    if (!push(scan, object))
        return fail(scan);
    scan->at++;
    scan->expect = object ? EXPECT_KEY_OR_END : EXPECT_VALUE_OR_END;
    return object ? JSON_OBJECT_BEGIN : JSON_ARRAY_BEGIN;
}

static enum json_token scan_end(struct json_scan *scan)
{
    bool object = *scan->at == '}';

    if (!pop(scan, object))
        return fail(scan);
    scan->at++;
    value_done(scan);
    return object ? JSON_OBJECT_END : JSON_ARRAY_END;
}

static enum json_token scan_key(struct json_scan *scan)
{
    if (*scan->at++ != '"' || !scan_string(scan))
        return fail(scan);
    skip_blanks(scan);
    if (scan->at == scan->end || *scan->at++ != ':')
        return fail(scan);
    scan->expect = EXPECT_VALUE;
    return JSON_KEY;
}

static enum json_token scan_value(struct json_scan *scan)
{
    switch (*scan->at) {
    case '{':
        return scan_begin(scan, true);
    case '[':
        return scan_begin(scan, false);
    case '"':
        scan->at++;
        if (!scan_string(scan))
            return fail(scan);
        value_done(scan);
        return JSON_STRING;
    case 't':
        return scan_word(scan, "true", JSON_TRUE);
    case 'f':
        return scan_word(scan, "false", JSON_FALSE);
    case 'n':
        return scan_word(scan, "null", JSON_NULL);
    default:
        return scan_number(scan);
    }
}

static enum json_token scan_token(struct json_scan *scan)
{
    bool may_end = scan->expect == EXPECT_KEY_OR_END || scan->expect == EXPECT_VALUE_OR_END ||
                   scan->expect == EXPECT_COMMA_OR_END;

    if (scan->expect == EXPECT_ERROR)
        return JSON_ERROR;
    skip_blanks(scan);
    if (scan->expect == EXPECT_NOTHING)
        return scan->at == scan->end ? JSON_END : fail(scan);
    if (scan->at == scan->end)
        return fail(scan);
    if (may_end && (*scan->at == '}' || *scan->at == ']'))
        return scan_end(scan);
    if (scan->expect == EXPECT_COMMA_OR_END) {
        if (*scan->at++ != ',')
            return fail(scan);
        scan->expect = scan->in_object & 1 ? EXPECT_KEY : EXPECT_VALUE;
        skip_blanks(scan);
        if (scan->at == scan->end)
            return fail(scan);
    }
    if (scan->expect == EXPECT_KEY || scan->expect == EXPECT_KEY_OR_END)
        return scan_key(scan);
    return scan_value(scan);
}

enum json_token json_scan_next(struct json_scan *scan)
{
    scan->token = scan_token(scan);
    return scan->token;
}

/* From behind an opening quote to behind the closing one, or to the end. */
static const char *pass_string(const char *at, const char *end)
{
    while (at < end && *at != '"')
        at += *at == '\\' && at + 1 < end ? 2 : 1;
    return at < end ? at + 1 : end;
}

/* Up to and including the end of the innermost container. The scanner is left where that fails. */
static bool skip_container(struct json_scan *scan)
{
    const char *at = scan->at, *end = scan->end;
    uint32_t outside = scan->depth - 1;

    SIM_ASSERT(scan->depth > 0);
    for (; scan->depth > outside && at < end; at++) {
        char c = *at;

        scan->at = at;
        if (c == '"')
            at = pass_string(at + 1, end) - 1;
        else if ((c == '{' || c == '[') && !push(scan, c == '{'))
            return false;
        else if ((c == '}' || c == ']') && !pop(scan, c == '}'))
            return false;
    }
    scan->at = at;
    if (scan->depth > outside)
        return false;
    scan->token = at[-1] == '}' ? JSON_OBJECT_END : JSON_ARRAY_END;
    value_done(scan);
    return true;
}

bool json_scan_skip(struct json_scan *scan)
{
    if (scan->token == JSON_KEY)
        json_scan_next(scan);
    if (scan->token != JSON_OBJECT_BEGIN && scan->token != JSON_ARRAY_BEGIN)
        return scan->token != JSON_ERROR;
    return json_scan_leave(scan);
}

bool json_scan_leave(struct json_scan *scan)
{
    if (scan->token != JSON_ERROR && skip_container(scan))
        return true;
    scan->token = fail(scan);
    return false;
}

bool json_scan_is(const struct json_scan *scan, const char *word)
{
    size_t length = strlen(word);

    SIM_ASSERT(scan->token == JSON_KEY || scan->token == JSON_STRING);
    return scan->length == length && memcmp(scan->text, word, length) == 0;
}

static unsigned hex_value(const char *at)
{
    unsigned value = 0;

    for (unsigned i = 0; i < 4; i++) {
        char c = at[i];

        value = value << 4 | (unsigned)(is_digit(c) ? c - '0' : (c | 0x20) - 'a' + 10);
    }
    return value;
}

static void add_utf8(struct strbuf *buf, uint32_t code)
{
    char bytes[4];
    size_t length = 0;

    if (code < 0x80) {
        bytes[length++] = (char)code;
    } else if (code < 0x800) {
        bytes[length++] = (char)(0xc0 | code >> 6);
    } else if (code < 0x10000) {
        bytes[length++] = (char)(0xe0 | code >> 12);
        bytes[length++] = (char)(0x80 | (code >> 6 & 0x3f));
    } else {
        bytes[length++] = (char)(0xf0 | code >> 18);
        bytes[length++] = (char)(0x80 | (code >> 12 & 0x3f));
        bytes[length++] = (char)(0x80 | (code >> 6 & 0x3f));
    }
    if (code >= 0x80)
        bytes[length++] = (char)(0x80 | (code & 0x3f));
    strbuf_add(buf, bytes, length);
}

/* Appends the character of the \u escape at `at`; how many bytes it took: 5 or, as a pair, 11. */
static size_t add_unicode(struct strbuf *buf, const char *at, const char *end)
{
    enum { REPLACEMENT = 0xfffd };
    uint32_t code = hex_value(at + 1), low = 0;
    bool high = code >= 0xd800 && code < 0xdc00;

    if (high && end - at >= 11 && at[5] == '\\' && at[6] == 'u')
        low = hex_value(at + 7);
    if (low >= 0xdc00 && low < 0xe000) {
        add_utf8(buf, 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00));
        return 11;
    }
    add_utf8(buf, code == 0 || (code >= 0xd800 && code < 0xe000) ? REPLACEMENT : code);
    return 5;
}

void json_scan_text(const struct json_scan *scan, struct strbuf *buf)
{
    static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
    const char *at = scan->text, *end = at + scan->length;

    SIM_ASSERT(scan->token == JSON_KEY || scan->token == JSON_STRING);
    while (at < end) {
        const char *escape = memchr(at, '\\', (size_t)(end - at));
        const char *letter;

        strbuf_add(buf, at, (size_t)((escape ? escape : end) - at));
        if (!escape)
            break;
        at = escape + 1;
        if (*at == 'u') {
            at += add_unicode(buf, at, end);
            continue;
        }
        letter = strchr(from, *at);
        strbuf_add(buf, letter ? &to[letter - from] : at, 1);
        at++;
    }
}

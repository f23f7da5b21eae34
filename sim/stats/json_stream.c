/* SPDX-License-Identifier: MIT */
/* Streaming JSON: commas and nesting, integers, escaped strings. */
#include "stats/json_stream.h"

#include <stddef.h>
#include <string.h>

#include "base/check.h"
#include "base/vec.h"

enum { UINT64_DIGITS_MAX = 20 };

/* Room for `length` bytes and a terminator behind the text, or NULL and buf->failed. */
static char *room(struct json_stream *json, size_t length)
{
    struct strbuf *buf = json->buf;

    if (SIM_UNLIKELY(buf->failed))
        return NULL;
    if (SIM_UNLIKELY(buf->capacity - buf->length <= length)) {
        if (length >= SIZE_MAX - buf->length ||
            !vec_grow(&buf->data, &buf->capacity, 1, buf->length + length + 1)) {
            buf->failed = true;
            return NULL;
        }
    }
    return buf->data + buf->length;
}

/* The text now ends at `end`. */
static void advance(struct json_stream *json, char *end)
{
    *end = '\0';
    json->buf->length = (size_t)(end - json->buf->data);
}

static void add_char(struct json_stream *json, char c)
{
    char *at = room(json, 1);

    if (!at)
        return;
    *at++ = c;
    advance(json, at);
}

static bool in_object(const struct json_stream *json)
{
    return json->depth > 0 && json->objects >> (json->depth - 1) & 1;
}

void json_stream_init(struct json_stream *json, struct strbuf *buf)
{
    *json = (struct json_stream){.buf = buf};
}

bool json_stream_complete(const struct json_stream *json)
{
    return json->depth == 0 && json->comma;
}

/*
 * Before a value: room for its `length` bytes and a comma, which is written when one is due.
 * Sets the state to "after a value" whether or not there is room.
 */
static char *begin_value(struct json_stream *json, size_t length)
{
    bool comma = json->comma;
    char *at;

    SIM_ASSERT(in_object(json) ? json->keyed : !json->keyed);
    SIM_ASSERT(json->depth > 0 || !json->comma);
    json->comma = true;
    json->keyed = false;
    at = room(json, length + 1);
    if (at && comma)
        *at++ = ',';
    return at;
}

static void begin_level(struct json_stream *json, char bracket, bool object)
{
    char *at = begin_value(json, 1);

    SIM_ASSERT(json->depth < JSON_DEPTH_MAX);
    if (object)
        json->objects |= UINT32_C(1) << json->depth;
    else
        json->objects &= ~(UINT32_C(1) << json->depth);
    json->depth++;
    json->comma = false;
    if (!at)
        return;
    *at++ = bracket;
    advance(json, at);
}

static void end_level(struct json_stream *json)
{
    char bracket = in_object(json) ? '}' : ']';

    SIM_ASSERT(!json->keyed);
    json->depth--;
    json->comma = true;
    add_char(json, bracket);
}

void json_begin_object(struct json_stream *json)
{
    begin_level(json, '{', true);
}

void json_end_object(struct json_stream *json)
{
    SIM_ASSERT(in_object(json));
    end_level(json);
}

void json_begin_array(struct json_stream *json)
{
    begin_level(json, '[', false);
}

void json_end_array(struct json_stream *json)
{
    SIM_ASSERT(json->depth > 0 && !in_object(json));
    end_level(json);
}

/*
 * A key leaves `comma` false so that its value puts none: the comma before the pair is written
 * here.
 */
static void begin_key(struct json_stream *json)
{
    SIM_ASSERT(in_object(json));
    SIM_ASSERT(!json->keyed);
    json->keyed = true;
}

void json_key(struct json_stream *json, const char *name)
{
    size_t length = strlen(name);
    char *at = room(json, length + 4);

    begin_key(json);
    if (at) {
        if (json->comma)
            *at++ = ',';
        *at++ = '"';
        memcpy(at, name, length);
        at += length;
        *at++ = '"';
        *at++ = ':';
        advance(json, at);
    }
    json->comma = false;
}

static char *put_uint(char *at, uint64_t value)
{
    static const char pairs[] = "0001020304050607080910111213141516171819"
                                "2021222324252627282930313233343536373839"
                                "4041424344454647484950515253545556575859"
                                "6061626364656667686970717273747576777879"
                                "8081828384858687888990919293949596979899";
    char digits[UINT64_DIGITS_MAX];
    unsigned first = UINT64_DIGITS_MAX;

    if (value < 10) {
        *at++ = (char)('0' + value);
        return at;
    }
    while (value >= 100) {
        first -= 2;
        memcpy(digits + first, pairs + value % 100 * 2, 2);
        value /= 100;
    }
    if (value >= 10) {
        first -= 2;
        memcpy(digits + first, pairs + value * 2, 2);
    } else {
        digits[--first] = (char)('0' + value);
    }
    memcpy(at, digits + first, UINT64_DIGITS_MAX - first);
    return at + (UINT64_DIGITS_MAX - first);
}

void json_uint(struct json_stream *json, uint64_t value)
{
    char *at = begin_value(json, UINT64_DIGITS_MAX);

    if (at)
        advance(json, put_uint(at, value));
}

void json_int(struct json_stream *json, int64_t value)
{
    char *at = begin_value(json, UINT64_DIGITS_MAX + 1);

    if (!at)
        return;
    if (value < 0)
        *at++ = '-';
    advance(json, put_uint(at, value < 0 ? -(uint64_t)value : (uint64_t)value));
}

static void add_word(struct json_stream *json, const char *word)
{
    size_t length = strlen(word);
    char *at = begin_value(json, length);

    if (!at)
        return;
    memcpy(at, word, length);
    advance(json, at + length);
}

void json_bool(struct json_stream *json, bool value)
{
    add_word(json, value ? "true" : "false");
}

void json_null(struct json_stream *json)
{
    add_word(json, "null");
}

void json_decimal(struct json_stream *json, const char *text)
{
    SIM_ASSERT(text[text[0] == '-'] >= '0' && text[text[0] == '-'] <= '9');
    add_word(json, text);
}

/*
 * Measures the UTF-8 sequence at `text`: its length when well-formed, else minus the length of its
 * maximal ill-formed part (Unicode chapter 3, table 3-7). The terminator is never well inside one.
 */
static int utf8_sequence(const unsigned char *text)
{
    unsigned char low = 0x80, high = 0xbf;
    int length;

    if (text[0] < 0x80)
        return 1;
    if (text[0] < 0xc2 || text[0] > 0xf4)
        return -1;
    length = text[0] < 0xe0 ? 2 : text[0] < 0xf0 ? 3 : 4;
    if (text[0] == 0xe0)
        low = 0xa0; /* else overlong */
    else if (text[0] == 0xed)
        high = 0x9f; /* else a surrogate */
    else if (text[0] == 0xf0)
        low = 0x90; /* else overlong */
    else if (text[0] == 0xf4)
        high = 0x8f; /* else above U+10FFFF */
    for (int i = 1; i < length; i++) {
        if (text[i] < low || text[i] > high)
            return -i;
        low = 0x80;
        high = 0xbf;
    }
    return length;
}

/* An escape for a control character, quote or backslash, at most 6 bytes. */
static char *put_escape(char *at, unsigned char c)
{
    static const char hex[] = "0123456789abcdef";
    static const char named[] = "\"\"\\\\\bb\ff\nn\rr\tt";

    *at++ = '\\';
    for (const char *pair = named; *pair; pair += 2) {
        if ((unsigned char)pair[0] == c) {
            *at++ = pair[1];
            return at;
        }
    }
    memcpy(at, "u00", 3);
    at[3] = hex[c >> 4];
    at[4] = hex[c & 15];
    return at + 5;
}

/* The quoted, escaped text. At most 6 bytes of output for each byte of input. */
static char *put_string(char *at, const char *text)
{
    static const char replacement[] = "\xef\xbf\xbd"; /* U+FFFD */
    const unsigned char *in = (const unsigned char *)text;

    *at++ = '"';
    while (*in) {
        int length = utf8_sequence(in);

        if (length < 0) {
            memcpy(at, replacement, sizeof(replacement) - 1);
            at += sizeof(replacement) - 1;
            in -= length;
        } else if (*in < 0x20 || *in == '"' || *in == '\\' || *in == 0x7f) {
            at = put_escape(at, *in++);
        } else {
            memcpy(at, in, (size_t)length);
            at += length;
            in += length;
        }
    }
    *at++ = '"';
    return at;
}

void json_string(struct json_stream *json, const char *text)
{
    char *at;

    if (!text) {
        json_null(json);
        return;
    }
    at = begin_value(json, strlen(text) * 6 + 2);
    if (at)
        advance(json, put_string(at, text));
}

void json_key_escaped(struct json_stream *json, const char *name)
{
    char *at = room(json, strlen(name) * 6 + 4);

    begin_key(json);
    if (at) {
        if (json->comma)
            *at++ = ',';
        at = put_string(at, name);
        *at++ = ':';
        advance(json, at);
    }
    json->comma = false;
}

void json_key_uint(struct json_stream *json, const char *name, uint64_t value)
{
    json_key(json, name);
    json_uint(json, value);
}

void json_key_int(struct json_stream *json, const char *name, int64_t value)
{
    json_key(json, name);
    json_int(json, value);
}

void json_key_bool(struct json_stream *json, const char *name, bool value)
{
    json_key(json, name);
    json_bool(json, value);
}

void json_key_string(struct json_stream *json, const char *name, const char *text)
{
    json_key(json, name);
    json_string(json, text);
}

void json_key_object(struct json_stream *json, const char *name)
{
    json_key(json, name);
    json_begin_object(json);
}

void json_key_array(struct json_stream *json, const char *name)
{
    json_key(json, name);
    json_begin_array(json);
}

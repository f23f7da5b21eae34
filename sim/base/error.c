/* SPDX-License-Identifier: MIT */
/* The one error value: setting it once, completing it, printing it. */
#include "base/error.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* The names below fill up to four digits. */
#define X(name, number, summary) \
    static_assert((number) >= 100 && (number) <= 9999, "a code is MM- and four digits");
SIM_ERROR_CODES(X)
#undef X

/* Input is quoted in messages: its control characters must not reach a terminal. */
static void replace_controls(char *text)
{
    for (; *text; text++) {
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            *text = '?';
    }
}

__attribute__((format(printf, 3, 0))) static void text_set(char *text, size_t size,
                                                           const char *format, va_list args)
{
    if (vsnprintf(text, size, format, args) < 0)
        text[0] = '\0';
    replace_controls(text);
}

static void text_copy(char *text, size_t size, const char *from)
{
    size_t length = strnlen(from, size - 1);

    memcpy(text, from, length);
    text[length] = '\0';
    replace_controls(text);
}

bool sim_error_set(struct sim_error *err, enum sim_error_code code, const char *format, ...)
{
    va_list args;

    if (sim_error_is_set(err))
        return false;
    err->code = code;
    va_start(args, format);
    text_set(err->message, sizeof(err->message), format, args);
    va_end(args);
    return false;
}

void sim_error_add_place(struct sim_error *err, const char *file, uint32_t line, uint32_t column)
{
    if (!sim_error_is_set(err))
        return;
    if (file && !err->file[0])
        text_copy(err->file, sizeof(err->file), file);
    if (err->line == 0) {
        err->line = line;
        err->column = column;
    }
}

void sim_error_add_path(struct sim_error *err, const char *path)
{
    if (sim_error_is_set(err) && !err->path[0])
        text_copy(err->path, sizeof(err->path), path);
}

void sim_error_add_hint(struct sim_error *err, const char *format, ...)
{
    va_list args;

    if (!sim_error_is_set(err) || err->hint[0])
        return;
    va_start(args, format);
    text_set(err->hint, sizeof(err->hint), format, args);
    va_end(args);
}

const char *sim_error_code_name(enum sim_error_code code)
{
    switch (code) {
    case ERR_NONE:
        return "MM-0000";
#define X(name, number, summary) \
    case name:                   \
        return (number) < 1000 ? "MM-0" #number : "MM-" #number;
        SIM_ERROR_CODES(X)
#undef X
    }
    return "MM-????";
}

const char *sim_error_code_summary(enum sim_error_code code)
{
    switch (code) {
    case ERR_NONE:
        return "No error.";
#define X(name, number, summary) \
    case name:                   \
        return summary;
        SIM_ERROR_CODES(X)
#undef X
    }
    return "Unknown code.";
}

/* Appends at text + *at, never beyond size. */
__attribute__((format(printf, 4, 5))) static void append(char *text, uint32_t size, uint32_t *at,
                                                         const char *format, ...)
{
    va_list args;
    int length;

    va_start(args, format);
    length = vsnprintf(text + *at, size - *at, format, args);
    va_end(args);
    if (length > 0)
        *at = (uint32_t)length < size - *at ? *at + (uint32_t)length : size - 1;
}

void sim_error_format(const struct sim_error *err, char *text, uint32_t size)
{
    uint32_t at = 0;

    if (size == 0)
        return;
    text[0] = '\0';
    if (err->file[0])
        append(text, size, &at, "%s:", err->file);
    if (err->line)
        append(text, size, &at, "%u:", (unsigned)err->line);
    if (err->line && err->column)
        append(text, size, &at, "%u:", (unsigned)err->column);
    append(text, size, &at, "%serror[%s]: %s", at ? " " : "", sim_error_code_name(err->code),
           err->message);
    if (err->path[0])
        append(text, size, &at, " (at %s)", err->path);
    append(text, size, &at, "\n");
    if (err->hint[0])
        append(text, size, &at, "  hint: %s\n", err->hint);
}

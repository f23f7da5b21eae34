/* SPDX-License-Identifier: MIT */
/* A table of short texts. */
#include "compare/text_table.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "compare/plain_text.h"

enum { COLUMNS_MAX = 64 };

void text_table_fini(struct text_table *table)
{
    strbuf_fini(&table->texts);
    vec_fini(&table->cells);
}

static void add_bytes(struct text_table *table, enum text_style style, const char *text,
                      size_t length)
{
    struct text_cell cell = {table->texts.length, 0, style};

    plain_text_add(&table->texts, text, length);
    cell.length = table->texts.length - cell.offset;
    table->failed |= table->texts.failed || !vec_push(&table->cells, cell);
}

void text_table_add(struct text_table *table, enum text_style style, const char *format, ...)
{
    char text[512];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    add_bytes(table, style, text, strlen(text));
}

void text_table_add_buf(struct text_table *table, enum text_style style, struct strbuf *text)
{
    table->failed |= text->failed;
    add_bytes(table, style, text->data ? text->data : "", text->failed ? 0 : text->length);
    strbuf_reset(text);
}

static const char *escape_of(enum text_style style)
{
    switch (style) {
    case TEXT_GOOD:
        return "\033[32m";
    case TEXT_WARN:
        return "\033[33m";
    case TEXT_BAD:
        return "\033[1;31m";
    case TEXT_DIM:
        return "\033[2m";
    default:
        return "";
    }
}

void text_style_adds(struct strbuf *out, enum text_style style, bool color, const char *text)
{
    const char *code = color ? escape_of(style) : "";

    strbuf_addf(out, "%s%s%s", code, text, *code ? "\033[0m" : "");
}

static size_t nr_rows(const struct text_table *table)
{
    return table->cells.count / strlen(table->align);
}

static const struct text_cell *cell_at(const struct text_table *table, size_t row, size_t column)
{
    return &table->cells.items[row * strlen(table->align) + column];
}

/* Columns on a screen: UTF-8 continuation bytes take none. */
static size_t width_of(const struct text_table *table, const struct text_cell *cell)
{
    size_t width = 0;

    for (size_t i = 0; i < cell->length; i++)
        width += ((unsigned char)table->texts.data[cell->offset + i] & 0xc0) != 0x80;
    return width;
}

/* 0: no row but the head has a text there. */
static size_t column_width(const struct text_table *table, size_t column)
{
    size_t width = 0;

    for (size_t row = 1; row < nr_rows(table); row++) {
        size_t cell = width_of(table, cell_at(table, row, column));

        width = cell > width ? cell : width;
    }
    if (width > 0 && width_of(table, cell_at(table, 0, column)) > width)
        width = width_of(table, cell_at(table, 0, column));
    return width;
}

static void add_blanks(struct strbuf *out, size_t count)
{
    strbuf_addf(out, "%*s", (int)count, "");
}

static void add_cell(const struct text_table *table, const struct text_cell *cell, bool color,
                     struct strbuf *out)
{
    const char *code = color ? escape_of(cell->style) : "";

    strbuf_adds(out, code);
    strbuf_add(out, table->texts.data + cell->offset, cell->length);
    strbuf_adds(out, *code ? "\033[0m" : "");
}

static void format_row(const struct text_table *table, size_t row, const size_t *widths, bool color,
                       struct strbuf *out)
{
    size_t owed = 0; /* blanks that are due before the next text */
    bool first = true;

    for (size_t column = 0; table->align[column]; column++) {
        const struct text_cell *cell = cell_at(table, row, column);
        size_t blanks;

        if (widths[column] == 0)
            continue;
        blanks = widths[column] - width_of(table, cell);
        owed += first ? 0 : 2;
        first = false;
        if (table->align[column] == 'r')
            owed += blanks;
        if (cell->length > 0) {
            add_blanks(out, owed);
            add_cell(table, cell, color, out);
            owed = 0;
        }
        if (table->align[column] == 'l')
            owed += blanks;
    }
    strbuf_adds(out, "\n");
}

/* The widths of the columns; false: the table or the text has failed. */
static bool measure(const struct text_table *table, struct strbuf *out,
                    size_t widths[static COLUMNS_MAX])
{
    out->failed |= table->failed;
    if (out->failed)
        return false;
    SIM_ASSERT(strlen(table->align) <= COLUMNS_MAX);
    SIM_ASSERT(table->cells.count % strlen(table->align) == 0);
    for (size_t column = 0; table->align[column]; column++)
        widths[column] = column_width(table, column);
    return true;
}

void text_table_format(const struct text_table *table, unsigned indent, bool color,
                       struct strbuf *out)
{
    size_t widths[COLUMNS_MAX];

    if (!measure(table, out, widths))
        return;
    for (size_t row = 0; row < nr_rows(table); row++) {
        add_blanks(out, indent);
        format_row(table, row, widths, color, out);
    }
}

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* Whether Markdown would take the character, behind `before`, for more than itself. */
static bool is_markup(char before, const char *at)
{
    switch (*at) {
    case '<':
        return at[1] && strchr(" =", at[1]) == NULL;
    case '_':
        return !is_word(before) || !is_word(at[1]);
    case '&':
        return is_word(at[1]) || at[1] == '#';
    case ']':
        return at[1] == '(';
    default:
        return strchr("|\\`*", *at) != NULL;
    }
}

static void add_escaped(const char *text, struct strbuf *out)
{
    for (char before = '\0'; *text; before = *text++) {
        if (is_markup(before, text))
            strbuf_adds(out, "\\");
        strbuf_add(out, text, 1);
    }
}

void markdown_add_text(struct strbuf *out, const char *text)
{
    /* would begin a heading, a quotation or a list */
    if (*text && strchr("#>-+", *text))
        strbuf_adds(out, "\\");
    add_escaped(text, out);
}

void markdown_add_code(struct strbuf *out, const char *text, bool in_table)
{
    if (strchr(text, '`')) {
        add_escaped(text, out);
        return;
    }
    strbuf_adds(out, "`");
    for (; *text; text++)
        strbuf_addf(out, "%s%c", *text == '|' && in_table ? "\\" : "", *text);
    strbuf_adds(out, "`");
}

static void add_markdown_cell(const struct text_table *table, const struct text_cell *cell,
                              bool head, struct strbuf *out)
{
    const char *bold = cell->style == TEXT_BAD && cell->length > 0 ? "**" : "";
    struct strbuf text = {0};

    strbuf_add(&text, table->texts.data + cell->offset, cell->length);
    out->failed |= text.failed;
    if (text.length > 0 && cell->style == TEXT_NAME && !head) {
        markdown_add_code(out, text.data, true);
    } else if (text.length > 0) {
        strbuf_adds(out, bold);
        add_escaped(text.data, out);
        strbuf_adds(out, bold);
    }
    strbuf_fini(&text);
}

void text_table_format_markdown(const struct text_table *table, struct strbuf *out)
{
    size_t widths[COLUMNS_MAX];

    if (!measure(table, out, widths))
        return;
    for (size_t row = 0; row < nr_rows(table); row++) {
        for (size_t column = 0; table->align[column]; column++) {
            if (widths[column] == 0)
                continue;
            strbuf_adds(out, "| ");
            add_markdown_cell(table, cell_at(table, row, column), row == 0, out);
            strbuf_adds(out, " ");
        }
        strbuf_adds(out, "|\n");
        for (size_t column = 0; row == 0 && table->align[column]; column++)
            if (widths[column] > 0)
                strbuf_adds(out, table->align[column] == 'r' ? "| ---: " : "| --- ");
        strbuf_adds(out, row == 0 ? "|\n" : "");
    }
}

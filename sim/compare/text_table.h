/* SPDX-License-Identifier: MIT */
/* A table of short texts, printed with aligned columns or as Markdown. */
#ifndef SIM_COMPARE_TEXT_TABLE_H
#define SIM_COMPARE_TEXT_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"
#include "base/vec.h"

enum text_style {
    TEXT_PLAIN,
    TEXT_NAME, /* a word to be typed as it is: code in Markdown */
    TEXT_GOOD,
    TEXT_WARN,
    TEXT_BAD, /* bold in Markdown */
    TEXT_DIM,
};

struct text_cell {
    size_t offset; /* into texts */
    size_t length;
    enum text_style style;
};

/*
 *     struct text_table table = {.align = "lrr"};
 *     text_table_add(&table, TEXT_PLAIN, "%s", "metric"); ... a cell for each letter of align;
 *
 * the first row is the head. 'l' is flush left, 'r' right. `= {0}` and align to begin with; no host
 * memory shows in `failed`.
 */
struct text_table {
    const char *align;
    struct strbuf texts;
    VEC(struct text_cell) cells;
    bool failed;
};

void text_table_fini(struct text_table *table);

/* The next cell; rows fill up from the left. Control characters become '?'. */
void text_table_add(struct text_table *table, enum text_style style, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The same of the bytes of `text`, which is reset: for texts that are composed. */
void text_table_add_buf(struct text_table *table, enum text_style style, struct strbuf *text);

/*
 * Appends the table: columns two blanks apart, each as wide as its widest cell, nothing behind the
 * last text of a line; `indent` blanks in front; styles by terminal escapes when `color`. Columns
 * that are empty but for the head are left out.
 */
void text_table_format(const struct text_table *table, unsigned indent, bool color,
                       struct strbuf *out);

/* The same as a GitHub table. */
void text_table_format_markdown(const struct text_table *table, struct strbuf *out);

/* `text` in the terminal's colours of the style. */
void text_style_adds(struct strbuf *out, enum text_style style, bool color, const char *text);

/* `text` as text in Markdown, where a paragraph may begin. */
void markdown_add_text(struct strbuf *out, const char *text);

/* `text` as code in Markdown; escaped when it has a backquote in it. In a table a bar would end the
 * cell, also in code. */
void markdown_add_code(struct strbuf *out, const char *text, bool in_table);

#endif

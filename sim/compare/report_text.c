/* SPDX-License-Identifier: MIT */
/* The reports for people: as a table and as Markdown. */
#include <string.h>

#include "compare/plain_text.h"
#include "compare/report.h"
#include "compare/report_words.h"
#include "compare/text_table.h"

enum { SETTINGS_SHOWN = 12, SETTING_LENGTH_SHOWN = 60 };

/* One of the two; what they say is the same, what they look like is not. */
struct writer {
    struct strbuf *out;
    const struct comparison *comparison;
    bool markdown;
    bool color;
};

/* Words with the names of others in them, as one line; in Markdown as text or as code. They are
 * emptied. */
static void add_words(const struct writer *writer, struct strbuf *words, bool code)
{
    struct strbuf plain = {0};

    plain_text_add(&plain, words->data ? words->data : "", words->failed ? 0 : words->length);
    writer->out->failed |= words->failed || plain.failed;
    if (!writer->out->failed && plain.length > 0) {
        if (!writer->markdown)
            strbuf_adds(writer->out, plain.data);
        else if (code)
            markdown_add_code(writer->out, plain.data, false);
        else
            markdown_add_text(writer->out, plain.data);
    }
    strbuf_fini(&plain);
    strbuf_fini(words);
    *words = (struct strbuf){0};
}

static void add_table(const struct writer *writer, const struct text_table *table)
{
    if (writer->markdown)
        text_table_format_markdown(table, writer->out);
    else
        text_table_format(table, 2, writer->color, writer->out);
}

/* ---- the head ---- */

static void add_answer(const struct writer *writer)
{
    const struct comparison *comparison = writer->comparison;
    bool passed = comparison_passed(comparison);
    bool judged = comparison->thresholds->items.count > 0;
    struct strbuf text = {0};

    strbuf_adds(writer->out, writer->markdown ? "### " : "");
    words_add_answer(&text, comparison);
    writer->out->failed |= text.failed;
    if (!text.failed)
        text_style_adds(writer->out,
                        passed   ? TEXT_GOOD
                        : judged ? TEXT_BAD
                                 : TEXT_PLAIN,
                        writer->color, text.data);
    strbuf_fini(&text);
    strbuf_adds(writer->out, writer->markdown ? "\n\n" : "\n");
}

static void add_side(const struct writer *writer, size_t side)
{
    const struct comparison *comparison = writer->comparison;
    struct strbuf name = {0};
    char label[SIDE_LABEL_MAX];

    side_label(comparison, side, label);
    if (writer->markdown)
        strbuf_addf(writer->out, "* %s ", label);
    else
        strbuf_addf(writer->out, "  %-*s  ", comparison->nr_sides > 2 ? 11 : 9, label);
    strbuf_adds(&name, comparison->sides[side].name);
    add_words(writer, &name, true);
    words_add_end(writer->out, comparison, side);
    strbuf_adds(writer->out, "\n");
}

static void add_head(const struct writer *writer)
{
    struct strbuf subject = {0};

    add_answer(writer);
    words_add_subject(&subject, writer->comparison);
    add_words(writer, &subject, false);
    strbuf_adds(writer->out, writer->markdown ? ":\n\n" : ":\n");
    for (size_t side = 0; side < writer->comparison->nr_sides; side++)
        add_side(writer, side);
    if (writer->comparison->nr_seeds > 1 && writer->comparison->nr_seeds < 4)
        strbuf_addf(writer->out, "%s%zu seeds can show no difference; take at least 4\n",
                    writer->markdown ? "\n" : "", writer->comparison->nr_seeds);
}

/* ---- settings ---- */

static void add_columns(const struct writer *writer, struct text_table *table, const char *first)
{
    char label[SIDE_LABEL_MAX];

    text_table_add(table, TEXT_PLAIN, "%s", first);
    for (size_t side = 0; side < writer->comparison->nr_sides; side++)
        text_table_add(table, TEXT_PLAIN, "%s", side_label(writer->comparison, side, label));
}

static void add_setting(struct text_table *table, const struct setting *setting, size_t nr_sides)
{
    text_table_add(table, TEXT_NAME, "%s", setting->key);
    for (size_t side = 0; side < nr_sides; side++) {
        const char *value = setting->values[side] ? setting->values[side] : "-";
        bool cut = strlen(value) > SETTING_LENGTH_SHOWN;

        text_table_add(table, TEXT_PLAIN, "%.*s%s", SETTING_LENGTH_SHOWN, value, cut ? "..." : "");
    }
}

static void add_settings(const struct writer *writer)
{
    const struct setting_diff *settings = &writer->comparison->settings;
    char align[COMPARISON_SIDES_MAX + 2] = "l";
    struct text_table table = {.align = align};

    memset(align + 1, 'r', settings->nr_runs);
    if (settings->items.count == 0) {
        strbuf_adds(writer->out, "\nno setting differs\n");
        return;
    }
    strbuf_adds(writer->out, "\n");
    add_columns(writer, &table, "setting");
    for (size_t i = 0; i < settings->items.count && i < SETTINGS_SHOWN; i++)
        add_setting(&table, &settings->items.items[i], settings->nr_runs);
    add_table(writer, &table);
    text_table_fini(&table);
    if (settings->items.count > SETTINGS_SHOWN)
        strbuf_addf(writer->out, "%s%zu more settings differ\n", writer->markdown ? "\n" : "  ",
                    settings->items.count - SETTINGS_SHOWN);
}

/* ---- metrics ---- */

/* Of one candidate the change in its unit and in percent, of several in percent. */
static void add_metric_head(const struct writer *writer, struct text_table *table, char *align)
{
    const struct comparison *comparison = writer->comparison;
    char label[SIDE_LABEL_MAX];
    char *at = align;

    *at++ = 'l';
    *at++ = 'r';
    text_table_add(table, TEXT_PLAIN, "metric");
    text_table_add(table, TEXT_PLAIN, "base");
    for (size_t side = 1; side < comparison->nr_sides; side++) {
        text_table_add(table, TEXT_PLAIN, "%s", side_label(comparison, side, label));
        text_table_add(table, TEXT_PLAIN, "change");
        *at++ = 'r';
        *at++ = 'r';
        if (comparison->nr_sides == 2) {
            text_table_add(table, TEXT_PLAIN, "%%");
            *at++ = 'r';
        }
        text_table_add(table, TEXT_PLAIN, "verdict");
        *at++ = 'l';
    }
    *at = '\0';
}

static void add_change(const struct writer *writer, struct text_table *table,
                       const struct comparison_row *row, size_t side, struct strbuf *text)
{
    if (writer->comparison->nr_sides == 2) {
        words_add_change(text, row, side);
        text_table_add_buf(table, TEXT_PLAIN, text);
        words_add_percent(text, row, side);
    } else {
        words_add_percent(text, row, side);
        if (text->length == 0)
            words_add_change(text, row, side);
    }
    text_table_add_buf(table, TEXT_PLAIN, text);
}

static void add_metric(const struct writer *writer, struct text_table *table, size_t index)
{
    const struct comparison *comparison = writer->comparison;
    const struct comparison_row *row = &comparison->rows.items[index];
    struct strbuf text = {0};

    text_table_add(table, TEXT_NAME, "%s", row->name);
    for (size_t side = 0; side < comparison->nr_sides; side++) {
        enum text_style style;

        words_add_value(&text, comparison, row, side);
        text_table_add_buf(table, TEXT_PLAIN, &text);
        if (side == 0)
            continue;
        add_change(writer, table, row, side, &text);
        style = words_add_verdict(&text, comparison, index, side);
        text_table_add_buf(table, style, &text);
    }
    strbuf_fini(&text);
}

static void add_metrics(const struct writer *writer)
{
    const struct comparison *comparison = writer->comparison;
    char align[4 * COMPARISON_SIDES_MAX + 2];
    struct text_table table = {.align = align};
    size_t left_out = 0, shown = 0;

    add_metric_head(writer, &table, align);
    for (size_t i = 0; i < comparison->rows.count; i++) {
        const struct comparison_row *row = &comparison->rows.items[i];

        if (row_tells(comparison, row)) {
            add_metric(writer, &table, i);
            shown++;
        } else {
            left_out++;
        }
    }
    if (shown > 0) {
        strbuf_adds(writer->out, "\n");
        add_table(writer, &table);
    }
    text_table_fini(&table);
    if (left_out > 0)
        strbuf_addf(writer->out, "%s%zu %smetric%s equal\n",
                    writer->markdown || shown == 0 ? "\n" : "  ", left_out,
                    shown > 0 ? "more " : "", left_out == 1 ? " is" : "s are");
}

/* ---- below ---- */

static void add_broken(const struct writer *writer)
{
    const struct comparison *comparison = writer->comparison;
    struct strbuf words = {0};

    if (comparison_broken(comparison) == 0)
        return;
    strbuf_adds(writer->out, "\n");
    for (size_t i = 0; i < comparison->cases.count; i++) {
        if (comparison->cases.items[i].met)
            continue;
        strbuf_adds(writer->out, writer->markdown ? "* **broken** " : "");
        if (!writer->markdown) {
            strbuf_adds(writer->out, "  ");
            text_style_adds(writer->out, TEXT_BAD, writer->color, "broken");
            strbuf_adds(writer->out, "  ");
        }
        words_add_case(&words, comparison, &comparison->cases.items[i]);
        add_words(writer, &words, false);
        strbuf_adds(writer->out, "\n");
    }
}

static void add_event(const struct writer *writer, const struct difference *difference, size_t side)
{
    const char *label = side == 0 ? "base" : "candidate";
    struct strbuf words = {0};

    strbuf_addf(writer->out, writer->markdown ? "* %s " : "    %-9s  ", label);
    words_add_event(&words, difference, side);
    add_words(writer, &words, true);
    strbuf_adds(writer->out, "\n");
}

static void add_events(const struct writer *writer, const struct difference *difference)
{
    const char *note = event_note(difference);

    if (!*note)
        return;
    strbuf_addf(writer->out, "%s%s%s\n", writer->markdown ? "\n" : "  ", note,
                difference->event_found ? ":" : "");
    if (!difference->event_found)
        return;
    strbuf_adds(writer->out, writer->markdown ? "\n" : "");
    add_event(writer, difference, 0);
    add_event(writer, difference, 1);
}

static void add_difference(const struct writer *writer, size_t side)
{
    const struct comparison *comparison = writer->comparison;
    const struct difference *difference = &comparison->sides[side].difference;
    struct strbuf words = {0};
    char label[SIDE_LABEL_MAX];

    if (difference->kind == DIFFERENCE_NONE)
        return;
    strbuf_adds(writer->out, writer->markdown ? "\n**First difference" : "\nfirst difference");
    if (comparison->nr_sides > 2)
        strbuf_addf(writer->out, " of %s", side_label(comparison, side, label));
    if (comparison->nr_seeds > 1)
        strbuf_adds(writer->out, " with the first seed");
    strbuf_adds(writer->out, writer->markdown ? ":** " : ": ");
    words_add_difference(&words, difference);
    add_words(writer, &words, false);
    strbuf_adds(writer->out, "\n");
    add_events(writer, difference);
}

static void add_report(const struct writer *writer)
{
    add_head(writer);
    add_settings(writer);
    add_metrics(writer);
    add_broken(writer);
    for (size_t side = 1; side < writer->comparison->nr_sides; side++)
        add_difference(writer, side);
}

void report_add_table(struct strbuf *out, const struct comparison *comparison, bool color)
{
    const struct writer writer = {.out = out, .comparison = comparison, .color = color};

    add_report(&writer);
}

void report_add_markdown(struct strbuf *out, const struct comparison *comparison)
{
    const struct writer writer = {.out = out, .comparison = comparison, .markdown = true};

    add_report(&writer);
}

void report_add(struct strbuf *out, const struct comparison *comparison, enum report_format format,
                bool color)
{
    switch (format) {
    case REPORT_TABLE:
        report_add_table(out, comparison, color);
        break;
    case REPORT_MARKDOWN:
        report_add_markdown(out, comparison);
        break;
    case REPORT_JSON:
        report_add_json(out, comparison);
        break;
    case REPORT_JUNIT:
        report_add_junit(out, comparison);
        break;
    }
}

/* SPDX-License-Identifier: MIT */
/* A merged sweep as a table. */
#include "sweep/sweep_table.h"

#include <stdlib.h>
#include <string.h>

#include "sweep/result_line.h"

static bool no_memory(struct sim_error *err)
{
    return sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for the table of the sweep");
}

/* Names are found by a 128-bit hash: two of them never share it. */
static struct sweep_key hash_of(const char *name)
{
    struct sweep_key key = sweep_key_begin();

    sweep_key_add(&key, name, strlen(name));
    return key;
}

static bool add_column(struct sweep_table *table, const char *name, struct sim_error *err)
{
    struct sweep_key hash = hash_of(name);
    uint32_t column;
    char *copy;

    if (key_map_get(&table->columns, &hash, &column))
        return true;
    copy = strdup(name);
    if (!copy || !vec_reserve(&table->metrics, table->metrics.count + 1) ||
        !key_map_put(&table->columns, &hash, (uint32_t)table->metrics.count)) {
        free(copy);
        return no_memory(err);
    }
    table->metrics.items[table->metrics.count++] = copy;
    return true;
}

static bool bad_metric(struct sim_error *err)
{
    return sim_error_set(err, ERR_SWEEP_RESULT, "a metric of a result is not NAME: NUMBER");
}

/* Adds the columns of one run. */
static bool add_columns(struct sweep_table *table, struct sweep_merge_run run, struct strbuf *name,
                        struct sim_error *err)
{
    struct result_line line;
    struct sweep_cell cell;
    size_t position = 0;
    bool bad;

    if (!result_line_parse(&line, run.text, run.length, err))
        return false;
    for (strbuf_reset(name);
         result_line_next_metric(&line, &position, name, &cell.text, &cell.length, &bad);
         strbuf_reset(name)) {
        if (name->failed)
            return no_memory(err);
        /* Of most sweeps all runs have the columns of the first. */
        if (!add_column(table, name->data, err))
            return false;
    }
    return !bad || bad_metric(err);
}

bool sweep_table_init(struct sweep_table *table, const struct sweep_merge *merge,
                      struct sim_error *err)
{
    struct strbuf name = {0};
    bool ok = true;

    *table = (struct sweep_table){.merge = merge};
    for (uint32_t i = 0; ok && i < merge->count; i++)
        ok = add_columns(table, sweep_merge_at(merge, i), &name, err);
    strbuf_fini(&name);
    return ok;
}

void sweep_table_fini(struct sweep_table *table)
{
    if (!table)
        return;
    for (size_t i = 0; i < table->metrics.count; i++)
        free(table->metrics.items[i]);
    vec_fini(&table->metrics);
    key_map_fini(&table->columns);
    *table = (struct sweep_table){0};
}

/* The cells of the metrics of a line. */
static bool fill_metrics(const struct sweep_table *table, const struct result_line *line,
                         struct sweep_row *row, struct sim_error *err)
{
    struct sweep_cell cell;
    size_t position = 0;
    bool bad;

    if (!vec_reserve(&row->metrics, table->metrics.count + 1))
        return no_memory(err);
    row->metrics.count = table->metrics.count;
    for (size_t i = 0; i < row->metrics.count; i++)
        row->metrics.items[i] = (struct sweep_cell){0};
    for (strbuf_reset(&row->name);
         result_line_next_metric(line, &position, &row->name, &cell.text, &cell.length, &bad);
         strbuf_reset(&row->name)) {
        struct sweep_key hash;
        uint32_t column;

        if (row->name.failed)
            return no_memory(err);
        hash = hash_of(row->name.data);
        if (!key_map_get(&table->columns, &hash, &column))
            return bad_metric(err);
        if (*cell.text != 'n') /* null */
            row->metrics.items[column] = cell;
    }
    return !bad || bad_metric(err);
}

bool sweep_table_row(const struct sweep_table *table, uint32_t position, struct sweep_row *row,
                     struct sim_error *err)
{
    struct sweep_merge_run run = sweep_merge_at(table->merge, position);
    struct sweep_run_texts texts;
    struct result_line line;

    if (!result_line_parse(&line, run.text, run.length, err) ||
        !fill_metrics(table, &line, row, err) ||
        !sweep_manifest_texts(table->merge->results->manifest, run.index, &texts, err))
        return false;
    sweep_run_texts_fini(&row->texts);
    row->texts = texts;
    row->index = run.index;
    row->ended = (struct sweep_cell){line.ended, line.ended_length};
    sweep_key_format(&run.run->key, row->key);
    return true;
}

void sweep_row_fini(struct sweep_row *row)
{
    if (!row)
        return;
    sweep_run_texts_fini(&row->texts);
    vec_fini(&row->metrics);
    strbuf_fini(&row->name);
}

/* A field in quotes where it needs them. */
static void add_field(struct strbuf *text, const char *field, size_t length)
{
    bool quoted = false;

    for (size_t i = 0; i < length; i++)
        quoted = quoted || strchr(",\"\r\n", field[i]);
    if (!quoted) {
        strbuf_add(text, field, length);
        return;
    }
    strbuf_adds(text, "\"");
    for (size_t i = 0; i < length; i++) {
        if (field[i] == '"')
            strbuf_adds(text, "\"");
        strbuf_add(text, &field[i], 1);
    }
    strbuf_adds(text, "\"");
}

static void add_next_field(struct strbuf *text, const char *field, size_t length)
{
    strbuf_adds(text, ",");
    add_field(text, field, length);
}

static void add_header(struct strbuf *text, const struct sweep_table *table)
{
    const struct sweep_texts *axes = &table->merge->results->manifest->axes;

    strbuf_adds(text, "key,index");
    for (size_t i = 0; i < axes->count; i++)
        add_next_field(text, axes->items[i], strlen(axes->items[i]));
    strbuf_adds(text, ",ended");
    for (size_t i = 0; i < table->metrics.count; i++)
        add_next_field(text, table->metrics.items[i], strlen(table->metrics.items[i]));
    strbuf_adds(text, "\r\n");
}

static void add_row(struct strbuf *text, const struct sweep_row *row)
{
    const struct sweep_owned_texts *values = &row->texts.values;

    strbuf_addf(text, "%s,%u", row->key, row->index);
    for (size_t i = 0; i < values->count; i++)
        add_next_field(text, values->items[i], strlen(values->items[i]));
    add_next_field(text, row->ended.text, row->ended.length);
    for (size_t i = 0; i < row->metrics.count; i++)
        add_next_field(text, row->metrics.items[i].text, row->metrics.items[i].length);
    strbuf_adds(text, "\r\n");
}

bool sweep_table_write_csv(const struct sweep_table *table, FILE *stream, struct sim_error *err)
{
    struct sweep_row row = {0};
    struct strbuf text = {0};
    bool ok = true;

    add_header(&text, table);
    for (uint32_t i = 0; ok && i < table->merge->count; i++) {
        ok = sweep_table_row(table, i, &row, err);
        if (ok)
            add_row(&text, &row);
        ok = ok && (!text.failed || no_memory(err));
        if (ok)
            fwrite(text.data, 1, text.length, stream);
        strbuf_reset(&text);
    }
    sweep_row_fini(&row);
    strbuf_fini(&text);
    return ok;
}

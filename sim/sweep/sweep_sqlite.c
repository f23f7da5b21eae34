/* SPDX-License-Identifier: MIT */
/* A merged sweep as an SQLite database. */
#include "sweep/sweep_sqlite.h"

#ifdef MMSIM_SQLITE

#include <limits.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "base/whole_file.h"

/* What cannot be half done: the whole file is made aside and put in its place at the end. */
static const char setup_sql[] = "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; BEGIN;"
                                "CREATE TABLE sweep(name TEXT, manifest TEXT);";

static bool sqlite_error(sqlite3 *database, struct sim_error *err)
{
    return sim_error_set(err, ERR_WRITE, "SQLite: %s", sqlite3_errmsg(database));
}

static bool execute(sqlite3 *database, const char *sql, struct sim_error *err)
{
    return sqlite3_exec(database, sql, NULL, NULL, NULL) == SQLITE_OK ||
           sqlite_error(database, err);
}

static bool prepare(sqlite3 *database, const struct strbuf *sql, sqlite3_stmt **ret_statement,
                    struct sim_error *err)
{
    if (sql->failed)
        return sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for the database");
    return sqlite3_prepare_v2(database, sql->data, -1, ret_statement, NULL) == SQLITE_OK ||
           sqlite_error(database, err);
}

static bool bind(sqlite3 *database, sqlite3_stmt *statement, int *column, const char *text,
                 size_t length, struct sim_error *err)
{
    int code = text && length <= INT_MAX
                   ? sqlite3_bind_text(statement, ++*column, text, (int)length, SQLITE_STATIC)
                   : sqlite3_bind_null(statement, ++*column);

    return code == SQLITE_OK || sqlite_error(database, err);
}

/* Runs an insert that is bound and makes it ready for the next row. */
static bool insert(sqlite3 *database, sqlite3_stmt *statement, struct sim_error *err)
{
    return (sqlite3_step(statement) == SQLITE_DONE && sqlite3_reset(statement) == SQLITE_OK) ||
           sqlite_error(database, err);
}

static void add_column(struct strbuf *sql, const char *name, bool wide)
{
    strbuf_adds(sql, ", \"");
    for (; *name; name++) {
        if (*name == '"')
            strbuf_adds(sql, "\"");
        strbuf_add(sql, name, 1);
    }
    strbuf_adds(sql, wide ? "\" TEXT" : "\" NUMERIC");
}

/* An integer that SQLite has none for: as a number it would be rounded. */
static bool is_wide(const char *text, size_t length)
{
    uint64_t value;

    return length > 18 && uint_parse(text, length, &value) && value > INT64_MAX;
}

/* Which of the axes, and of the metrics behind them, have a wide value in any run. */
static bool find_wide(const struct sweep_table *table, bool *wide, struct sim_error *err)
{
    size_t axes = table->merge->results->manifest->axes.count;
    struct sweep_row row = {0};
    bool ok = true;

    for (uint32_t i = 0; ok && i < table->merge->count; i++) {
        ok = sweep_table_row(table, i, &row, err);
        for (size_t axis = 0; ok && axis < axes; axis++) {
            const char *text = row.texts.values.items[axis];

            wide[axis] |= is_wide(text, strlen(text));
        }
        for (size_t metric = 0; ok && metric < table->metrics.count; metric++)
            wide[axes + metric] |=
                is_wide(row.metrics.items[metric].text, row.metrics.items[metric].length);
    }
    sweep_row_fini(&row);
    return ok;
}

static bool create_run(sqlite3 *database, const struct sweep_table *table, const bool *wide,
                       struct sim_error *err)
{
    const struct sweep_texts *axes = &table->merge->results->manifest->axes;
    struct strbuf sql = {0};
    sqlite3_stmt *statement = NULL;
    bool ok;

    strbuf_adds(&sql, "CREATE TABLE run(key TEXT PRIMARY KEY, \"index\" INTEGER");
    for (size_t i = 0; i < axes->count; i++)
        add_column(&sql, axes->items[i], wide[i]);
    strbuf_adds(&sql, ", ended TEXT");
    for (size_t i = 0; i < table->metrics.count; i++)
        add_column(&sql, table->metrics.items[i], wide[axes->count + i]);
    strbuf_adds(&sql, ") WITHOUT ROWID");
    ok = prepare(database, &sql, &statement, err) && insert(database, statement, err);
    sqlite3_finalize(statement);
    strbuf_fini(&sql);
    return ok;
}

static bool insert_sweep(sqlite3 *database, const struct sweep_manifest *manifest,
                         struct sim_error *err)
{
    const char *line = (const char *)manifest->bytes.data;
    const char *newline = memchr(line, '\n', manifest->bytes.size);
    sqlite3_stmt *statement = NULL;
    int column = 0;
    bool ok = sqlite3_prepare_v2(database, "INSERT INTO sweep VALUES(?,?)", -1, &statement, NULL) ==
                  SQLITE_OK ||
              sqlite_error(database, err);

    ok = ok && bind(database, statement, &column, manifest->name, strlen(manifest->name), err) &&
         bind(database, statement, &column, line, (size_t)(newline - line), err) &&
         insert(database, statement, err);
    sqlite3_finalize(statement);
    return ok;
}

static bool insert_row(sqlite3 *database, sqlite3_stmt *statement, const struct sweep_row *row,
                       struct sim_error *err)
{
    const struct sweep_owned_texts *values = &row->texts.values;
    int column = 0;
    bool ok = bind(database, statement, &column, row->key, strlen(row->key), err);

    if (ok && sqlite3_bind_int64(statement, ++column, row->index) != SQLITE_OK)
        ok = sqlite_error(database, err);
    for (size_t i = 0; ok && i < values->count; i++)
        ok = bind(database, statement, &column, values->items[i], strlen(values->items[i]), err);
    ok = ok && bind(database, statement, &column, row->ended.text, row->ended.length, err);
    for (size_t i = 0; ok && i < row->metrics.count; i++)
        ok = bind(database, statement, &column, row->metrics.items[i].text,
                  row->metrics.items[i].length, err);
    return ok && insert(database, statement, err);
}

static bool insert_rows(sqlite3 *database, const struct sweep_table *table, struct sim_error *err)
{
    size_t columns = 3 + table->merge->results->manifest->axes.count + table->metrics.count;
    struct strbuf sql = {0};
    struct sweep_row row = {0};
    sqlite3_stmt *statement = NULL;
    bool ok;

    strbuf_adds(&sql, "INSERT INTO run VALUES(?");
    for (size_t i = 1; i < columns; i++)
        strbuf_adds(&sql, ",?");
    strbuf_adds(&sql, ")");
    ok = prepare(database, &sql, &statement, err);
    for (uint32_t i = 0; ok && i < table->merge->count; i++)
        ok = sweep_table_row(table, i, &row, err) && insert_row(database, statement, &row, err);
    sqlite3_finalize(statement);
    sweep_row_fini(&row);
    strbuf_fini(&sql);
    return ok;
}

static bool fill_runs(sqlite3 *database, const struct sweep_table *table, struct sim_error *err)
{
    size_t columns = table->merge->results->manifest->axes.count + table->metrics.count;
    bool *wide = calloc(columns + 1, sizeof(*wide));
    bool ok = wide ? find_wide(table, wide, err) && create_run(database, table, wide, err) &&
                         insert_rows(database, table, err)
                   : sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for the database");

    free(wide);
    return ok;
}

static bool fill(const struct sweep_table *table, const char *path, struct sim_error *err)
{
    sqlite3 *database = NULL;
    bool ok = sqlite3_open(path, &database) == SQLITE_OK;

    if (!ok)
        sim_error_set(err, ERR_OPEN, "SQLite cannot open the file");
    ok = ok && execute(database, setup_sql, err) &&
         insert_sweep(database, table->merge->results->manifest, err) &&
         fill_runs(database, table, err) && execute(database, "COMMIT", err);
    if (sqlite3_close(database) != SQLITE_OK && ok)
        ok = sqlite_error(database, err);
    return ok;
}

bool sweep_sqlite_write(const struct sweep_table *table, const char *path, struct sim_error *err)
{
    struct whole_file file;

    if (!whole_file_begin(&file, path, err))
        return false;
    if (!file.temporary)
        sim_error_set(err, ERR_WRITE, "a database needs a file of its own");
    else if (fill(table, file.temporary, err))
        return whole_file_commit(&file, err);
    sim_error_add_place(err, path, 0, 0);
    whole_file_abandon(&file);
    return false;
}

#else

bool sweep_sqlite_write(const struct sweep_table *table, const char *path, struct sim_error *err)
{
    (void)table;
    sim_error_set(err, ERR_NO_SQLITE, "this mmsim was built without SQLite");
    sim_error_add_hint(err, "install libsqlite3-dev and build again, or use --csv");
    sim_error_add_place(err, path, 0, 0);
    return false;
}

#endif

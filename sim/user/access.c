/* SPDX-License-Identifier: MIT */
/* Sequential, random and zipf page numbers. */
#include "user/access.h"

#include <stdlib.h>

#include "base/check.h"

static uint64_t min_u64(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* ---- tables of weights ---- */

static void zipf_table_destroy(struct zipf_table *table)
{
    if (!table)
        return;
    zipf_fini(&table->zipf);
    free(table);
}

void zipf_tables_fini(struct zipf_tables *tables)
{
    for (size_t i = 0; i < tables->tables.count; i++) {
        SIM_ASSERT(tables->tables.items[i]->users == 0);
        zipf_table_destroy(tables->tables.items[i]);
    }
    vec_fini(&tables->tables);
}

/* Files that grow would else leave a table behind for each of their sizes. */
static void drop_oldest_unused(struct zipf_tables *tables)
{
    for (size_t i = 0; i < tables->tables.count; i++) {
        if (tables->tables.items[i]->users > 0)
            continue;
        zipf_table_destroy(tables->tables.items[i]);
        for (size_t k = i + 1; k < tables->tables.count; k++)
            tables->tables.items[k - 1] = tables->tables.items[k];
        tables->tables.count--;
        return;
    }
}

/* A table with one more user; NULL: no host memory. */
static struct zipf_table *zipf_table_get(struct zipf_tables *tables, uint32_t n,
                                         uint32_t exponent_milli)
{
    struct zipf_table *table;

    for (size_t i = 0; i < tables->tables.count; i++) {
        table = tables->tables.items[i];
        if (table->zipf.n == n && table->exponent_milli == exponent_milli) {
            table->users++;
            return table;
        }
    }
    if (tables->tables.count >= ZIPF_TABLES_KEPT)
        drop_oldest_unused(tables);
    table = calloc(1, sizeof(*table));
    if (!table || !zipf_init(&table->zipf, n, exponent_milli) ||
        !vec_push(&tables->tables, table)) {
        zipf_table_destroy(table);
        return NULL;
    }
    table->exponent_milli = exponent_milli;
    table->users = 1;
    return table;
}

/* ---- accesses ---- */

static uint64_t greatest_common_divisor(uint64_t a, uint64_t b)
{
    while (b != 0) {
        uint64_t rest = a % b;

        a = b;
        b = rest;
    }
    return a;
}

/* The first number from n / golden ratio on that has no divisor in common with n: multiplying by it
 * modulo n is a permutation that keeps neighbouring ranks apart. */
static uint64_t scatter_stride(uint64_t n)
{
    uint64_t stride = n * 618 / 1000 + 1;

    while (greatest_common_divisor(stride, n) != 1)
        stride++;
    return stride;
}

static bool init_zipf(struct access *access, struct zipf_tables *tables)
{
    uint64_t n;

    access->rank_pages = (access->nr_pages + ZIPF_N_MAX - 1) / ZIPF_N_MAX;
    n = (access->nr_pages + access->rank_pages - 1) / access->rank_pages;
    access->stride = scatter_stride(n);
    access->table = zipf_table_get(tables, (uint32_t)n, access->spec->zipf_exponent_milli);
    return access->table;
}

bool access_init(struct access *access, const struct access_spec *spec, uint64_t size_pages,
                 struct rng *rng, struct zipf_tables *tables)
{
    *access = (struct access){.spec = spec, .rng = rng, .first_page = spec->first_page};
    if (spec->first_page >= size_pages)
        return true;
    access->nr_pages = size_pages - spec->first_page;
    if (spec->nr_pages != 0)
        access->nr_pages = min_u64(access->nr_pages, spec->nr_pages);
    access->left = spec->count ? spec->count : access->nr_pages;
    return spec->pattern != ACCESS_ZIPF || init_zipf(access, tables);
}

void access_fini(struct access *access)
{
    if (access->table)
        access->table->users--;
    *access = (struct access){0};
}

/* Where the rank lies in the range; of several pages that share it any. */
static uint64_t page_of_rank(const struct access *access, uint64_t rank)
{
    uint64_t page = rank * access->stride % access->table->zipf.n * access->rank_pages;

    if (access->rank_pages == 1)
        return page;
    return page + rng_below(access->rng, min_u64(access->rank_pages, access->nr_pages - page));
}

/* The offset in the range of a random or zipf access. */
static uint64_t draw(const struct access *access)
{
    if (access->spec->pattern == ACCESS_RANDOM)
        return rng_below(access->rng, access->nr_pages);
    return page_of_rank(access, zipf_draw(&access->table->zipf, access->rng));
}

static uint64_t sequential(struct access *access, uint64_t nr_pages)
{
    uint64_t page = access->next;

    access->next += nr_pages;
    if (access->next == access->nr_pages)
        access->next = 0;
    return page;
}

static void draw_many_zipf(struct access *access, unsigned nr)
{
    uint32_t ranks[ZIPF_DRAWS_MAX];

    zipf_draw_many(&access->table->zipf, access->rng, ranks, nr);
    for (unsigned i = 0; i < nr; i++)
        access->ahead[i] = access->first_page + page_of_rank(access, ranks[i]);
}

unsigned access_draw_ahead(struct access *access, const uint64_t **ret_pages)
{
    unsigned nr = (unsigned)min_u64(access->left, ZIPF_DRAWS_MAX);

    if (access->spec->pattern == ACCESS_SEQUENTIAL || access->ahead_next < access->ahead_end)
        return 0;
    if (access->spec->pattern == ACCESS_ZIPF) {
        draw_many_zipf(access, nr);
    } else {
        for (unsigned i = 0; i < nr; i++)
            access->ahead[i] = access->first_page + draw(access);
    }
    access->ahead_next = 0;
    access->ahead_end = nr;
    *ret_pages = access->ahead;
    return nr;
}

bool access_next(struct access *access, uint64_t *ret_page)
{
    const uint64_t *pages;

    if (access->left == 0)
        return false;
    access_draw_ahead(access, &pages);
    access->left--;
    *ret_page = access->spec->pattern == ACCESS_SEQUENTIAL
                    ? access->first_page + sequential(access, 1)
                    : access->ahead[access->ahead_next++];
    return true;
}

bool access_next_block(struct access *access, uint64_t block_pages, uint64_t *ret_page,
                       uint64_t *ret_nr_pages)
{
    uint64_t page = access->next;
    uint64_t nr_pages;

    SIM_ASSERT(block_pages > 0);
    if (access->left == 0)
        return false;
    if (access->spec->pattern != ACCESS_SEQUENTIAL)
        page = draw(access) / block_pages * block_pages;
    nr_pages = min_u64(min_u64(block_pages, access->left), access->nr_pages - page);
    if (access->spec->pattern == ACCESS_SEQUENTIAL)
        sequential(access, nr_pages);
    access->left -= nr_pages;
    *ret_page = access->first_page + page;
    *ret_nr_pages = nr_pages;
    return true;
}

/* SPDX-License-Identifier: MIT */
/* Units: the one place that knows how pages, bytes and nanoseconds relate, and their text forms. */
#ifndef SIM_BASE_UNITS_H
#define SIM_BASE_UNITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Inside the model memory is counted in pages of 4 KiB and time in nanoseconds; kB and bytes occur
 * only at the edges (files, output). Names carry the unit: `*_pages`, `*_kb`, `*_bytes`, `*_ns`.
 */
#define PAGE_SHIFT 12
#define PAGE_SIZE  ((uint64_t)1 << PAGE_SHIFT)

#define NSEC_PER_USEC UINT64_C(1000)
#define NSEC_PER_MSEC UINT64_C(1000000)
#define NSEC_PER_SEC  UINT64_C(1000000000)

static inline uint64_t pages_to_bytes(uint64_t pages)
{
    return pages << PAGE_SHIFT;
}

static inline uint64_t pages_to_kb(uint64_t pages)
{
    return pages << (PAGE_SHIFT - 10);
}

static inline uint64_t kb_to_pages(uint64_t kb)
{
    return kb >> (PAGE_SHIFT - 10);
}

/*
 * "10ms", "250us", "2s", "1.5s", "3m", "1h", "500ns" or a plain integer as in uint_parse()
 * (nanoseconds) to nanoseconds. Exact decimal arithmetic: a fraction below one nanosecond and any
 * overflow are refused. Nothing but the number and the unit may be in the text, no sign, no blanks.
 * Returns false and leaves *ret_ns alone when `text` is not such a duration.
 */
bool duration_parse(const char *text, size_t length, uint64_t *ret_ns);

/*
 * "64MiB", "4GiB", "128KiB", "1TiB", "4096kB" (kernel kB = 1024 bytes), "12B" or a plain integer
 * (bytes) to bytes. "1.5GiB" is allowed when it is a whole number of bytes. MB, GB and other
 * ambiguous units are refused. Same rules as duration_parse().
 */
bool size_parse(const char *text, size_t length, uint64_t *ret_bytes);

/*
 * "60MB/s", "1GB/s" (decimal, as disks are sold), "64MiB/s", "512KiB/s", "1GiB/s", "4096B/s" or a
 * plain integer (bytes per second) to bytes per second. Same rules as duration_parse(). kB/s is
 * refused: a kB is 1024 bytes in sizes and 1000 in rates.
 */
bool rate_parse(const char *text, size_t length, uint64_t *ret_bytes_per_s);

/*
 * Unsigned decimal or 0x hexadecimal without sign or blanks. A decimal has no leading zeros ("0"
 * itself is fine); a hexadecimal may, as masks and addresses are written that way.
 */
bool uint_parse(const char *text, size_t length, uint64_t *ret_value);

/* Signed variant of uint_parse(): an optional leading minus, decimal only. */
bool int_parse(const char *text, size_t length, int64_t *ret_value);

/* A number that may be given; zero-initialised it is not. */
struct option_number {
    bool given;
    uint64_t value;
};

#endif

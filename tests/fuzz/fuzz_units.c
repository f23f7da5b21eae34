/* SPDX-License-Identifier: MIT */
/* Fuzz target of the number, size and duration texts. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/suggest.h"
#include "base/units.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

typedef bool quantity_parser(const char *text, size_t length, uint64_t *ret_value);

/* What is accepted has one plain form of the same value, and no leading zero; the rest says
 * nothing. */
static void check_quantity(quantity_parser *parse, const char *smallest_unit, const char *text,
                           size_t size)
{
    uint64_t value = 77, again = 77;
    char printed[64];
    int length;

    if (!parse(text, size, &value)) {
        require(value == 77);
        return;
    }
    length = snprintf(printed, sizeof(printed), "%" PRIu64 "%s", value, smallest_unit);
    require(parse(printed, (size_t)length, &again) && again == value);
    if (size < sizeof(printed)) {
        printed[0] = '0';
        memcpy(printed + 1, text, size);
        require(!parse(printed, size + 1, &again));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const words[] = {"alloc_pages", "free_pages", "min_free_kbytes"};
    const char *text = (const char *)data;
    uint64_t value = 77;
    int64_t signed_value = 77;
    char printed[32];

    if (uint_parse(text, size, &value)) {
        uint64_t duration_ns;
        uint64_t bytes;

        require(size > 0);
        if (memchr(text, 'x', size) == NULL) {
            /* No leading zeros: the text is the only one of its number. */
            snprintf(printed, sizeof(printed), "%" PRIu64, value);
            require(strlen(printed) == size && memcmp(printed, text, size) == 0);
            require(duration_parse(text, size, &duration_ns) && duration_ns == value);
            require(size_parse(text, size, &bytes) && bytes == value);
        }
    } else {
        require(value == 77);
    }
    if (int_parse(text, size, &signed_value) && signed_value < 0)
        require(text[0] == '-');
    check_quantity(duration_parse, "ns", text, size);
    check_quantity(size_parse, "B", text, size);
    check_quantity(rate_parse, "B/s", text, size);
    if (size < sizeof(printed) && memchr(text, '\0', size) == NULL) {
        memcpy(printed, text, size);
        printed[size] = '\0';
        suggest_word(printed, words, 3);
    }
    return 0;
}

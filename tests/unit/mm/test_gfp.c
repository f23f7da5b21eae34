/* SPDX-License-Identifier: MIT */
/* GFP masks from and to text. */
#include <string.h>

#include "lib/test.h"
#include "mm/gfp.h"

static uint32_t parse(const char *text)
{
    struct sim_error err = {0};
    uint32_t gfp = 0;

    ck_assert_msg(gfp_parse(text, strlen(text), &gfp, &err), "%s: %s", text, err.message);
    return gfp;
}

static struct sim_error refuse(const char *text)
{
    struct sim_error err = {0};
    uint32_t gfp = 77;

    ck_assert(!gfp_parse(text, strlen(text), &gfp, &err));
    ck_assert_uint_eq(gfp, 77);
    ck_assert_int_eq(err.code, ERR_BAD_GFP);
    return err;
}

START_TEST(kernel_names_have_the_kernels_values)
{
    ck_assert_uint_eq(parse("GFP_NOWAIT"), 0);
    ck_assert_uint_eq(parse("GFP_ATOMIC"), 0x20);
    ck_assert_uint_eq(parse("GFP_NOIO"), 0x10);
    ck_assert_uint_eq(parse("GFP_NOFS"), 0x50);
    ck_assert_uint_eq(parse("GFP_KERNEL"), 0xd0);
    ck_assert_uint_eq(parse("GFP_TEMPORARY"), 0x800d0);
    ck_assert_uint_eq(parse("GFP_USER"), 0x200d0);
    ck_assert_uint_eq(parse("GFP_HIGHUSER"), 0x200d2);
    ck_assert_uint_eq(parse("GFP_HIGHUSER_MOVABLE"), 0x1200d2);
    ck_assert_uint_eq(parse("GFP_HIGHUSER_PAGECACHE"), 0x1200d2);
    ck_assert_uint_eq(parse("GFP_USER_PAGECACHE"), 0x1200d0);
    ck_assert_uint_eq(parse("GFP_NOFS_PAGECACHE"), 0x100050);
    ck_assert_uint_eq(parse("GFP_THISNODE"), 0x41200);
    ck_assert_uint_eq(parse("GFP_DMA"), 0x1);
    ck_assert_uint_eq(parse("GFP_DMA32"), 0x4);
}
END_TEST

START_TEST(thisnode_is_nothing_to_a_uma_kernel)
{
    static const char text[] = "GFP_KERNEL|GFP_THISNODE";
    static const char bit[] = "GFP_KERNEL|__GFP_THISNODE";
    struct sim_error err = {0};
    uint32_t gfp = 0;

    ck_assert(gfp_parse_uma(text, strlen(text), &gfp, &err));
    ck_assert_uint_eq(gfp, 0xd0);
    ck_assert(gfp_parse_uma(bit, strlen(bit), &gfp, &err));
    ck_assert_uint_eq(gfp, 0x400d0);
}
END_TEST

START_TEST(names_and_numbers_join_with_a_bar)
{
    ck_assert_uint_eq(parse("GFP_KERNEL|__GFP_ZERO"), 0x80d0);
    ck_assert_uint_eq(parse("GFP_KERNEL | __GFP_COMP | 0x200"), 0x42d0);
    ck_assert_uint_eq(parse("0xd0"), 0xd0);
    ck_assert_uint_eq(parse("208"), 0xd0);
    ck_assert_uint_eq(parse("0"), 0);
}
END_TEST

START_TEST(a_misspelt_name_gets_a_suggestion)
{
    struct sim_error err = refuse("GFP_KERNAL");

    ck_assert_msg(strstr(err.hint, "GFP_KERNEL") != NULL, "%s", err.hint);
    err = refuse("entirely_else");
    ck_assert_msg(strstr(err.hint, "__GFP_ZERO") != NULL, "%s", err.hint);
}
END_TEST

START_TEST(unknown_bits_and_gaps_are_refused)
{
    refuse("0x8");
    refuse("0x2000");
    refuse("0x200000");
    refuse("0x100000000");
    refuse("");
    refuse("GFP_KERNEL|");
    refuse("|GFP_KERNEL");
    refuse("GFP_KERNEL||__GFP_ZERO");
    refuse("gfp_kernel");
    refuse("a_name_much_longer_than_any_flag_of_the_kernel_ever_was");
}
END_TEST

START_TEST(every_mask_survives_text)
{
    for (uint32_t gfp = 0; gfp <= GFP_ALL_BITS; gfp++) {
        char text[GFP_TEXT_MAX];

        if (gfp & ~(uint32_t)GFP_ALL_BITS || gfp % 7 > 1)
            continue;
        gfp_format(gfp, text);
        ck_assert_uint_eq(parse(text), gfp);
    }
}
END_TEST

START_TEST(text_uses_the_widest_name)
{
    char text[GFP_TEXT_MAX];

    gfp_format(0x1200d2, text);
    ck_assert_str_eq(text, "GFP_HIGHUSER_MOVABLE");
    gfp_format(0x80d0, text);
    ck_assert_str_eq(text, "GFP_KERNEL|__GFP_ZERO");
    gfp_format(0, text);
    ck_assert_str_eq(text, "0");
    gfp_format(GFP_ALL_BITS, text);
    ck_assert_uint_lt(strlen(text), GFP_TEXT_MAX - 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("gfp");

    TEST_CASE(suite, "parse", kernel_names_have_the_kernels_values,
              thisnode_is_nothing_to_a_uma_kernel, names_and_numbers_join_with_a_bar,
              a_misspelt_name_gets_a_suggestion, unknown_bits_and_gaps_are_refused);
    TEST_CASE(suite, "format", every_mask_survives_text, text_uses_the_widest_name);
    return test_run(suite);
}

/* SPDX-License-Identifier: MIT */
/* Tests of events in words. */
#include "stats/event_words.h"

#include <string.h>

#include "lib/fail_malloc.h"
#include "lib/test.h"

#define EVENT(name, members)                                                                  \
    "{\"type\":\"event\",\"event\":\"" name "\",\"time_ns\":3000,\"task\":\"nic\",\"cpu\":0," \
    "\"gfp\":\"GFP_ATOMIC\",\"order\":2," members "}"

static void expect(const char *line, const char *words)
{
    struct sim_error err = {0};
    struct strbuf text = {0};

    ck_assert_msg(event_words_add(&text, line, strlen(line), 250, &err), "%s", err.message);
    ck_assert_str_eq(text.data, words);
    strbuf_fini(&text);
}

START_TEST(a_failure_says_which_check_refused)
{
    expect(EVENT("alloc_failure", "\"refusals\":[{\"zone\":\"0/DMA\",\"check\":\"watermark\","
                                  "\"free_pages\":5,\"required_pages\":9,\"mark\":\"min\","
                                  "\"mark_pages\":9,\"lowmem_reserve\":0,\"failed_order\":null}]"),
           "nic (order 2, GFP_ATOMIC): no page; 0/DMA refused: free 5 <= min 9 + lowmem_reserve 0 "
           "+ 3 for order 2");
}
END_TEST

START_TEST(explain_lends_its_words)
{
    expect(EVENT("kswapd_wake", "\"zone\":\"0/DMA\",\"node\":0,\"kswapd_order\":2,\"woken\":true"),
           "nic (order 2, GFP_ATOMIC): wakeup_kswapd(): 0/DMA is low for order 2, kswapd of node 0 "
           "slept and is woken");
    expect(EVENT("congestion_wait",
                 "\"timeout_jiffies\":5,\"from_ns\":1000,\"until_ns\":3000,\"ended\":\"timeout\""),
           "nic (order 2, GFP_ATOMIC): congestion_wait(), at most 20.000 ms: waited 2.000 us; the "
           "timeout passed, no congested queue had drained");
}
END_TEST

START_TEST(waits_and_slow_allocations_have_a_length)
{
    expect(EVENT("stall", "\"cause\":\"swapin\",\"from_ns\":1000,\"until_ns\":3000"),
           "nic (order 2, GFP_ATOMIC): stalled for 2.000 us, swapin");
    expect(EVENT("alloc_slow", "\"begin_ns\":1000,\"zone\":\"0/DMA\""),
           "nic (order 2, GFP_ATOMIC): a page of 0/DMA after 2.000 us");
    expect(EVENT("alloc_slow", "\"begin_ns\":1000,\"zone\":null"),
           "nic (order 2, GFP_ATOMIC): no page yet after 2.000 us");
}
END_TEST

START_TEST(what_has_no_words_is_named_with_its_members)
{
    expect(EVENT("balance_pgdat_begin", "\"node\":1,\"x\":{\"y\":[1]}"),
           "nic (order 2, GFP_ATOMIC): balance_pgdat_begin: node 1, x {\"y\":[1]}");
    expect("{\"type\":\"event\",\"event\":\"sysctl\",\"time_ns\":3,\"task\":null,\"cpu\":0,\"gfp\":"
           "null,\"order\":null,\"name\":\"swappiness\",\"values\":[3]}",
           "somebody: sysctl: name \"swappiness\", values [3]");
}
END_TEST

START_TEST(what_is_no_event_is_an_error)
{
    struct sim_error err = {0};
    struct strbuf text = {0};

    ck_assert(!event_words_add(&text, "{\"a\"", 4, 0, &err));
    ck_assert_int_eq(err.code, ERR_RESULT_FORMAT);
    strbuf_fini(&text);
}
END_TEST

START_TEST(a_line_with_a_nul_is_an_error)
{
    static const char line[] = "{\"type\":\"event\"\0x and much more that is no JSON";
    struct strbuf text = {0};
    struct sim_error err = {0};

    ck_assert(!event_words_add(&text, line, sizeof(line) - 1, 250, &err));
    ck_assert_int_eq(err.code, ERR_RESULT_FORMAT);
    strbuf_fini(&text);
}
END_TEST

START_TEST(a_failed_allocation_is_an_error)
{
    const char *line = EVENT("kswapd_wake", "\"zone\":\"0/DMA\",\"node\":0,\"kswapd_order\":2");
    bool ok = false;

    for (unsigned n = 0; !ok; n++) {
        struct sim_error err = {0};
        struct strbuf text = {0};
        bool reached;

        fail_malloc_at(n);
        ok = event_words_add(&text, line, strlen(line), 0, &err);
        reached = fail_malloc_off();
        ck_assert(!reached || !ok);
        strbuf_fini(&text);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("event_words");

    TEST_CASE(suite, "words", a_failure_says_which_check_refused, explain_lends_its_words,
              waits_and_slow_allocations_have_a_length, what_has_no_words_is_named_with_its_members,
              what_is_no_event_is_an_error, a_line_with_a_nul_is_an_error,
              a_failed_allocation_is_an_error);
    return test_run(suite);
}

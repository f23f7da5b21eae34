/* SPDX-License-Identifier: MIT */
/* Workers that answer, refuse, crash, hang and are interrupted. */
#include "sweep/worker_pool.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/units.h"
#include "lib/fail_malloc.h"
#include "lib/test.h"

enum { JOBS_MAX = 4096, LONG_ANSWER = 3000000 };

/* What a job does, by its number: the table below is the test's. */
enum deed { ANSWER, REFUSE, CRASH, EXIT, HANG, ANSWER_LONG, SAY_PID, EAT_MEMORY };

struct office {
    uint32_t jobs; /* to hand out */
    uint32_t next;
    enum deed deeds[JOBS_MAX];
    uint8_t answered[JOBS_MAX];
    uint8_t failed[JOBS_MAX];
    struct worker_failure failure; /* the last one */
    uint32_t nr_answered;
    uint32_t nr_failed;
    uint32_t stop_after; /* answers; 0 = never */
    pid_t pids[JOBS_MAX];
    uint64_t idled;
};

static bool eat_memory(struct strbuf *answer, struct sim_error *err)
{
    char *bytes = malloc((size_t)1 << 32);

    if (!bytes)
        return sim_error_set(err, ERR_OUT_OF_MEMORY, "too much");
    strbuf_adds(answer, "had it");
    free(bytes);
    return true;
}

static bool work(void *ctx, uint32_t job, struct strbuf *answer, struct sim_error *err)
{
    const struct office *office = ctx;
    pid_t pid = getpid();

    switch (office->deeds[job]) {
    case ANSWER:
        strbuf_addf(answer, "job %u", job);
        return true;
    case REFUSE:
        return sim_error_set(err, ERR_BAD_STEP, "job %u is refused", job);
    case CRASH:
        signal(SIGSEGV, SIG_DFL); /* a sanitizer would report it */
        raise(SIGSEGV);
        return true;
    case EXIT:
        _exit(7);
    case HANG:
        pause();
        return true;
    case ANSWER_LONG:
        for (uint32_t i = 0; i < LONG_ANSWER; i++)
            strbuf_add(answer, &"0123456789"[(i + job) % 10], 1);
        return true;
    case SAY_PID:
        strbuf_add(answer, (const char *)&pid, sizeof(pid));
        return true;
    case EAT_MEMORY:
        return eat_memory(answer, err);
    }
    return false;
}

static bool next(void *ctx, uint32_t *ret_job)
{
    struct office *office = ctx;

    if (office->next == office->jobs)
        return false;
    *ret_job = office->next++;
    return true;
}

static void expect_answer(const struct office *office, uint32_t job, const struct strbuf *answer)
{
    char text[32];

    switch (office->deeds[job]) {
    case ANSWER:
        snprintf(text, sizeof(text), "job %u", job);
        ck_assert_uint_eq(answer->length, strlen(text));
        ck_assert_mem_eq(answer->data, text, answer->length);
        break;
    case ANSWER_LONG:
        ck_assert_uint_eq(answer->length, LONG_ANSWER);
        for (uint32_t i = 0; i < LONG_ANSWER; i++) {
            if (answer->data[i] != "0123456789"[(i + job) % 10])
                ck_abort_msg("byte %u of job %u is wrong", i, job);
        }
        break;
    default:
        break;
    }
}

static bool done(void *ctx, uint32_t job, const struct strbuf *answer, uint64_t now_ns,
                 struct sim_error *err)
{
    struct office *office = ctx;

    ck_assert_uint_gt(now_ns, 0);
    expect_answer(office, job, answer);
    if (office->deeds[job] == SAY_PID)
        memcpy(&office->pids[job], answer->data, sizeof(office->pids[job]));
    office->answered[job]++;
    office->nr_answered++;
    return office->nr_answered != office->stop_after ||
           sim_error_set(err, ERR_WRITE, "the disk is full");
}

static bool failed(void *ctx, uint32_t job, const struct worker_failure *failure,
                   struct sim_error *err)
{
    struct office *office = ctx;

    (void)err;
    office->failed[job]++;
    office->nr_failed++;
    office->failure = *failure;
    return true;
}

static bool idle(void *ctx, uint64_t now_ns, struct sim_error *err)
{
    struct office *office = ctx;

    (void)now_ns;
    (void)err;
    office->idled++;
    return true;
}

static const struct worker_pool_ops ops = {work, next, done, failed, idle};

static enum worker_pool_end run(struct office *office, const struct worker_pool_spec *spec,
                                struct sim_error *err)
{
    enum worker_pool_end end = worker_pool_run(spec, &ops, office, err);

    ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1); /* no child is left */
    return end;
}

static void expect_all_done(struct office *office, const struct worker_pool_spec *spec)
{
    struct sim_error err = {0};

    ck_assert_int_eq(run(office, spec, &err), WORKER_POOL_DONE);
    ck_assert(!sim_error_is_set(&err));
    ck_assert_uint_eq(office->nr_answered + office->nr_failed, office->jobs);
    for (uint32_t i = 0; i < office->jobs; i++)
        ck_assert_uint_eq(office->answered[i] + office->failed[i], 1);
}

START_TEST(every_job_is_answered_once)
{
    for (uint32_t workers = 1; workers <= 7; workers += 3) {
        struct office office = {.jobs = 300};

        expect_all_done(&office, &(struct worker_pool_spec){.workers = workers});
        ck_assert_uint_eq(office.nr_failed, 0);
    }
}
END_TEST

START_TEST(without_jobs_nobody_works)
{
    struct office office = {0};

    expect_all_done(&office, &(struct worker_pool_spec){.workers = 3});
    ck_assert_uint_eq(office.idled, 0);
}
END_TEST

START_TEST(an_answer_may_be_longer_than_a_socket_holds)
{
    struct office office = {.jobs = 6};

    for (uint32_t i = 0; i < office.jobs; i++)
        office.deeds[i] = ANSWER_LONG;
    expect_all_done(&office, &(struct worker_pool_spec){.workers = 2});
    ck_assert_uint_eq(office.nr_answered, 6);
}
END_TEST

START_TEST(a_worker_does_one_job_after_the_other)
{
    struct office office = {.jobs = 20};

    for (uint32_t i = 0; i < office.jobs; i++)
        office.deeds[i] = SAY_PID;
    expect_all_done(&office, &(struct worker_pool_spec){.workers = 1});
    for (uint32_t i = 0; i < office.jobs; i++) {
        ck_assert_int_eq(office.pids[i], office.pids[0]);
        ck_assert_int_ne(office.pids[i], getpid());
    }
}
END_TEST

START_TEST(a_refusal_comes_with_its_error_and_the_worker_goes_on)
{
    struct office office = {.jobs = 3, .deeds = {SAY_PID, REFUSE, SAY_PID}};

    expect_all_done(&office, &(struct worker_pool_spec){.workers = 1});
    ck_assert_uint_eq(office.failed[1], 1);
    ck_assert_int_eq(office.failure.fate, WORKER_REFUSED);
    ck_assert_int_eq(office.failure.cause.code, ERR_BAD_STEP);
    ck_assert_str_eq(office.failure.cause.message, "job 1 is refused");
    ck_assert_int_eq(office.pids[0], office.pids[2]);
}
END_TEST

START_TEST(a_crash_costs_one_job_and_another_worker_goes_on)
{
    struct office office = {.jobs = 9, .deeds = {[3] = CRASH, [5] = EXIT}};

    expect_all_done(&office, &(struct worker_pool_spec){.workers = 2});
    ck_assert_uint_eq(office.nr_failed, 2);
    ck_assert_uint_eq(office.failed[3], 1);
    ck_assert_uint_eq(office.failed[5], 1);
    ck_assert_int_eq(office.failure.fate, WORKER_CRASHED);
    ck_assert_int_eq(office.failure.cause.code, ERR_SWEEP_WORKER);
}
END_TEST

START_TEST(how_a_worker_ended_is_said)
{
    struct office crash = {.jobs = 1, .deeds = {CRASH}};
    struct office leave = {.jobs = 1, .deeds = {EXIT}};

    expect_all_done(&crash, &(struct worker_pool_spec){.workers = 1});
    ck_assert_ptr_nonnull(strstr(crash.failure.cause.message, "signal 11"));
    expect_all_done(&leave, &(struct worker_pool_spec){.workers = 1});
    ck_assert_ptr_nonnull(strstr(leave.failure.cause.message, "exit code 7"));
}
END_TEST

START_TEST(when_all_crash_all_have_failed)
{
    struct office office = {.jobs = 12};

    for (uint32_t i = 0; i < office.jobs; i++)
        office.deeds[i] = EXIT;
    expect_all_done(&office, &(struct worker_pool_spec){.workers = 3});
    ck_assert_uint_eq(office.nr_failed, 12);
}
END_TEST

START_TEST(what_takes_too_long_is_killed_and_the_rest_goes_on)
{
    struct office office = {.jobs = 5, .deeds = {[1] = HANG}};

    expect_all_done(&office, &(struct worker_pool_spec){
                                 .workers = 2,
                                 .timeout_ns = 300 * NSEC_PER_MSEC,
                             });
    ck_assert_uint_eq(office.nr_failed, 1);
    ck_assert_uint_eq(office.failed[1], 1);
    ck_assert_int_eq(office.failure.fate, WORKER_TIMEOUT);
    ck_assert_ptr_nonnull(strstr(office.failure.cause.message, "0.300 s"));
    ck_assert_uint_gt(office.idled, 1);
}
END_TEST

START_TEST(a_long_job_does_not_hold_up_others)
{
    struct office office = {.jobs = 200, .deeds = {HANG}};

    expect_all_done(&office, &(struct worker_pool_spec){
                                 .workers = 2,
                                 .timeout_ns = NSEC_PER_SEC,
                             });
    ck_assert_uint_eq(office.nr_answered, 199);
}
END_TEST

/* A sanitizer's memory is its own: there the limit ends the process. */
START_TEST(more_memory_than_the_limit_is_refused)
{
    struct office office = {.jobs = 3, .deeds = {[1] = EAT_MEMORY}};

    expect_all_done(&office, &(struct worker_pool_spec){
                                 .workers = 1,
                                 .memory_bytes = UINT64_C(64) << 20,
                             });
    ck_assert_uint_eq(office.nr_failed, 1);
    ck_assert_uint_eq(office.failed[1], 1);
    ck_assert(office.failure.fate == WORKER_CRASHED ||
              office.failure.cause.code == ERR_OUT_OF_MEMORY);
}
END_TEST

START_TEST(an_error_of_the_caller_ends_the_pool)
{
    struct office office = {.jobs = 500, .stop_after = 20, .deeds = {[3] = HANG}};
    struct sim_error err = {0};

    ck_assert_int_eq(run(&office, &(struct worker_pool_spec){.workers = 4}, &err),
                     WORKER_POOL_ERROR);
    ck_assert_int_eq(err.code, ERR_WRITE);
    ck_assert_uint_eq(office.nr_answered, 20);
}
END_TEST

START_TEST(a_pending_interrupt_ends_the_pool_and_stays_pending)
{
    static const int interrupts[] = {SIGINT, SIGTERM};

    for (size_t i = 0; i < 2; i++) {
        struct office office = {.jobs = 2, .deeds = {HANG, HANG}};
        struct sim_error err = {0};
        sigset_t set, before, pending;
        int taken;

        sigemptyset(&set);
        sigaddset(&set, interrupts[i]);
        sigprocmask(SIG_BLOCK, &set, &before);
        raise(interrupts[i]);
        ck_assert_int_eq(run(&office, &(struct worker_pool_spec){.workers = 2}, &err),
                         WORKER_POOL_INTERRUPTED);
        ck_assert(!sim_error_is_set(&err));
        sigpending(&pending);
        ck_assert_int_eq(sigismember(&pending, interrupts[i]), 1);
        sigwait(&set, &taken);
        sigprocmask(SIG_SETMASK, &before, NULL);
    }
}
END_TEST

/* Without assertions, which allocate. */
static bool count_answer(void *ctx, uint32_t job, const struct strbuf *answer, uint64_t now_ns,
                         struct sim_error *err)
{
    struct office *office = ctx;

    (void)job;
    (void)answer;
    (void)now_ns;
    (void)err;
    office->nr_answered++;
    return true;
}

START_TEST(each_allocation_of_the_parent_may_be_the_one_that_fails)
{
    const struct worker_pool_ops counting = {work, next, count_answer, failed, idle};

    for (unsigned n = 0;; n++) {
        struct office office = {.jobs = 1};
        struct sim_error err = {0};
        enum worker_pool_end end;
        bool reached;

        fail_malloc_at(n);
        end = worker_pool_run(&(struct worker_pool_spec){.workers = 1}, &counting, &office, &err);
        reached = fail_malloc_off();
        ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1);
        /* The worker has its own count and may be the one that runs out of memory. */
        ck_assert(end == (sim_error_is_set(&err) ? WORKER_POOL_ERROR : WORKER_POOL_DONE));
        ck_assert(!sim_error_is_set(&err) || err.code == ERR_OUT_OF_MEMORY);
        ck_assert(end == WORKER_POOL_ERROR || office.nr_answered + office.nr_failed == 1);
        if (!reached && office.nr_answered == 1)
            break;
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("worker_pool");

    TEST_CASE(suite, "answers", every_job_is_answered_once, without_jobs_nobody_works,
              an_answer_may_be_longer_than_a_socket_holds, a_worker_does_one_job_after_the_other);
    TEST_CASE(suite, "failures", a_refusal_comes_with_its_error_and_the_worker_goes_on,
              a_crash_costs_one_job_and_another_worker_goes_on, how_a_worker_ended_is_said,
              when_all_crash_all_have_failed,
              each_allocation_of_the_parent_may_be_the_one_that_fails);
    TEST_CASE(suite, "limits", what_takes_too_long_is_killed_and_the_rest_goes_on,
              a_long_job_does_not_hold_up_others, more_memory_than_the_limit_is_refused);
    TEST_CASE(suite, "the end", an_error_of_the_caller_ends_the_pool,
              a_pending_interrupt_ends_the_pool_and_stays_pending);
    return test_run(suite);
}

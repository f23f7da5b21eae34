/* SPDX-License-Identifier: MIT */
/* Processes that do numbered jobs side by side, and may crash at it. */
#include "sweep/worker_pool.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/check.h"
#include "base/units.h"

enum { READ_STEP = 1 << 16 };

/* An answer goes through the socket behind this; both ends are the same program. */
struct answer_head {
    uint32_t job;
    uint32_t refused; /* the bytes are the sim_error of work() */
    uint64_t length;  /* of the bytes that follow */
};

struct worker {
    pid_t pid; /* 0: there is no process */
    int fd;    /* the parent's end of the socket */
    bool busy;
    uint32_t job;
    uint64_t since_ns;    /* when it got the job */
    struct strbuf answer; /* what has arrived of it, head included */
};

struct worker_pool {
    const struct worker_pool_spec *spec;
    const struct worker_pool_ops *ops;
    void *ctx;
    int signals; /* readable when an interrupt is pending */
    struct worker *workers;
    struct pollfd *polled; /* the workers and then the signals */
    uint32_t busy;         /* == workers that are */
};

static uint64_t now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * NSEC_PER_SEC + (uint64_t)now.tv_nsec;
}

/* ---- in a worker ---- */

/* False: the parent is gone, or has no more jobs. */
static bool receive_job(int fd, uint32_t *ret_job)
{
    ssize_t got;

    do
        got = recv(fd, ret_job, sizeof(*ret_job), MSG_WAITALL);
    while (got < 0 && errno == EINTR);
    return got == (ssize_t)sizeof(*ret_job);
}

static bool send_all(int fd, const void *bytes, size_t size)
{
    const char *at = bytes;

    while (size > 0) {
        ssize_t sent = send(fd, at, size, MSG_NOSIGNAL);

        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0)
            return false;
        at += sent;
        size -= (size_t)sent;
    }
    return true;
}

/* Beyond what is mapped now: the inputs that all workers share do not count. */
static bool limit_memory(uint64_t bytes)
{
    char text[64] = "";
    FILE *stream = fopen("/proc/self/statm", "re");
    struct rlimit limit;
    uint64_t pages;
    bool ok =
        stream && fgets(text, sizeof(text), stream) && uint_parse(text, strcspn(text, " "), &pages);

    if (stream)
        fclose(stream);
    if (!ok || getrlimit(RLIMIT_AS, &limit) != 0)
        return false;
    bytes += pages * (uint64_t)sysconf(_SC_PAGESIZE);
    if (limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur > bytes)
        limit.rlim_cur = bytes;
    return setrlimit(RLIMIT_AS, &limit) == 0;
}

static bool answer_job(const struct worker_pool *pool, int fd, uint32_t job, struct strbuf *answer)
{
    struct answer_head head = {.job = job};
    struct sim_error err = {0};
    bool ok;

    strbuf_reset(answer);
    ok = pool->ops->work(pool->ctx, job, answer, &err);
    if (ok && answer->failed)
        ok = sim_error_set(&err, ERR_OUT_OF_MEMORY, "no memory for the answer of a worker");
    head.refused = !ok;
    head.length = ok ? answer->length : sizeof(err);
    return send_all(fd, &head, sizeof(head)) &&
           send_all(fd, ok ? answer->data : (const char *)&err, head.length);
}

/* The life of a worker; the parent must still be `parent`. */
_Noreturn static void work(const struct worker_pool *pool, int fd, pid_t parent)
{
    struct strbuf answer = {0};
    uint32_t job;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(0);
    close(pool->signals);
    for (uint32_t i = 0; i < pool->spec->workers; i++) {
        if (pool->workers[i].pid)
            close(pool->workers[i].fd);
    }
    if (pool->spec->memory_bytes && !limit_memory(pool->spec->memory_bytes)) {
        fprintf(stderr, "mmsim: the memory of a worker cannot be limited here\n");
        _exit(1);
    }
    while (receive_job(fd, &job) && answer_job(pool, fd, job, &answer))
        continue;
    _exit(0);
}

/* ---- in the parent ---- */

static bool worker_start(struct worker_pool *pool, struct worker *worker, struct sim_error *err)
{
    pid_t parent = getpid();
    int ends[2];
    pid_t pid;

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return sim_error_set(err, ERR_OUT_OF_MEMORY, "cannot start a worker: %s", strerror(errno));
    pid = fork();
    if (pid == 0) {
        close(ends[0]);
        work(pool, ends[1], parent);
    }
    close(ends[1]);
    if (pid < 0) {
        close(ends[0]);
        return sim_error_set(err, ERR_OUT_OF_MEMORY, "cannot start a worker: %s", strerror(errno));
    }
    worker->pid = pid;
    worker->fd = ends[0];
    return true;
}

/* Waits for its end; returns what waitpid() says. */
static int worker_end(struct worker *worker)
{
    int status = 0;

    close(worker->fd);
    while (waitpid(worker->pid, &status, 0) < 0 && errno == EINTR)
        continue;
    worker->pid = 0;
    strbuf_fini(&worker->answer);
    return status;
}

/* A worker that has died meanwhile is noticed by the end of its socket. */
static void worker_give(struct worker_pool *pool, struct worker *worker, uint32_t job)
{
    SIM_ASSERT(!worker->busy);
    worker->busy = true;
    worker->job = job;
    worker->since_ns = now_ns();
    pool->busy++;
    send_all(worker->fd, &job, sizeof(job));
}

static bool worker_failed(struct worker_pool *pool, struct worker *worker,
                          const struct worker_failure *failure, struct sim_error *err)
{
    if (!worker->busy)
        return true;
    worker->busy = false;
    pool->busy--;
    return pool->ops->failed(pool->ctx, worker->job, failure, err);
}

static bool worker_crashed(struct worker_pool *pool, struct worker *worker, struct sim_error *err)
{
    struct worker_failure failure = {.fate = WORKER_CRASHED};
    int status = worker_end(worker);

    if (WIFSIGNALED(status))
        sim_error_set(&failure.cause, ERR_SWEEP_WORKER, "killed by signal %d (%s)",
                      WTERMSIG(status), strsignal(WTERMSIG(status)));
    else
        sim_error_set(&failure.cause, ERR_SWEEP_WORKER, "the process ended with exit code %d",
                      WEXITSTATUS(status));
    return worker_failed(pool, worker, &failure, err);
}

static bool worker_timed_out(struct worker_pool *pool, struct worker *worker, struct sim_error *err)
{
    struct worker_failure failure = {.fate = WORKER_TIMEOUT};
    uint64_t limit_ms = pool->spec->timeout_ns / NSEC_PER_MSEC;

    kill(worker->pid, SIGKILL);
    worker_end(worker);
    sim_error_set(&failure.cause, ERR_SWEEP_WORKER,
                  "took longer than the timeout of %" PRIu64 ".%03" PRIu64 " s", limit_ms / 1000,
                  limit_ms % 1000);
    return worker_failed(pool, worker, &failure, err);
}

/* The answer is whole; it may be that of work() having refused. */
static bool take_answer(struct worker_pool *pool, struct worker *worker,
                        const struct answer_head *head, struct sim_error *err)
{
    struct strbuf bytes = {.data = worker->answer.data + sizeof(*head), .length = head->length};
    struct worker_failure failure = {.fate = WORKER_REFUSED};
    bool ok;

    SIM_ASSERT(worker->busy && head->job == worker->job);
    if (head->refused) {
        memcpy(&failure.cause, bytes.data, sizeof(failure.cause));
        ok = worker_failed(pool, worker, &failure, err);
    } else {
        worker->busy = false;
        pool->busy--;
        ok = pool->ops->done(pool->ctx, head->job, &bytes, now_ns(), err);
    }
    strbuf_reset(&worker->answer);
    return ok;
}

/* What is there to be read, without waiting for more. */
static bool worker_read(struct worker_pool *pool, struct worker *worker, struct sim_error *err)
{
    struct answer_head head;
    char bytes[READ_STEP];
    ssize_t got = recv(worker->fd, bytes, sizeof(bytes), MSG_DONTWAIT);

    if (got < 0 && (errno == EINTR || errno == EAGAIN))
        return true;
    if (got <= 0)
        return worker_crashed(pool, worker, err);
    strbuf_add(&worker->answer, bytes, (size_t)got);
    if (worker->answer.failed)
        return sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for the answer of a worker");
    if (worker->answer.length < sizeof(head))
        return true;
    memcpy(&head, worker->answer.data, sizeof(head));
    if (worker->answer.length - sizeof(head) < head.length)
        return true;
    return take_answer(pool, worker, &head, err);
}

/* A job for each worker that has none, as long as there are jobs. */
static bool hand_out(struct worker_pool *pool, struct sim_error *err)
{
    for (uint32_t i = 0; i < pool->spec->workers; i++) {
        struct worker *worker = &pool->workers[i];
        uint32_t job;

        if (worker->busy)
            continue;
        if (!pool->ops->next(pool->ctx, &job))
            return true;
        if (!worker->pid && !worker_start(pool, worker, err))
            return false;
        worker_give(pool, worker, job);
    }
    return true;
}

static bool check_timeouts(struct worker_pool *pool, struct sim_error *err)
{
    uint64_t now = now_ns();

    for (uint32_t i = 0; pool->spec->timeout_ns && i < pool->spec->workers; i++) {
        struct worker *worker = &pool->workers[i];

        if (worker->busy && now - worker->since_ns >= pool->spec->timeout_ns &&
            !worker_timed_out(pool, worker, err))
            return false;
    }
    return true;
}

/* Until something arrives or it is time to look. */
static void wait_for_news(struct worker_pool *pool)
{
    uint32_t workers = pool->spec->workers;

    for (uint32_t i = 0; i < workers; i++) {
        const struct worker *worker = &pool->workers[i];

        pool->polled[i] = (struct pollfd){.fd = worker->pid ? worker->fd : -1, .events = POLLIN};
    }
    pool->polled[workers] = (struct pollfd){.fd = pool->signals, .events = POLLIN};
    if (poll(pool->polled, workers + 1, WORKER_POOL_LOOK_NS / NSEC_PER_MSEC) < 0) {
        for (uint32_t i = 0; i <= workers; i++)
            pool->polled[i].revents = 0; /* interrupted by a signal that is nobody's */
    }
}

static bool read_news(struct worker_pool *pool, struct sim_error *err)
{
    for (uint32_t i = 0; i < pool->spec->workers; i++) {
        if (pool->polled[i].revents && !worker_read(pool, &pool->workers[i], err))
            return false;
    }
    return true;
}

static enum worker_pool_end loop(struct worker_pool *pool, struct sim_error *err)
{
    for (;;) {
        if (!hand_out(pool, err))
            return WORKER_POOL_ERROR;
        if (pool->busy == 0)
            return WORKER_POOL_DONE;
        wait_for_news(pool);
        if (!read_news(pool, err) || !check_timeouts(pool, err) ||
            !pool->ops->idle(pool->ctx, now_ns(), err))
            return WORKER_POOL_ERROR;
        if (pool->polled[pool->spec->workers].revents)
            return WORKER_POOL_INTERRUPTED;
    }
}

static bool pool_init(struct worker_pool *pool, struct sim_error *err)
{
    sigset_t interrupts;

    sigemptyset(&interrupts);
    sigaddset(&interrupts, SIGINT);
    sigaddset(&interrupts, SIGTERM);
    pool->workers = calloc(pool->spec->workers, sizeof(*pool->workers));
    pool->polled = calloc((size_t)pool->spec->workers + 1, sizeof(*pool->polled));
    pool->signals = signalfd(-1, &interrupts, SFD_CLOEXEC | SFD_NONBLOCK);
    return (pool->workers && pool->polled && pool->signals >= 0) ||
           sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for the workers");
}

/* One at work is killed; one that has no job sees the end of its socket. */
static void pool_fini(struct worker_pool *pool)
{
    for (uint32_t i = 0; pool->workers && i < pool->spec->workers; i++) {
        struct worker *worker = &pool->workers[i];

        if (!worker->pid)
            continue;
        if (worker->busy)
            kill(worker->pid, SIGKILL);
        worker_end(worker);
    }
    if (pool->signals >= 0)
        close(pool->signals);
    free(pool->workers);
    free(pool->polled);
}

enum worker_pool_end worker_pool_run(const struct worker_pool_spec *spec,
                                     const struct worker_pool_ops *ops, void *ctx,
                                     struct sim_error *err)
{
    struct worker_pool pool = {.spec = spec, .ops = ops, .ctx = ctx};
    enum worker_pool_end end = WORKER_POOL_ERROR;

    SIM_ASSERT(spec->workers > 0);
    if (pool_init(&pool, err))
        end = loop(&pool, err);
    pool_fini(&pool);
    return end;
}

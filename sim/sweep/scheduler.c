/* SPDX-License-Identifier: MIT */
/* Slurm, as far as a sweep needs it. */
#include "sweep/scheduler.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/units.h"

extern char **environ;

static bool refused(struct sim_error *err, const char *program, const char *what, int error)
{
    if (error)
        sim_error_set(err, ERR_SWEEP_SCHEDULER, "%s: %s: %s", program, what, strerror(error));
    else
        sim_error_set(err, ERR_SWEEP_SCHEDULER, "%s: %s", program, what);
    return false;
}

/* Starts argv with its stdout in the pipe. 0 or an errno. */
static int start(const char *const *argv, int write_fd, pid_t *ret_pid)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t defaults;
    int error = posix_spawn_file_actions_init(&actions);

    if (error)
        return error;
    error = posix_spawnattr_init(&attributes);
    if (error) {
        posix_spawn_file_actions_destroy(&actions);
        return error;
    }
    /* mmsim ignores it, which would be handed on. */
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    error = posix_spawnattr_setsigdefault(&attributes, &defaults);
    if (!error)
        error = posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
    if (!error)
        error = posix_spawn_file_actions_adddup2(&actions, write_fd, STDOUT_FILENO);
    if (!error)
        error = posix_spawnp(ret_pid, argv[0], &actions, &attributes,
                             (char *const *)(uintptr_t)argv, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

static int read_all(int fd, struct strbuf *output)
{
    char bytes[4096];

    for (;;) {
        ssize_t got = read(fd, bytes, sizeof(bytes));

        if (got == 0)
            return 0;
        if (got > 0)
            strbuf_add(output, bytes, (size_t)got);
        else if (errno != EINTR)
            return errno;
    }
}

static int wait_for(pid_t pid)
{
    int status = 0;

    while (waitpid(pid, &status, 0) < 0) {
        if (errno != EINTR)
            return -1;
    }
    return status;
}

bool scheduler_ask(const char *const *argv, struct strbuf *output, struct sim_error *err)
{
    int ends[2];
    pid_t pid = 0;
    int error;

    if (pipe(ends) != 0)
        return refused(err, argv[0], "cannot make a pipe", errno);
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    error = start(argv, ends[1], &pid);
    close(ends[1]);
    if (error) {
        close(ends[0]);
        refused(err, argv[0], "cannot be started", error);
        sim_error_add_hint(err, "Slurm's clients must be in PATH: package slurm-client or such");
        return false;
    }
    error = read_all(ends[0], output);
    close(ends[0]);
    if (wait_for(pid) != 0)
        return refused(err, argv[0], "ended with an error", 0);
    if (error)
        return refused(err, argv[0], "its output cannot be read", error);
    return !output->failed || sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for the answer");
}

/* The number behind "NAME = " in what `scontrol show config` prints. */
static bool find_setting(const char *text, const char *name, uint64_t *ret_value)
{
    const char *at = strstr(text, name);

    if (!at)
        return false;
    at += strlen(name);
    at += strspn(at, " \t=");
    return uint_parse(at, strspn(at, "0123456789"), ret_value);
}

bool scheduler_max_array_size(uint32_t *ret_size, struct sim_error *err)
{
    static const char *const argv[] = {"scontrol", "show", "config", NULL};
    struct strbuf output = {0};
    uint64_t value = 0;
    bool ok = scheduler_ask(argv, &output, err);

    if (ok && (!output.data || !find_setting(output.data, "MaxArraySize", &value) ||
               value > UINT32_MAX || value < 2))
        ok = refused(err, argv[0], "no usable MaxArraySize in the site's configuration", 0);
    strbuf_fini(&output);
    if (ok)
        *ret_size = (uint32_t)value;
    return ok;
}

bool scheduler_submit(const char *const *argv, uint64_t *ret_job, struct sim_error *err)
{
    struct strbuf output = {0};
    bool ok = scheduler_ask(argv, &output, err);

    /* "17" or "17;cluster" */
    if (ok &&
        (!output.data || !uint_parse(output.data, strspn(output.data, "0123456789"), ret_job)))
        ok = refused(err, argv[0], "it names no job", 0);
    strbuf_fini(&output);
    return ok;
}

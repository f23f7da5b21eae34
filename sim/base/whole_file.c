/* SPDX-License-Identifier: MIT */
/* A file that appears whole or not at all. */
#include "base/whole_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/strbuf.h"
#include "base/units.h"

#define TEMPORARY ".tmp-"

enum { HOST_MAX = 256 };

static bool write_error(struct sim_error *err, const char *path, const char *what, int error)
{
    if (error)
        sim_error_set(err, ERR_WRITE, "%s: %s", what, strerror(error));
    else
        sim_error_set(err, ERR_WRITE, "%s", what);
    sim_error_add_place(err, path, 0, 0);
    return false;
}

/* Two hosts may share the folder, and two of them may have the same process id. */
static void host_name(char name[static HOST_MAX])
{
    if (gethostname(name, HOST_MAX) != 0)
        memcpy(name, "host", sizeof("host"));
    name[HOST_MAX - 1] = '\0';
}

/* Length of the folder's part of a path, the slash included; 0: the current folder. */
static size_t folder_length(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? (size_t)(slash - path) + 1 : 0;
}

static bool name_files(struct whole_file *file, const char *path)
{
    struct strbuf temporary = {0};
    size_t folder = folder_length(path);
    char host[HOST_MAX];

    host_name(host);
    strbuf_add(&temporary, path, folder);
    strbuf_addf(&temporary, TEMPORARY "%s-%ld-%s", host, (long)getpid(), path + folder);
    file->path = strdup(path);
    file->temporary = temporary.data;
    return !temporary.failed && file->path;
}

/* A device or a pipe: what is written to, and never replaced. */
static bool is_special(const char *path)
{
    struct stat info;

    return stat(path, &info) == 0 && !S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode);
}

/* The file behind a link is replaced, not the link; a link to nothing is. */
static bool name_target(struct whole_file *file, const char *path)
{
    struct stat info;
    char *target = NULL;
    bool ok;

    if (is_special(path)) {
        file->path = strdup(path);
        return file->path;
    }
    if (lstat(path, &info) == 0 && S_ISLNK(info.st_mode))
        target = realpath(path, NULL);
    ok = name_files(file, target ? target : path);
    free(target);
    return ok;
}

static void forget(struct whole_file *file)
{
    free(file->path);
    free(file->temporary);
    *file = (struct whole_file){0};
}

bool whole_file_begin(struct whole_file *file, const char *path, struct sim_error *err)
{
    *file = (struct whole_file){0};
    if (!name_target(file, path)) {
        forget(file);
        return sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory to write a file");
    }
    file->stream = fopen(file->temporary ? file->temporary : file->path, "wbe");
    if (file->stream)
        return true;
    write_error(err, path, "cannot open for writing", errno);
    forget(file);
    return false;
}

/* Makes the new name as durable as the bytes. Some file systems cannot; they need not. */
static bool sync_folder(const char *path)
{
    size_t length = folder_length(path);
    char *folder = length ? strndup(path, length) : strdup(".");
    int fd = folder ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    bool ok = fd >= 0 && (fsync(fd) == 0 || errno == EINVAL || errno == EROFS);

    if (fd >= 0)
        close(fd);
    free(folder);
    return ok;
}

bool whole_file_commit(struct whole_file *file, struct sim_error *err)
{
    bool failed_before = ferror(file->stream);
    int error = file->error;

    if (!error &&
        (fflush(file->stream) != 0 || (file->temporary && fsync(fileno(file->stream)) != 0)))
        error = errno;
    if (fclose(file->stream) != 0 && !error)
        error = errno;
    file->stream = NULL;
    if (failed_before || error)
        write_error(err, file->path, "cannot write", error);
    else if (file->temporary &&
             (rename(file->temporary, file->path) != 0 || !sync_folder(file->path)))
        write_error(err, file->path, "cannot put the file in its place", errno);
    else {
        forget(file);
        return true;
    }
    whole_file_abandon(file);
    return false;
}

void whole_file_abandon(struct whole_file *file)
{
    if (!file)
        return;
    if (file->stream)
        fclose(file->stream);
    if (file->temporary)
        unlink(file->temporary);
    forget(file);
}

bool whole_file_write(const char *path, const void *bytes, size_t size, struct sim_error *err)
{
    struct whole_file file;

    if (!whole_file_begin(&file, path, err))
        return false;
    if (size && fwrite(bytes, 1, size, file.stream) != size)
        file.error = errno;
    return whole_file_commit(&file, err);
}

/* Whether the name is that of a temporary file whose process, on this host, is no more. */
static bool is_left_over(const char *name, const char *host)
{
    size_t length = strlen(host);
    uint64_t pid;

    if (strncmp(name, TEMPORARY, strlen(TEMPORARY)) != 0)
        return false;
    name += strlen(TEMPORARY);
    if (strncmp(name, host, length) != 0 || name[length] != '-')
        return false;
    name += length + 1;
    if (!uint_parse(name, strcspn(name, "-"), &pid) || pid == 0 || pid > INT32_MAX)
        return false;
    return kill((pid_t)pid, 0) != 0 && errno == ESRCH;
}

bool whole_file_folder(const char *folder, struct sim_error *err)
{
    const struct dirent *entry;
    char host[HOST_MAX];
    DIR *dir;

    if (mkdir(folder, 0777) != 0 && errno != EEXIST)
        return write_error(err, folder, "cannot make the folder", errno);
    dir = opendir(folder);
    if (!dir)
        return write_error(err, folder, "cannot open the folder", errno);
    host_name(host);
    while ((entry = readdir(dir))) {
        if (is_left_over(entry->d_name, host))
            unlinkat(dirfd(dir), entry->d_name, 0);
    }
    closedir(dir);
    return true;
}

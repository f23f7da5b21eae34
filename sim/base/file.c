/* SPDX-License-Identifier: MIT */
/* Whole files in and out. */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/vec.h"

enum {
    READ_STEP = 1 << 16,
    MAP_MIN = 1 << 16, /* a process has some 65,000 mappings: not for little files */
};

static bool is_standard_stream(const char *path)
{
    return strcmp(path, "-") == 0;
}

static bool file_error(struct sim_error *err, enum sim_error_code code, const char *path,
                       const char *what, int error)
{
    if (error)
        sim_error_set(err, code, "%s: %s", what, strerror(error));
    else
        sim_error_set(err, code, "%s", what);
    sim_error_add_place(err, is_standard_stream(path) ? "<standard stream>" : path, 0, 0);
    return false;
}

/* Room for a little file and for the read that finds its end. */
static size_t first_step(int fd)
{
    struct stat info;

    return fstat(fd, &info) == 0 && S_ISREG(info.st_mode) && info.st_size < MAP_MIN
               ? (size_t)info.st_size + 1
               : READ_STEP;
}

/* All that is left in fd, for what is not mapped: little files, pipes, /proc, stdin. */
static bool read_all(struct file_bytes *bytes, int fd, const char *path, struct sim_error *err)
{
    VEC(uint8_t) data = {0};
    size_t step = first_step(fd);

    for (;; step = READ_STEP) {
        ssize_t got;

        if (data.count == data.capacity && !vec_reserve(&data, data.count + step)) {
            free(data.items);
            return file_error(err, ERR_OUT_OF_MEMORY, path, "no memory to read the file", 0);
        }
        got = read(fd, data.items + data.count, data.capacity - data.count);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            file_error(err, ERR_READ, path, "cannot read", errno);
            free(data.items);
            return false;
        }
        if (got == 0)
            break;
        data.count += (size_t)got;
    }
    *bytes = (struct file_bytes){.data = data.items, .size = data.count};
    return true;
}

/* Never fails visibly: what is not mapped is read. */
static bool map_all(struct file_bytes *bytes, int fd)
{
    struct stat info;
    void *data;

    if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode) || info.st_size < MAP_MIN)
        return false;
    if (lseek(fd, 0, SEEK_CUR) != 0)
        return false; /* a redirected stdin that was partly read before */
    data = mmap(NULL, (size_t)info.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (data == MAP_FAILED)
        return false;
    *bytes = (struct file_bytes){.data = data, .size = (size_t)info.st_size, .mapped = true};
    return true;
}

bool file_bytes_init(struct file_bytes *bytes, const char *path, struct sim_error *err)
{
    bool from_stdin = is_standard_stream(path);
    int fd = from_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    bool ok;

    if (fd < 0)
        return file_error(err, ERR_OPEN, path, "cannot open", errno);
    ok = map_all(bytes, fd) || read_all(bytes, fd, path, err);
    if (!from_stdin)
        close(fd);
    return ok;
}

void file_bytes_fini(struct file_bytes *bytes)
{
    if (!bytes)
        return;
    if (!bytes->borrowed && bytes->mapped)
        munmap((void *)(uintptr_t)bytes->data, bytes->size);
    else if (!bytes->borrowed)
        free((void *)(uintptr_t)bytes->data);
    *bytes = (struct file_bytes){0};
}

bool file_output_open(FILE **ret_stream, const char *path, struct sim_error *err)
{
    FILE *stream = is_standard_stream(path) ? stdout : fopen(path, "wbe");

    if (!stream)
        return file_error(err, ERR_OPEN, path, "cannot open for writing", errno);
    *ret_stream = stream;
    return true;
}

bool file_output_close(FILE *stream, const char *path, struct sim_error *err)
{
    bool failed_before = ferror(stream);
    int error = 0;

    if (fflush(stream) != 0)
        error = errno;
    if (stream != stdout && fclose(stream) != 0 && !error)
        error = errno;
    if (failed_before || error)
        return file_error(err, ERR_WRITE, path, "cannot write", error);
    return true;
}

uint64_t fnv1a64(const void *bytes, size_t size)
{
    const uint8_t *at = bytes;
    uint64_t hash = UINT64_C(0xcbf29ce484222325);

    for (size_t i = 0; i < size; i++)
        hash = (hash ^ at[i]) * UINT64_C(0x100000001b3);
    return hash;
}

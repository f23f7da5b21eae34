/* SPDX-License-Identifier: MIT */
/* Replays files and folders through a fuzz target: the regression test of a corpus. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The input in a block of just its size, so that a read past its end is seen. */
static bool replay_file(const char *path)
{
    struct sim_error err = {0};
    struct file_bytes bytes;
    uint8_t *copy;

    if (!file_bytes_init(&bytes, path, &err)) {
        fprintf(stderr, "%s: %s\n", path, err.message);
        return false;
    }
    copy = malloc(bytes.size + !bytes.size);
    if (copy && bytes.size)
        memcpy(copy, bytes.data, bytes.size);
    if (copy)
        LLVMFuzzerTestOneInput(copy, bytes.size);
    free(copy);
    file_bytes_fini(&bytes);
    return copy != NULL;
}

/* Every file of a folder; the number replayed, or -1. */
static int replay_folder(const char *path, DIR *folder)
{
    const struct dirent *entry;
    int count = 0;

    while ((entry = readdir(folder))) {
        char file[4096];

        if (entry->d_name[0] == '.')
            continue;
        snprintf(file, sizeof(file), "%s/%s", path, entry->d_name);
        if (!replay_file(file))
            return -1;
        count++;
    }
    return count;
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        DIR *folder = opendir(argv[i]);
        int count = folder ? replay_folder(argv[i], folder) : (replay_file(argv[i]) ? 1 : -1);

        if (folder)
            closedir(folder);
        if (count <= 0) {
            fprintf(stderr, "%s: nothing was replayed\n", argv[i]);
            return EXIT_FAILURE;
        }
        printf("%s: %d inputs\n", argv[i], count);
    }
    return EXIT_SUCCESS;
}

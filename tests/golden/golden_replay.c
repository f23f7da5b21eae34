/* SPDX-License-Identifier: MIT */
/* Replays one golden vector of the 2.6.24 allocator: operations on stdin, results on stdout. */
#include "golden_world.h"

/* usage: golden_replay [--slow]; --slow runs the tests' slow model in place of the product's. */
int main(int argc, char **argv)
{
    bool slow = argc > 1 && strcmp(argv[1], "--slow") == 0;
    struct golden_words words = {.line = 0};
    struct golden_world world;
    char *line = NULL;
    size_t capacity = 0;
    int failed;

    golden_world_init(&world, slow ? &golden_slow_model : &golden_fast_model, stdout);
    while (getline(&line, &capacity, stdin) > 0) {
        words.line++;
        if (line[0] == '#' || line[0] == '\n')
            continue;
        golden_split(&words, line);
        golden_world_line(&world, &words);
#if MMSIM_CHECKS >= MMSIM_CHECKS_FULL
        char why[256];

        /* After every line would be quadratic on the long vectors. */
        if (world.self && (words.line & 0x3ff) == 0 &&
            !world.model->check(world.self, why, sizeof(why)))
            golden_fail(&words, why);
#endif
    }
    golden_world_fini(&world);
    free(line);
    failed = ferror(stdin) || fflush(stdout) != 0;
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

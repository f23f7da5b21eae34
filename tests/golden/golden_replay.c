/* SPDX-License-Identifier: MIT */
/* Replays one golden vector of 2.6.24: operations on stdin, results on stdout. */
#include "golden_world.h"
#include "reclaim_world.h"
#include "slow_world.h"

/* The input's bytes, ended by '\0'. */
static char *read_all(FILE *in)
{
    VEC(char) text = {0};
    size_t got = 1;

    while (got > 0) {
        if (!vec_reserve(&text, text.count + 65536))
            return NULL;
        got = fread(text.items + text.count, 1, 65535, in);
        text.count += got;
    }
    text.items[text.count] = '\0';
    return text.items;
}

/* Whether some line's first word is one that only the reclaim vectors have. */
static bool is_reclaim_vector(const char *text)
{
    for (const char *line = text; *line; line++) {
        size_t length = strcspn(line, " \n");
        char verb[16];

        if (length < sizeof(verb)) {
            memcpy(verb, line, length);
            verb[length] = '\0';
            if (reclaim_world_knows(verb))
                return true;
        }
        line += strcspn(line, "\n");
        if (!*line)
            break;
    }
    return false;
}

/* Which of the three the lines go to. */
struct replay {
    struct golden_world *script; /* of the allocator's vectors, or inside one of the others */
    struct reclaim_world *reclaim;
    struct slow_world *slow;
};

static void replay_line(const struct replay *replay, const struct golden_words *words)
{
    if (replay->reclaim)
        reclaim_world_line(replay->reclaim, words);
    else if (replay->slow)
        slow_world_line(replay->slow, words);
    else
        golden_world_line(replay->script, words);
#if MMSIM_CHECKS >= MMSIM_CHECKS_FULL
    const struct golden_world *script = replay->script;
    char why[256];

    /* After every line would be quadratic on the long vectors. */
    if (script->self && (words->line & 0x3ff) == 0 &&
        !script->model->check(script->self, why, sizeof(why)))
        golden_fail(words, why);
#endif
}

static void replay_text(const struct replay *replay, char *text)
{
    struct golden_words words = {.line = 0};
    char *end;

    for (char *line = text; *line; line = end) {
        end = line + strcspn(line, "\n");
        if (*end)
            *end++ = '\0';
        words.line++;
        if (line[0] == '#' || line[0] == '\0')
            continue;
        golden_split(&words, line);
        replay_line(replay, &words);
    }
}

static void replay_allocator(char *text, bool slow)
{
    struct golden_world world;

    golden_world_init(&world, slow ? &golden_slow_model : &golden_fast_model, stdout);
    replay_text(&(struct replay){.script = &world}, text);
    golden_world_fini(&world);
}

static void replay_reclaim(char *text)
{
    struct reclaim_world world;

    reclaim_world_init(&world, stdout);
    replay_text(&(struct replay){.script = &world.script, .reclaim = &world}, text);
    reclaim_world_fini(&world);
}

static void replay_slow_reclaim(char *text)
{
    struct slow_world world;

    slow_world_init(&world, stdout);
    replay_text(&(struct replay){.script = &world.script, .slow = &world}, text);
    slow_world_fini(&world);
}

/* usage: golden_replay [--slow]; --slow runs the tests' slow model in place of the product's. */
int main(int argc, char **argv)
{
    bool slow = argc > 1 && strcmp(argv[1], "--slow") == 0;
    char *text = read_all(stdin);

    if (!text || ferror(stdin)) {
        fprintf(stderr, "golden_replay: the vector cannot be read\n");
        free(text);
        return EXIT_FAILURE;
    }
    if (!is_reclaim_vector(text))
        replay_allocator(text, slow);
    else if (slow)
        replay_slow_reclaim(text);
    else
        replay_reclaim(text);
    free(text);
    return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

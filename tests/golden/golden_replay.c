/* SPDX-License-Identifier: MIT */
/* Replays one golden vector of 2.6.24: operations on stdin, results on stdout. */
#include "golden_world.h"
#include "reclaim_world.h"
#include "slow_world.h"

struct text {
    char *items; /* [count], and a byte for '\0' */
    size_t count, capacity;
};

static bool read_all(FILE *in, struct text *text)
{
    size_t got = 1;

    while (got > 0) {
        if (!vec_reserve(text, text->count + 65536))
            return false;
        got = fread(text->items + text->count, 1, 65535, in);
        text->count += got;
    }
    text->items[text->count] = '\0';
    return !ferror(in);
}

/*
 * The end of the line, which may be that of the text. Not by strcspn(): under a sanitizer that
 * looks at the rest of the text every time.
 */
static char *line_end(const struct text *text, char *line)
{
    char *end = text->items + text->count;
    char *newline = memchr(line, '\n', (size_t)(end - line));

    return newline ? newline : end;
}

/* Whether some line's first word is one that only the reclaim vectors have. */
static bool is_reclaim_vector(const struct text *text)
{
    char *end;

    for (char *line = text->items; line < text->items + text->count; line = end + 1) {
        const char *space;
        size_t length;
        char verb[16];

        end = line_end(text, line);
        space = memchr(line, ' ', (size_t)(end - line));
        length = (size_t)((space ? space : end) - line);
        if (length >= sizeof(verb))
            continue;
        memcpy(verb, line, length);
        verb[length] = '\0';
        if (reclaim_world_knows(verb))
            return true;
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

static void replay_text(const struct replay *replay, const struct text *text)
{
    struct golden_words words = {.line = 0};
    char *end;

    for (char *line = text->items; line < text->items + text->count; line = end + 1) {
        end = line_end(text, line);
        *end = '\0';
        words.line++;
        if (line[0] == '#' || line[0] == '\0')
            continue;
        golden_split(&words, line);
        replay_line(replay, &words);
    }
}

static void replay_allocator(const struct text *text, bool slow)
{
    struct golden_world world;

    golden_world_init(&world, slow ? &golden_slow_model : &golden_fast_model, stdout);
    replay_text(&(struct replay){.script = &world}, text);
    golden_world_fini(&world);
}

static void replay_reclaim(const struct text *text)
{
    struct reclaim_world world;

    reclaim_world_init(&world, stdout);
    replay_text(&(struct replay){.script = &world.script, .reclaim = &world}, text);
    reclaim_world_fini(&world);
}

static void replay_slow_reclaim(const struct text *text)
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
    struct text text = {0};

    if (!read_all(stdin, &text)) {
        fprintf(stderr, "golden_replay: the vector cannot be read\n");
        vec_fini(&text);
        return EXIT_FAILURE;
    }
    if (!is_reclaim_vector(&text))
        replay_allocator(&text, slow);
    else if (slow)
        replay_slow_reclaim(&text);
    else
        replay_reclaim(&text);
    vec_fini(&text);
    return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

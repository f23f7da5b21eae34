/* SPDX-License-Identifier: MIT */
/* A scripted task's program and where it stands in it. */
#ifndef SIM_RUN_SCRIPT_H
#define SIM_RUN_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/vec.h"
#include "run/run_spec.h"

/*
 * Knows steps, loops and which blocks an id of the script lists, oldest first; does nothing itself:
 * script_next() says what the task has to do next. Blocks are indices of run/objects.h; each listed
 * one is a reference that the script's owner holds. A block is listed once for each reference to
 * its pages, so that get_page() lists it again.
 *
 * A loop in which no time passes (nothing but loops, and times already past) is given 1 ns a pass,
 * so that the simulation cannot stand still.
 */

enum script_action {
    SCRIPT_RECORD, /* step->record, on ret->block when it uses one */
    SCRIPT_USER,   /* step->user */
    SCRIPT_SLEEP,  /* until ret->until_ns, which may have passed */
    SCRIPT_EXIT,
    SCRIPT_END, /* the program is over */
};

struct script_next {
    const struct step_spec *step;
    uint64_t until_ns;
    uint32_t block; /* of an operation that uses one; SCRIPT_NO_BLOCK: there is none to use */
    uint32_t list;  /* of an operation that allocates or uses a block */
    bool take;      /* the list's reference is the caller's now */
    bool again;     /* a use of an id whose blocks are all freed already; no block */
};

#define SCRIPT_NO_BLOCK UINT32_MAX

struct block_list {
    uint32_t *items; /* [head, count) */
    size_t head;
    size_t count;
    size_t capacity;
    uint64_t failed; /* allocations for this id without a result since its last free of all */
    bool freed;      /* a block of it was */
};

struct script_loop {
    uint32_t begin, end;
    uint64_t passes_left; /* 0 = for ever */
};

struct script {
    const struct step_spec *steps;
    uint32_t nr_steps;
    uint32_t pc;
    uint32_t *step_lists; /* [nr_steps] list of the step's id */
    struct block_list *lists;
    uint32_t nr_lists;
    struct script_loop *loops; /* [depth], the innermost is loops[nr_loops - 1] */
    uint32_t nr_loops;
    uint64_t last_pass_ns; /* when the last pass of any loop began */

    /* the counted step under way */
    bool in_step;
    uint64_t left;
    bool again;         /* it uses what is freed */
    size_t read, write; /* free with `every`: what is looked at, where what stays moves */
};

/* Keeps the steps. False: ERR_BAD_STEP (a loop longer than what follows it), ERR_OUT_OF_MEMORY. */
bool script_init(struct script *script, const struct step_spec *steps, uint32_t nr_steps,
                 struct sim_error *err);
void script_fini(struct script *script);

/* Whether a loop for ever without an exit keeps the program from ending. */
bool script_endless(const struct script *script);

/* Moves on to the next thing to do, at now_ns. */
enum script_action script_next(struct script *script, uint64_t now_ns, struct script_next *ret);

/* The block of a finished allocation; false: no host memory. */
bool script_add_block(struct script *script, uint32_t list, uint32_t block);
void script_add_failure(struct script *script, uint32_t list);

/* The block that the operation under way uses is back in pieces: it leaves the list. */
void script_forget_used(struct script *script, uint32_t list);

/* Empties the lists, oldest block of the first list first. False: they are empty. */
bool script_take_any(struct script *script, uint32_t *ret_block);

#endif

/* SPDX-License-Identifier: MIT */
/* One operation of user space, from its begin to its result. */
#ifndef SIM_USER_USER_CALL_H
#define SIM_USER_USER_CALL_H

#include "user/user_memory.h"

/* Accesses between two yields; rates are kept to in steps of a millisecond. */
enum { USER_QUANTUM = 64 };

/* How a call ended. */
enum user_result {
    USER_OK,
    USER_NO_MEMORY,  /* some page could not be had: SIGBUS or ENOMEM; the rest was not done */
    USER_BAD_REGION, /* no such region now; or, to be mapped: there is one, or the file has no page
                      */
    USER_BAD_POLICY, /* EINVAL: its nodes have no memory, or are out of the task's cpuset */
    USER_TOO_MANY,   /* the file is mapped FILE_MMAPS_MAX times */
    USER_KILLED,     /* SIGKILL was pending; the rest was not done */
};

/*
 * Begin, step until STEP_DONE, read result, end. The state of waits is the task's. Between pages it
 * answers WAIT_CPU when reclaim->preemptible and USER_QUANTUM accesses were made, and WAIT_SLEEP
 * (STALL_NONE) to keep to a rate, also after the last one: a loop of calls keeps to it. SIGKILL
 * ends it between two pages, between two blocks of read() and write(). Plain data.
 */
struct user_call {
    const struct user_op_spec *spec;
    uint8_t state;
    uint8_t result;    /* enum user_result */
    bool in_access;    /* the access at hand is not over */
    bool quantum_over; /* it is time to yield */
    uint64_t page;     /* mlock: the next one */
    uint64_t nr_pages; /* of the block at hand */
    uint64_t begin_ns;
    uint64_t done; /* accesses, or objects, so far */
    uint64_t quantum_left;
    struct vm_area *area;
    struct access access;
    union {
        struct file_io io;
        struct file_sync sync;
        struct slab_alloc slab;
        struct fault fault;
    };
};

/* USER_FORK is the owner's: it makes the child and calls user_task_fork(). */
void user_call_begin(struct user_call *call, const struct user_op_spec *spec,
                     struct user_memory *user, struct user_task *task);
enum step user_call_step(struct user_call *call, struct user_memory *user, struct user_task *task);
void user_call_end(struct user_call *call);

/* The request that the call is blocked in, NULL for none; for reports. */
const struct alloc_request *user_call_request(const struct user_call *call);

#endif

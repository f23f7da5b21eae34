/* SPDX-License-Identifier: MIT */
/* The system calls about memory policy. */
#ifndef SIM_USER_USER_POLICY_H
#define SIM_USER_USER_POLICY_H

#include "user/user_call.h"

/* Of the task. Kernel: mm/mempolicy.c sys_set_mempolicy() [2.6.24] */
enum user_result user_set_mempolicy(struct user_memory *user, const struct user_task *task,
                                    const struct mempolicy_spec *policy);

/*
 * Of spec->region as a whole; what is there stays. In a mapping of a file it counts for private
 * copies: the page cache asks the task. Kernel: mm/mempolicy.c sys_mbind() [2.6.24]
 * DEVIATION: of shared anonymous memory 2.6.24 keeps the policy with the object, for all that map
 * it; here each mapping has its own, since only forks share one and they inherit it.
 */
enum user_result user_mbind(struct user_memory *user, const struct user_task *task,
                            const struct user_op_spec *spec);

#endif

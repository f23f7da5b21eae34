/* SPDX-License-Identifier: MIT */
/* The system calls about memory policy. */
#include "user/user_policy.h"

static enum user_result user_result_of(struct user_memory *user, enum mpol_result result)
{
    switch (result) {
    case MPOL_OK:
        return USER_OK;
    case MPOL_EINVAL:
        return USER_BAD_POLICY;
    case MPOL_NO_HOST_MEMORY:
        break;
    }
    user->reclaim->out_of_memory = true;
    return USER_NO_MEMORY;
}

enum user_result user_set_mempolicy(struct user_memory *user, const struct user_task *task,
                                    const struct mempolicy_spec *policy)
{
    return user_result_of(user, set_mempolicy(user->reclaim->machine, task->task, policy));
}

enum user_result user_mbind(struct user_memory *user, const struct user_task *task,
                            const struct user_op_spec *spec)
{
    struct vm_area *area = find_vma(&task->mm, spec->region);

    if (!area)
        return USER_BAD_REGION;
    return user_result_of(
        user, mbind_policy(user->reclaim->machine, task->task, &spec->policy, &area->policy));
}

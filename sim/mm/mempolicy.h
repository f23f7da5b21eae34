/* SPDX-License-Identifier: MIT */
/* NUMA memory policy: which zonelist an allocation walks when it names no node. */
#ifndef SIM_MM_MEMPOLICY_H
#define SIM_MM_MEMPOLICY_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/task.h"
#include "mm/machine.h"
#include "mm/nodemask.h"

/* The numbers are the kernel's. Kernel: include/linux/mempolicy.h MPOL_* [2.6.24] */
enum mpol_mode { MPOL_DEFAULT, MPOL_PREFERRED, MPOL_BIND, MPOL_INTERLEAVE, NR_MPOL_MODES };

/*
 * A policy of tasks and regions. It does not change once made, is shared by all that have it and
 * lives as long as the machine; MPOL_DEFAULT is none: a NULL pointer.
 *
 * Kernel: include/linux/mempolicy.h struct mempolicy [2.6.24]
 */
struct mempolicy {
    uint8_t mode;             /* enum mpol_mode */
    int8_t preferred_node;    /* PREFERRED: -1 = that of the CPU */
    nodemask nodes;           /* as it was made with */
    struct zonelist zonelist; /* BIND: the highest zones of all its nodes, then the next lower */
};

/* A policy as it is asked for, as plain data that config fills. */
struct mempolicy_spec {
    uint8_t mode; /* enum mpol_mode */
    nodemask nodes;
};

/* The place of a page that a region of user memory wants. */
struct policy_area {
    struct mempolicy *policy; /* of the region; NULL: the task's counts */
    uint64_t page;            /* offset in what is mapped, in pages: vm_pgoff and on */
};

/* "default", "preferred", "bind", "interleave". */
const char *mpol_mode_name(enum mpol_mode mode);

/* The nodes with memory. Kernel: include/linux/nodemask.h N_HIGH_MEMORY [2.6.24] */
nodemask machine_memory_nodes(const struct machine *machine);

/*
 * Whether the system calls would accept it: nodes with memory only, none for DEFAULT, some for BIND
 * and INTERLEAVE. Kernel: mm/mempolicy.c mpol_check_policy() [2.6.24]
 */
bool mpol_check_policy(enum mpol_mode mode, nodemask nodes, nodemask memory_nodes);

/* Frees the policies of the machine: the model is being taken down. */
void mempolicies_free(struct machine *machine);

enum mpol_result {
    MPOL_OK,
    MPOL_EINVAL,         /* the kernel refuses: nothing has changed */
    MPOL_NO_HOST_MEMORY, /* likewise */
};

/*
 * set_mempolicy(): the task's policy from now on. The nodes must be in its cpuset.
 * Kernel: mm/mempolicy.c sys_set_mempolicy(), do_set_mempolicy() [2.6.24]
 */
enum mpol_result set_mempolicy(struct machine *machine, struct task *task,
                               const struct mempolicy_spec *spec);

/*
 * mbind(): the policy of one of the task's regions, NULL for DEFAULT. Nodes out of its cpuset are
 * left out, so that PREFERRED may become local. Pages that are there stay where they are.
 * Kernel: mm/mempolicy.c sys_mbind(), do_mbind() [2.6.24]
 */
enum mpol_result mbind_policy(struct machine *machine, const struct task *task,
                              const struct mempolicy_spec *spec, struct mempolicy **ret_policy);

/* Where an allocation goes. */
struct policy_choice {
    struct zonelist *zonelist;
    uint16_t nid;    /* whose zonelist it is, or the first of BIND */
    bool interleave; /* a page of the list's first zone is a NUMA_INTERLEAVE_HIT */
};

/*
 * For a task that has a policy, without a region; takes INTERLEAVE's turn. Interrupt handlers and
 * __GFP_THISNODE have the default policy. Kernel: mm/mempolicy.c alloc_pages_current() [2.6.24]
 */
struct policy_choice mempolicy_choose(struct machine *machine, struct task *task, uint32_t gfp);

/*
 * For a page of a region. INTERLEAVE goes by the page's offset, whoever's policy it is.
 * Kernel: mm/mempolicy.c alloc_page_vma() [2.6.24]
 */
struct policy_choice mempolicy_choose_vma(struct machine *machine, const struct task *task,
                                          uint32_t gfp, const struct policy_area *area);

/*
 * The node on whose zonelist the slab allocator begins to look for a slab elsewhere; takes
 * INTERLEAVE's turn. Kernel: mm/mempolicy.c slab_node() [2.6.24]
 */
unsigned slab_node(const struct machine *machine, struct task *task);

#endif

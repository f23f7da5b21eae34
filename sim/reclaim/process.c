/* SPDX-License-Identifier: MIT */
/* The list of processes and the tree that they form. */
#include "reclaim/process.h"

#include "base/check.h"
#include "base/list.h"

static void leave_parent(struct process *child)
{
    struct process *parent = child->parent;

    list_unlink(parent->first_child, parent->last_child, child, next_sibling, prev_sibling);
    child->parent = NULL;
}

void process_add(struct process_list *list, struct process *process, struct process *parent)
{
    SIM_ASSERT(process->task);
    process->first_child = process->last_child = NULL;
    process->next_sibling = process->prev_sibling = NULL;
    process->parent = parent;
    list_append(list->first, list->last, process, next, prev);
    if (parent)
        list_append(parent->first_child, parent->last_child, process, next_sibling, prev_sibling);
}

void process_remove(struct process_list *list, struct process *process)
{
    while (process->first_child)
        leave_parent(process->first_child);
    if (process->parent)
        leave_parent(process);
    list_unlink(list->first, list->last, process, next, prev);
}

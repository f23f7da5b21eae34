/* SPDX-License-Identifier: MIT */
/* The list of processes and the tree that they form. */
#include "reclaim/process.h"

#include <stddef.h>

#include "base/check.h"

static void adopt(struct process *parent, struct process *child)
{
    child->parent = parent;
    child->prev_sibling = parent->last_child;
    if (parent->last_child)
        parent->last_child->next_sibling = child;
    else
        parent->first_child = child;
    parent->last_child = child;
}

static void leave_parent(struct process *child)
{
    struct process *parent = child->parent;

    if (child->prev_sibling)
        child->prev_sibling->next_sibling = child->next_sibling;
    else
        parent->first_child = child->next_sibling;
    if (child->next_sibling)
        child->next_sibling->prev_sibling = child->prev_sibling;
    else
        parent->last_child = child->prev_sibling;
    child->parent = child->next_sibling = child->prev_sibling = NULL;
}

void process_add(struct process_list *list, struct process *process, struct process *parent)
{
    SIM_ASSERT(process->task);
    process->first_child = process->last_child = NULL;
    process->parent = process->next_sibling = process->prev_sibling = NULL;
    process->next = NULL;
    process->prev = list->last;
    if (list->last)
        list->last->next = process;
    else
        list->first = process;
    list->last = process;
    if (parent)
        adopt(parent, process);
}

void process_remove(struct process_list *list, struct process *process)
{
    while (process->first_child)
        leave_parent(process->first_child);
    if (process->parent)
        leave_parent(process);
    if (process->prev)
        process->prev->next = process->next;
    else
        list->first = process->next;
    if (process->next)
        process->next->prev = process->prev;
    else
        list->last = process->prev;
    process->next = process->prev = NULL;
}

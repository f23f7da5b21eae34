/* SPDX-License-Identifier: MIT */
/* The life of the layer and of its tasks. */
#include "user/user_memory.h"

#include <stdlib.h>

#include "base/list.h"
#include "user/shmem_file.h"

/* ---- the layer ---- */

/* Room for the arrays; false: nothing is held. */
static bool reserve(struct user_memory *user, size_t nr_files, size_t nr_caches)
{
    user->files = calloc(nr_files ? nr_files : 1, sizeof(*user->files));
    user->caches = calloc(nr_caches ? nr_caches : 1, sizeof(*user->caches));
    return user->files && user->caches;
}

static bool init_files(struct user_memory *user, const struct file_spec *files, size_t nr_files)
{
    for (size_t i = 0; i < nr_files; i++, user->nr_files++)
        if (!file_init(&user->files[i], user->reclaim, &files[i]))
            return false;
    return true;
}

bool user_memory_init(struct user_memory *user, struct reclaim *reclaim, struct slub *slub,
                      const struct file_spec *files, size_t nr_files,
                      const struct cache_spec *caches, size_t nr_caches, struct sim_error *err)
{
    *user = (struct user_memory){.reclaim = reclaim, .slub = slub};
    if (!reserve(user, nr_files, nr_caches) || !init_files(user, files, nr_files)) {
        user_memory_fini(user);
        return sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for files and caches");
    }
    for (size_t i = 0; i < nr_caches; i++, user->nr_caches++) {
        if (slab_cache_init(&user->caches[i], user, &caches[i]))
            continue;
        user_memory_fini(user);
        return sim_error_set(err, ERR_OUT_OF_MEMORY, "no memory for the cache %s", caches[i].name);
    }
    return true;
}

void user_memory_fini(struct user_memory *user)
{
    for (struct user_task *task = user->first_task; task; task = task->next) {
        mm_struct_free(&task->mm);
        vec_fini(&task->slab_objects);
    }
    for (size_t i = 0; i < user->anon_vmas.count; i++)
        free(user->anon_vmas.items[i]);
    vec_fini(&user->anon_vmas);
    vec_fini(&user->free_anon_vmas);
    shmem_files_fini(user);
    zipf_tables_fini(&user->zipf_tables);
    free(user->files);
    for (uint32_t i = 0; i < user->nr_caches; i++)
        slab_cache_fini(&user->caches[i]);
    free(user->caches);
    *user = (struct user_memory){0};
}

/* ---- tasks ---- */

void user_task_init(struct user_task *task, struct user_memory *user, struct task *current,
                    struct user_task *parent, uint64_t seed, const char *name)
{
    SIM_ASSERT(user->nr_tasks < USER_TASKS_MAX);
    task->task = current;
    task->caller.task = current;
    task->process.task = current;
    task->process.mm = user->next_mm;
    task->mm = (struct mm_struct){.id = user->next_mm++};
    task->slab_objects.items = NULL;
    task->slab_objects.count = task->slab_objects.capacity = 0;
    rng_init(&task->rng, seed, name);
    process_add(&user->reclaim->processes, &task->process, parent ? &parent->process : NULL);
    if (current->reclaim_state)
        current->reclaim_state->process = &task->process;
    list_append(user->first_task, user->last_task, task, next, prev);
    user->nr_tasks++;
}

void user_task_exit(struct user_task *task, struct user_memory *user)
{
    task->process.total_vm_pages -= task->mm.total_vm_pages;
    exit_mmap(user, &task->mm, task->task->cpu);
    vec_fini(&task->slab_objects);
    list_unlink(user->first_task, user->last_task, task, next, prev);
    user->nr_tasks--;
    process_remove(&user->reclaim->processes, &task->process);
    if (task->task->reclaim_state)
        task->task->reclaim_state->process = NULL;
}

bool user_task_may_fork(const struct user_task *parent)
{
    size_t nr = parent->mm.areas.count;

    for (size_t i = 0; i < nr; i++) {
        const struct vm_area *area = parent->mm.areas.items[i];

        if (area && area->file && area->file->mapping->nr_mmap + nr > FILE_MMAPS_MAX)
            return false;
    }
    return true;
}

bool user_task_fork(struct user_task *child, struct user_task *parent, struct user_memory *user)
{
    bool ok = dup_mmap(user, &child->mm, &parent->mm, &user->work.accesses);

    child->process.total_vm_pages += child->mm.total_vm_pages;
    return ok;
}

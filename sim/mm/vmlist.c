/* SPDX-License-Identifier: MIT */
/* Areas in a treap by address, each node with the largest hole below it. */
#include "mm/vmlist.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/check.h"

void vmlist_init(struct vmlist *list, uint64_t start, uint64_t end)
{
    SIM_ASSERT(start <= end);
    *list = (struct vmlist){
        .start = start,
        .end = end,
        .spare = VM_AREA_NONE,
        .first = VM_AREA_NONE,
        .last = VM_AREA_NONE,
        .root = VM_AREA_NONE,
    };
}

void vmlist_fini(struct vmlist *list)
{
    vec_fini(&list->areas);
}

/* ---- the tree ---- */

static uint64_t hole_below(const struct vmlist *list, uint32_t area)
{
    return area == VM_AREA_NONE ? 0 : vmlist_area(list, area)->largest_hole;
}

/* False: it was right. */
static bool update_hole(struct vmlist *list, uint32_t area)
{
    struct vm_struct *node = vmlist_area(list, area);
    uint64_t left = hole_below(list, node->left);
    uint64_t right = hole_below(list, node->right);
    uint64_t largest = node->hole;
    uint64_t before = node->largest_hole;

    if (left > largest)
        largest = left;
    node->largest_hole = right > largest ? right : largest;
    return node->largest_hole != before;
}

/* The area's hole or what is below it has changed; most changes are not seen from far above. */
static void update_path(struct vmlist *list, uint32_t area)
{
    while (area != VM_AREA_NONE && update_hole(list, area))
        area = vmlist_area(list, area)->parent;
}

/* Whatever points to `old` from above points to `new` from now on. */
static void replace_child(struct vmlist *list, uint32_t parent, uint32_t old, uint32_t new)
{
    if (new != VM_AREA_NONE)
        vmlist_area(list, new)->parent = parent;
    if (parent == VM_AREA_NONE)
        list->root = new;
    else if (vmlist_area(list, parent)->left == old)
        vmlist_area(list, parent)->left = new;
    else
        vmlist_area(list, parent)->right = new;
}

/* The area and its parent change places; the order of addresses stays. */
static void rotate_up(struct vmlist *list, uint32_t area)
{
    struct vm_struct *node = vmlist_area(list, area);
    uint32_t above = node->parent;
    struct vm_struct *parent = vmlist_area(list, above);
    uint32_t inner;

    replace_child(list, parent->parent, above, area);
    if (parent->left == area) {
        inner = node->right;
        parent->left = inner;
        node->right = above;
    } else {
        inner = node->left;
        parent->right = inner;
        node->left = above;
    }
    if (inner != VM_AREA_NONE)
        vmlist_area(list, inner)->parent = above;
    parent->parent = area;
    update_hole(list, above);
    update_hole(list, area);
}

/* Links the area, which has no hole, into the tree in front of its successor in the list. */
static void tree_insert(struct vmlist *list, uint32_t area)
{
    struct vm_struct *node = vmlist_area(list, area);
    bool is_left =
        node->next != VM_AREA_NONE && vmlist_area(list, node->next)->left == VM_AREA_NONE;

    node->parent = is_left ? node->next : node->prev;
    if (node->parent == VM_AREA_NONE)
        list->root = area;
    else if (is_left)
        vmlist_area(list, node->parent)->left = area;
    else
        vmlist_area(list, node->parent)->right = area;
    while (node->parent != VM_AREA_NONE &&
           vmlist_area(list, node->parent)->priority < node->priority)
        rotate_up(list, area);
}

static void tree_remove(struct vmlist *list, uint32_t area)
{
    const struct vm_struct *node = vmlist_area(list, area);

    while (node->left != VM_AREA_NONE && node->right != VM_AREA_NONE) {
        bool left =
            vmlist_area(list, node->left)->priority > vmlist_area(list, node->right)->priority;

        rotate_up(list, left ? node->left : node->right);
    }
    replace_child(list, node->parent, area, node->left != VM_AREA_NONE ? node->left : node->right);
    update_path(list, node->parent);
}

/* ---- holes ---- */

static uint64_t end_of(const struct vmlist *list, uint32_t area)
{
    const struct vm_struct *node;

    if (area == VM_AREA_NONE)
        return list->start;
    node = vmlist_area(list, area);
    return node->addr + node->size;
}

/* The first area with a hole of `size` bytes in front of it, VM_AREA_NONE. */
static uint32_t first_with_hole(const struct vmlist *list, uint64_t size)
{
    uint32_t area = list->root;

    if (hole_below(list, area) < size)
        return VM_AREA_NONE;
    for (;;) {
        const struct vm_struct *node = vmlist_area(list, area);

        if (hole_below(list, node->left) >= size)
            area = node->left;
        else if (node->hole >= size)
            return area;
        else
            area = node->right;
    }
}

uint64_t vmlist_largest_hole(const struct vmlist *list)
{
    uint64_t behind = list->end - end_of(list, list->last);
    uint64_t between = hole_below(list, list->root);

    return between > behind ? between : behind;
}

/* ---- areas ---- */

/* A record, spare or new; false: no host memory. */
static bool take_record(struct vmlist *list, uint32_t *ret_area)
{
    struct vm_struct none = {0};

    if (list->spare != VM_AREA_NONE) {
        *ret_area = list->spare;
        list->spare = vmlist_area(list, *ret_area)->next;
        return true;
    }
    if (list->areas.count == VM_AREA_NONE || !vec_push(&list->areas, none))
        return false;
    *ret_area = (uint32_t)list->areas.count - 1;
    return true;
}

/* The bits of a counter, well mixed (splitmix64): a treap wants priorities without a pattern. */
static uint64_t mix(uint64_t number)
{
    number *= UINT64_C(0x9e3779b97f4a7c15);
    number = (number ^ number >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    number = (number ^ number >> 27) * UINT64_C(0x94d049bb133111eb);
    return number ^ number >> 31;
}

/* Puts the record in front of `next` in the order of addresses. */
static void link_area(struct vmlist *list, uint32_t area, uint32_t next)
{
    struct vm_struct *node = vmlist_area(list, area);

    node->next = next;
    node->prev = next == VM_AREA_NONE ? list->last : vmlist_area(list, next)->prev;
    if (node->prev == VM_AREA_NONE)
        list->first = area;
    else
        vmlist_area(list, node->prev)->next = area;
    if (next == VM_AREA_NONE)
        list->last = area;
    else
        vmlist_area(list, next)->prev = area;
}

static void unlink_area(struct vmlist *list, const struct vm_struct *node)
{
    if (node->prev == VM_AREA_NONE)
        list->first = node->next;
    else
        vmlist_area(list, node->prev)->next = node->next;
    if (node->next == VM_AREA_NONE)
        list->last = node->prev;
    else
        vmlist_area(list, node->next)->prev = node->prev;
}

bool vmlist_insert(struct vmlist *list, uint64_t size, uint32_t *ret_area)
{
    uint32_t next = first_with_hole(list, size);
    uint64_t addr = end_of(list, next == VM_AREA_NONE ? list->last : vmlist_area(list, next)->prev);
    uint32_t area;

    *ret_area = VM_AREA_NONE;
    if (next == VM_AREA_NONE && list->end - addr < size)
        return true;
    if (!take_record(list, &area))
        return false;
    *vmlist_area(list, area) = (struct vm_struct){
        .addr = addr,
        .size = size,
        .first_page = PFN_NONE,
        .last_page = PFN_NONE,
        .descriptor = SLAB_OBJECT_NULL,
        .array = SLAB_OBJECT_NULL,
        .array_area = VM_AREA_NONE,
        .array_of = VM_AREA_NONE,
        .left = VM_AREA_NONE,
        .right = VM_AREA_NONE,
        .priority = mix(++list->inserted),
    };
    if (next != VM_AREA_NONE) {
        vmlist_area(list, next)->hole -= size;
        update_path(list, next);
    }
    link_area(list, area, next);
    tree_insert(list, area);
    list->nr_areas++;
    list->used_bytes += size;
    *ret_area = area;
    return true;
}

void vmlist_remove(struct vmlist *list, uint32_t area)
{
    struct vm_struct *node = vmlist_area(list, area);

    unlink_area(list, node);
    tree_remove(list, area);
    if (node->next != VM_AREA_NONE) {
        vmlist_area(list, node->next)->hole += node->hole + node->size;
        update_path(list, node->next);
    }
    list->nr_areas--;
    list->used_bytes -= node->size;
    node->next = list->spare;
    list->spare = area;
}

uint32_t vmlist_find(const struct vmlist *list, uint64_t addr)
{
    uint32_t area = list->root;

    while (area != VM_AREA_NONE && vmlist_area(list, area)->addr != addr) {
        const struct vm_struct *node = vmlist_area(list, area);

        area = addr < node->addr ? node->left : node->right;
    }
    return area;
}

/* ---- checking ---- */

__attribute__((format(printf, 3, 4))) static bool wrong(char *why, size_t why_size,
                                                        const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(why, why_size, format, args);
    va_end(args);
    return false;
}

static bool tree_ok(const struct vmlist *list, uint32_t area)
{
    const struct vm_struct *node = vmlist_area(list, area);
    uint64_t left = hole_below(list, node->left);
    uint64_t right = hole_below(list, node->right);
    uint64_t largest = left > right ? left : right;

    return node->largest_hole == (node->hole > largest ? node->hole : largest) &&
           (node->parent == VM_AREA_NONE
                ? list->root == area
                : vmlist_area(list, node->parent)->priority >= node->priority);
}

bool vmlist_check(const struct vmlist *list, char *why, size_t why_size)
{
    uint64_t end = list->start;
    uint64_t used = 0;
    uint32_t nr = 0;

    for (uint32_t area = list->first; area != VM_AREA_NONE; area = vmlist_area(list, area)->next) {
        const struct vm_struct *node = vmlist_area(list, area);

        if (node->addr < end || node->size > list->end - node->addr)
            return wrong(why, why_size, "area %#" PRIx64 " overlaps", node->addr);
        if (node->hole != node->addr - end || !tree_ok(list, area) ||
            vmlist_find(list, node->addr) != area)
            return wrong(why, why_size, "area %#" PRIx64 ": the tree is wrong", node->addr);
        end = node->addr + node->size;
        used += node->size;
        if (++nr > list->nr_areas)
            break;
    }
    if (nr != list->nr_areas || used != list->used_bytes)
        return wrong(why, why_size, "%u areas of %" PRIu64 " bytes, counted %u of %" PRIu64, nr,
                     used, list->nr_areas, list->used_bytes);
    return true;
}

/* SPDX-License-Identifier: MIT */
/* Figures that were published of real machines; docs/figures.md says where. */
#ifndef TESTS_UNIT_KERNELS_PUBLISHED_FIGURES_H
#define TESTS_UNIT_KERNELS_PUBLISHED_FIGURES_H

#include <stdbool.h>
#include <stdint.h>

#include "mm/machine_spec.h"

enum { RANGES = 3, ZONES = 4 };

/* Memory dumps tell kB of whole pages, /proc/zoneinfo pages. */
#define KB(kb) ((kb) / 4)

/* What was published of one zone, in pages; what was not is 0, and 0 is never checked. */
struct zone_figures {
    uint8_t nid;
    uint8_t index;
    uint64_t memmap; /* "pages used for memmap"; then the log also tells */
    uint32_t lifo_batch;
    uint64_t present;
    uint64_t min, low, high;
    bool tells_reserve;
    uint64_t reserve[MAX_NR_ZONES];
    uint32_t hot_high, hot_batch; /* batch 0: not told */
    uint32_t cold_high, cold_batch;
    uint32_t stat_threshold;
};

struct machine_figures {
    const char *name; /* the heading in docs/figures.md */
    bool highmem;
    bool numa;
    uint32_t page_struct_bytes; /* 0: as usual for the layout */
    uint32_t nr_cpus;
    struct memory_range memory[RANGES];
    uint64_t dma_end;           /* 0: 16 MiB */
    uint64_t dma_reserve_pages; /* "pages reserved" */
    uint64_t total_pages;       /* "Total pages" of the zonelists; 0: not told */
    struct zone_figures zones[ZONES];
};

/* clang-format off */
#define LARGE_ZONE .hot_high = 186, .hot_batch = 31, .cold_high = 62, .cold_batch = 15
#define SMALL_ZONE .hot_high = 0, .hot_batch = 1, .cold_high = 0, .cold_batch = 1
#define NO_RESERVE .tells_reserve = true

static const struct machine_figures machines[] = {
    {.name = "i386, 2 GiB, 2.6.24.2", .highmem = true, .nr_cpus = 2,
     .memory = {{0, 524272, 0}},
     .zones = {
         {.index = 0, .present = KB(16256), .min = KB(68), .low = KB(84), .high = KB(100),
          .tells_reserve = true, .reserve = {0, 873, 2016, 2016}, SMALL_ZONE},
         {.index = 1, .present = KB(894080), .min = KB(3744), .low = KB(4680), .high = KB(5616),
          .tells_reserve = true, .reserve = {0, 0, 9143, 9143}, LARGE_ZONE},
         {.index = 2, .present = KB(1170372), .min = KB(512), .low = KB(1736), .high = KB(2964),
          NO_RESERVE, LARGE_ZONE}}},
    {.name = "i386 PAE, 4 GiB, 2.6.24-19-server", .highmem = true, .nr_cpus = 4,
     .memory = {{0, 1245184, 0}},
     .zones = {
         {.index = 0, .present = KB(16256), .min = KB(68), .low = KB(84), .high = KB(100),
          .tells_reserve = true, .reserve = {0, 873, 4810, 4810}, SMALL_ZONE},
         {.index = 1, .present = KB(894080), .min = KB(3744), .low = KB(4680), .high = KB(5616),
          .tells_reserve = true, .reserve = {0, 0, 31496, 31496}, LARGE_ZONE},
         {.index = 2, .present = KB(4031488), .min = KB(512), .low = KB(4736), .high = KB(8960),
          NO_RESERVE, LARGE_ZONE}}},
    {.name = "i386 PAE, 12 GiB, September 2007", .highmem = true, .nr_cpus = 4,
     .memory = {{0, 229376 + 2916351, 0}},
     .zones = {
         {.index = 0, .present = 4064, .min = 17, .low = 21, .high = 25,
          .tells_reserve = true, .reserve = {0, 873, 12176}, SMALL_ZONE, .stat_threshold = 6},
         {.index = 1, .present = 223520, .min = 936, .low = 1170, .high = 1404,
          .tells_reserve = true, .reserve = {0, 0, 90424}, LARGE_ZONE, .stat_threshold = 24},
         {.index = 2, .present = 2893568, .min = 128, .low = 3160, .high = 6192,
          NO_RESERVE, LARGE_ZONE, .stat_threshold = 48}}},
    {.name = "i386, 5 GiB, 2.6.24-rc5-mm1", .highmem = true, .nr_cpus = 8, .page_struct_bytes = 92,
     .memory = {{0, 1310720, 0}},
     .zones = {
         {.index = 0, .present = KB(16016), .min = KB(64), .low = KB(80), .high = KB(96),
          .tells_reserve = true, .reserve = {0, 860, 4989, 4989},
          .hot_high = 0, .hot_batch = 1},
         {.index = 1, .present = KB(880880), .min = KB(3720), .low = KB(4648), .high = KB(5580),
          .tells_reserve = true, .reserve = {0, 0, 33033, 33033},
          .hot_high = 186, .hot_batch = 31},
         {.index = 2, .present = KB(4228224), .min = KB(512), .low = KB(4976), .high = KB(9440),
          NO_RESERVE, .hot_high = 186, .hot_batch = 31}}},
    {.name = "i386, 512 MiB, 2.6.24-24-server", .highmem = true, .nr_cpus = 1,
     .memory = {{0, 130672, 0}}, .total_pages = 129652,
     .zones = {
         {.index = 0, .memmap = 32, .present = KB(16256), .min = KB(88), .low = KB(108),
          .high = KB(132), .tells_reserve = true, .reserve = {0, 490, 490, 490}, SMALL_ZONE},
         {.index = 1, .memmap = 988, .lifo_batch = 31, .present = KB(502352),
          .min = KB(2788), .low = KB(3484), .high = KB(4180), NO_RESERVE, LARGE_ZONE}}},
    {.name = "x86-64, 512 MiB, 2.6.24-16-generic", .numa = true, .nr_cpus = 1,
     .memory = {{0, 159, 0}, {256, 131008, 0}}, .dma_reserve_pages = 1207,
     .zones = {
         {.index = 0, .present = KB(10944), .min = KB(60), .low = KB(72), .high = KB(88),
          .tells_reserve = true, .reserve = {0, 488, 488, 488}, SMALL_ZONE},
         {.index = 1, .present = KB(500708), .min = KB(2796), .low = KB(3492), .high = KB(4192),
          NO_RESERVE, LARGE_ZONE}}},
    {.name = "x86-64, 1 GiB, 2.6.24-rc2", .numa = true, .nr_cpus = 4,
     .memory = {{0, 159, 0}, {256, 261582, 0}}, .dma_reserve_pages = 2055,
     .zones = {
         {.index = 0, .present = KB(7552), .min = KB(28), .low = KB(32), .high = KB(40),
          .tells_reserve = true, .reserve = {0, 992, 992, 992}, SMALL_ZONE},
         {.index = 1, .present = KB(1015864), .min = KB(4012), .low = KB(5012), .high = KB(6016),
          NO_RESERVE, LARGE_ZONE}}},
    {.name = "ppc64, two nodes, 1 GiB, 2.6.20-rc5", .numa = true, .nr_cpus = 2,
     .memory = {{0, 147456, 0}, {147456, 262144, 1}}, .dma_end = 1048576,
     .zones = {
         {.nid = 0, .index = 0, .present = 145440, .min = 571, .low = 713, .high = 856,
          NO_RESERVE, LARGE_ZONE, .stat_threshold = 16},
         {.nid = 1, .index = 0, .present = 113120, .min = 444, .low = 555, .high = 666,
          NO_RESERVE, LARGE_ZONE, .stat_threshold = 12}}},
    {.name = "x86-64, 896 MiB, 2.6.24-19-generic", .numa = true, .nr_cpus = 2,
     .memory = {{0, 159, 0}, {256, 229280, 0}}, .dma_reserve_pages = 1219, .total_pages = 224830,
     .zones = {
         {.index = 0, .memmap = 56, .present = 2724},
         {.index = 1, .memmap = 3078, .lifo_batch = 31, .present = 222106}}},
    {.name = "x86-64, 4 GiB, 2.6.24-20-generic", .numa = true, .nr_cpus = 2,
     .memory = {{0, 159, 0}, {256, 785888, 0}, {1048576, 1245184, 0}}, .dma_reserve_pages = 1222,
     .zones = {
         {.index = 0, .memmap = 56, .present = 2721},
         {.index = 1, .memmap = 14280, .lifo_batch = 31, .present = 767512},
         {.index = 2, .memmap = 2688, .lifo_batch = 31, .present = 193920}}},
    {.name = "x86-64, 4 GiB, 2.6.36", .numa = true, .nr_cpus = 4,
     .memory = {{0, 159, 0}, {256, 850768, 0}, {1048576, 1245184, 0}},
     .zones = {
         {.index = 0, .memmap = 56, .present = 3943, .min = 7, .low = 8, .high = 10,
          .tells_reserve = true, .reserve = {0, 3251, 4009, 4009}},
         {.index = 1, .memmap = 14280, .lifo_batch = 31, .present = 832392,
          .min = 1640, .low = 2050, .high = 2460, .tells_reserve = true, .reserve = {0, 0, 757, 757}},
         {.index = 2, .memmap = 2688, .lifo_batch = 31, .present = 193920,
          .min = 382, .low = 477, .high = 573, NO_RESERVE}}},
    {.name = "i386, 512 MiB, 2.6.24-16-generic", .highmem = true, .nr_cpus = 1,
     .memory = {{0, 130935, 0}}, .total_pages = 129913,
     .zones = {
         {.index = 0, .memmap = 32, .present = 4064},
         {.index = 1, .memmap = 990, .lifo_batch = 31, .present = 125849}}},
    {.name = "i386, 2 GiB, 2.6.24-19-generic", .highmem = true, .nr_cpus = 2,
     .memory = {{0, 521837, 0}}, .total_pages = 517761,
     .zones = {
         {.index = 0, .memmap = 32, .present = 4064},
         {.index = 1, .memmap = 1760, .lifo_batch = 31, .present = 223520},
         {.index = 2, .memmap = 2284, .lifo_batch = 31, .present = 290177}}},
    {.name = "i386, 1 GiB, 2.6.22-14", .highmem = true, .nr_cpus = 1,
     .memory = {{0, 262080, 0}}, .total_pages = 260033,
     .zones = {
         {.index = 0, .memmap = 32, .present = 4064},
         {.index = 1, .memmap = 1760, .lifo_batch = 31, .present = 223520},
         {.index = 2, .memmap = 255, .lifo_batch = 7, .present = 32449}}},
    {.name = "i386, 320 MiB, 2.6.22-14", .highmem = true, .nr_cpus = 1,
     .memory = {{0, 81904, 0}}, .total_pages = 81265,
     .zones = {
         {.index = 0, .memmap = 32, .present = 4064},
         {.index = 1, .memmap = 607, .lifo_batch = 15, .present = 77201}}},
};
/* clang-format on */

enum { NR_MACHINES = sizeof(machines) / sizeof(machines[0]) };

/* A line of /proc/slabinfo: objsize, objperslab, pagesperslab. */
struct slab_figures {
    const char *name;
    uint32_t size;
    uint32_t objects;
    uint32_t pages;
};

/* clang-format off */
static const struct slab_figures slub_x86_64[] = {
    {"kmalloc-2048", 2048, 4, 2}, {"kmalloc-1024", 1024, 4, 1}, {"kmalloc-512", 512, 8, 1},
    {"kmalloc-256", 256, 16, 1}, {"kmalloc-192", 192, 21, 1}, {"kmalloc-128", 128, 32, 1},
    {"kmalloc-96", 96, 42, 1}, {"kmalloc-64", 64, 64, 1}, {"kmalloc-32", 32, 128, 1},
    {"kmalloc-16", 16, 256, 1}, {"kmalloc-8", 8, 512, 1}, {"kmem_cache_node", 56, 73, 1},
    {"ext3_inode_cache", 768, 5, 1}, {"shmem_inode_cache", 792, 5, 1},
    {"radix_tree_node", 560, 7, 1}, {"inode_cache", 568, 7, 1}, {"sysfs_dir_cache", 80, 51, 1},
    {"dentry", 208, 19, 1}, {"buffer_head", 104, 39, 1}, {"vm_area_struct", 176, 23, 1},
    {"anon_vma", 32, 128, 1}, {"numa_policy", 24, 170, 1},
};

static const struct slab_figures slab_i386[] = {
    {"size-2048", 2048, 2, 1}, {"size-1024", 1024, 4, 1}, {"size-512", 512, 8, 1},
    {"size-256", 256, 15, 1}, {"size-192", 192, 20, 1}, {"size-128", 128, 30, 1},
    {"size-64", 64, 59, 1}, {"size-32", 32, 113, 1}, {"names_cache", 4096, 1, 1},
    {"biovec-256", 3072, 2, 2}, {"sgpool-128", 2560, 3, 2}, {"biovec-128", 1536, 5, 2},
    {"sighand_cache", 1344, 3, 1}, {"task_struct", 1296, 3, 1}, {"sgpool-64", 1280, 3, 1},
    {"TCP", 1152, 7, 2}, {"blkdev_queue", 956, 4, 1}, {"biovec-64", 768, 5, 1},
    {"sgpool-32", 640, 6, 1}, {"nfs_inode_cache", 612, 6, 1}, {"ext3_inode_cache", 500, 8, 1},
    {"proc_inode_cache", 364, 11, 1}, {"inode_cache", 348, 11, 1}, {"sgpool-16", 320, 12, 1},
    {"radix_tree_node", 288, 13, 1}, {"dentry_cache", 136, 29, 1}, {"vm_area_struct", 88, 44, 1},
    {"buffer_head", 56, 67, 1}, {"anon_vma", 16, 203, 1}, {"revoke_table", 12, 254, 1},
};
/* clang-format on */

#endif

/* SPDX-License-Identifier: MIT */
/* GFP masks as kernels 2.6.34-6.x print them in events, read as masks of 2.6.24. */
#ifndef SIM_TRACE_FTRACE_GFP_H
#define SIM_TRACE_FTRACE_GFP_H

#include <stddef.h>
#include <stdint.h>

/*
 * A mask is words joined by '|'. What each word becomes (bits of 2.6.24):
 *
 *   none, GFP_NOWAIT                 nothing
 *   GFP_ATOMIC                       __GFP_HIGH
 *   GFP_NOIO                         __GFP_WAIT
 *   GFP_NOFS                         __GFP_WAIT __GFP_IO
 *   GFP_KERNEL, GFP_KERNEL_ACCOUNT   __GFP_WAIT __GFP_IO __GFP_FS
 *   GFP_TEMPORARY                    GFP_KERNEL __GFP_RECLAIMABLE
 *   GFP_USER                         GFP_KERNEL __GFP_HARDWALL
 *   GFP_HIGHUSER                     GFP_USER __GFP_HIGHMEM
 *   GFP_HIGHUSER_MOVABLE             GFP_HIGHUSER __GFP_MOVABLE
 *   GFP_TRANSHUGE_LIGHT              GFP_HIGHUSER_MOVABLE __GFP_COMP __GFP_NOMEMALLOC __GFP_NOWARN
 *                                    without __GFP_WAIT
 *   GFP_TRANSHUGE                    the same with __GFP_WAIT
 *   GFP_DMA, GFP_DMA32               __GFP_DMA, __GFP_DMA32
 *   GFP_IOFS                         __GFP_IO __GFP_FS
 *   __GFP_RECLAIM, __GFP_DIRECT_RECLAIM, __GFP_WAIT     __GFP_WAIT
 *   __GFP_RETRY_MAYFAIL, __GFP_REPEAT                   __GFP_REPEAT
 *   __GFP_DMA HIGHMEM DMA32 HIGH IO FS COLD NOWARN NOFAIL NORETRY COMP ZERO NOMEMALLOC HARDWALL
 *   THISNODE RECLAIMABLE MOVABLE     the bit of the same name
 *   __GFP_ATOMIC KSWAPD_RECLAIM WRITE ACCOUNT MEMALLOC NOTRACK NO_KSWAPD OTHER_NODE NOLOCKDEP
 *   ZEROTAGS SKIP_ZERO SKIP_KASAN SKIP_KASAN_POISON SKIP_KASAN_UNPOISON NO_OBJ_EXT CMA
 *                                    nothing: 2.6.24 has no such thing, or it is no zone's matter
 *
 * Kernels before 4.6 print single bits without the underscores (GFP_WAIT, GFP_COMP): the same.
 * Their GFP_THISNODE is the bit. Not translated: __GFP_MEMALLOC lets an allocation below the
 * watermarks; in 2.6.24 that is a property of the task.
 *
 * A number is read as a mask of 6.1 bit by bit; kernels print one for bits that have no name.
 * Returns the mask; words and bits without a meaning are dropped and added to *unknown.
 */
uint32_t ftrace_gfp_parse(const char *text, size_t length, uint64_t *unknown);

#endif

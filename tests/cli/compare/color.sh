# SPDX-License-Identifier: MIT
# Colours are for terminals; they can be demanded.
mmsim compare "$ROOT/workloads/atomic-burst.yaml" --try vm.min_free_kbytes=4096 -m alloc.failed -m kswapd.wakeups -m late.total_ns -t 'late.total_ns <= 0' -t 'alloc.failed < 100' --color always | head -13
NO_COLOR=1 mmsim compare "$ROOT/workloads/atomic-burst.yaml" --try vm.min_free_kbytes=4096 -m alloc.failed | head -8

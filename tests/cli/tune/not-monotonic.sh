# SPDX-License-Identifier: MIT
# A curve that goes up and down again: two values that contradict are named, and the answer is no.
mmsim tune "$ROOT/workloads/atomic-burst.yaml" --sysctl vm.min_free_kbytes --range 0..8000 --probes 3 --goal 'alloc.failed_by_order[0] <= 2300'

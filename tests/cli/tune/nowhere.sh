# SPDX-License-Identifier: MIT
# Without a value that meets the goal the answer is no, and the nearest one is named.
mmsim tune "$ROOT/workloads/atomic-burst.yaml" --sysctl vm.min_free_kbytes --range 0..3000 --probes 1 --goal 'alloc.failed_by_order[0] == 0'

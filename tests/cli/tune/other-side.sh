# SPDX-License-Identifier: MIT
# Where the largest is what one can ask for, the search for the smallest says so.
mmsim tune "$ROOT/workloads/atomic-burst.yaml" --sysctl vm.min_free_kbytes --range 0..8000 --probes 3 --goal 'alloc.failed_by_order[0] > 100'

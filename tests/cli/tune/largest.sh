# SPDX-License-Identifier: MIT
# The largest value that still meets two goals, as JSON.
mmsim tune "$ROOT/workloads/atomic-burst.yaml" --sysctl vm.min_free_kbytes --largest --range 2000..20000 --probes 2 \
    --goal 'alloc.failed_by_order[0] >= 300' --goal 'alloc.failed_by_order[0] < 1000' --format json

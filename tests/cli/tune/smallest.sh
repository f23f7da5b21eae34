# SPDX-License-Identifier: MIT
# The smallest reserve that a burst leaves without a failure, with the curve in a file.
mmsim tune "$ROOT/workloads/atomic-burst.yaml" --sysctl vm.min_free_kbytes \
    --goal 'alloc.failed_by_order[0] == 0' -o curve.json
mmsim tune "$ROOT/workloads/atomic-burst.yaml" --sysctl vm.min_free_kbytes \
    --goal 'alloc.failed_by_order[0] == 0' --format json | cmp - curve.json

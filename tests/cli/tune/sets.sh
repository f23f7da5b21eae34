# SPDX-License-Identifier: MIT
# The sysctl that is searched has the last word over --set, other keys are kept.
mmsim tune "$ROOT/workloads/atomic-burst.yaml" --sysctl vm.min_free_kbytes --range 100..100 --probes 0 --set vm.min_free_kbytes=4096 \
    --set workload.tasks[1].steps[0].loop.count=1 --until 200ms --tick 10ms --seed 9 \
    --goal 'alloc.failed_by_order[*] <= 1' --format json

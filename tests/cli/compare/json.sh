# SPDX-License-Identifier: MIT
# One line, with the metrics that are equal.
mmsim compare "$ROOT/workloads/atomic-burst.yaml" --try vm.min_free_kbytes=4096 -m alloc.failed -m rates.cache_hit_permille -t 'alloc.failed <= baseline - 50%' --format json

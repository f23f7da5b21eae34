# SPDX-License-Identifier: MIT
# Without thresholds a case for each metric, and one for the whole output.
mmsim compare "$ROOT/workloads/atomic-burst.yaml" --try vm.min_free_kbytes=4096 -m alloc.failed -m alloc.count --format junit

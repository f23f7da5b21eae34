# SPDX-License-Identifier: MIT
# Two seeds can show nothing, and that is said.
mmsim compare "$ROOT/workloads/order4-churn.yaml" --try vm.min_free_kbytes=8192 --seeds 2 --until 500ms -m alloc.count

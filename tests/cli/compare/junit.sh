# SPDX-License-Identifier: MIT
# A case for each threshold and element; < and & are escaped.
mmsim compare "$ROOT/workloads/atomic-burst.yaml" --try vm.min_free_kbytes=4096 --thresholds "$ROOT/configs/thresholds/atomic-burst.yaml" -t 'late.total_ns <= baseline' --format junit

# SPDX-License-Identifier: MIT
# Fit for a pull request: a broken threshold first, then what changed.
mmsim compare "$ROOT/workloads/atomic-burst.yaml" --try vm.min_free_kbytes=4096 --thresholds "$ROOT/configs/thresholds/atomic-burst.yaml" -t 'late.total_ns no worse than 10%' --format markdown

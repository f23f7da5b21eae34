# SPDX-License-Identifier: MIT
# All thresholds hold: exit code 0 although the outputs differ.
mmsim compare "$ROOT/workloads/atomic-burst.yaml" --try vm.min_free_kbytes=4096 --thresholds "$ROOT/configs/thresholds/atomic-burst.yaml"

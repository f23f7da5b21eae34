# SPDX-License-Identifier: MIT
# The report cannot be written.
mmsim compare "$ROOT/workloads/atomic-burst.yaml" --try vm.min_free_kbytes=4096 -o /dev/full

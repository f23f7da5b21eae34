# SPDX-License-Identifier: MIT
# The usual metrics, which way they changed, and the event that did it.
mmsim compare "$ROOT/workloads/atomic-burst.yaml" --try vm.min_free_kbytes=4096

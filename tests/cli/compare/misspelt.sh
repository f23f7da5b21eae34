# SPDX-License-Identifier: MIT
# A metric that is not there is an error, never a pass.
mmsim compare "$ROOT/workloads/atomic-burst.yaml" --try vm.min_free_kbytes=4096 -t 'alloc.faild == 0'

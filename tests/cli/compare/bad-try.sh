# SPDX-License-Identifier: MIT
# A change that cannot be, as it was typed.
mmsim compare "$ROOT/workloads/atomic-burst.yaml" --try 'vm.min_free_kbytes=4096 vm.swapiness=3'
echo $?
mmsim compare "$ROOT/workloads/atomic-burst.yaml" --try ' '

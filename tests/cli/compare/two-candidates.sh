# SPDX-License-Identifier: MIT
# A column group and a first difference for each.
mmsim compare "$ROOT/workloads/atomic-burst.yaml" --try vm.min_free_kbytes=4096 --try 'vm.min_free_kbytes=8192 vm.swappiness=10' --try 'vm.lowmem_reserve_ratio=[256, 256, 64]' -t 'alloc.failed <= 100'

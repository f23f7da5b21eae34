# SPDX-License-Identifier: MIT
# What cannot be searched is said before anything runs: first usage, then input.
for arguments in "" "--sysctl vm.swappiness" "--sysctl vm.swappiness -g alloc.failed==0 --range 5" \
    "--sysctl vm.swappiness -g alloc.failed==0 --seeds 0" "--sysctl vm.swappiness -g alloc.failed==0 -o -" \
    "--sysctl vm.swappiness -g alloc.failed==0 --format yaml" \
    "--sysctl vm.swapiness -g alloc.failed==0" "--sysctl vm.lowmem_reserve_ratio -g alloc.failed==0" \
    "--sysctl vm.zone_reclaim_mode -g alloc.failed==0" "--sysctl vm.swappiness -g alloc.failed" \
    "--sysctl vm.swappiness -g alloc.failed<=baseline" "--sysctl vm.swappiness -g alloc.fialed==0" \
    "--sysctl vm.swappiness -g alloc.failed==0 --range 0..101" \
    "--sysctl vm.swappiness -g alloc.failed==0 --range 9..8" \
    "--sysctl vm.swappiness -g alloc.failed==0 --set vm.swapiness=1"; do
    mmsim tune "$ROOT/workloads/atomic-burst.yaml" $arguments
    echo "$?"
done

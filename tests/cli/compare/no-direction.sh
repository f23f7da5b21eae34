# SPDX-License-Identifier: MIT
# No worse than what? Nobody knows which way is better.
mmsim compare "$ROOT/workloads/atomic-burst.yaml" --try vm.min_free_kbytes=4096 -t 'kswapd.wakeups no worse'

# SPDX-License-Identifier: MIT
# The curve does not overwrite the workload.
cp "$ROOT/workloads/atomic-burst.yaml" w.yaml
mmsim tune -c "$ROOT/configs/uma-256m.yaml" w.yaml --sysctl vm.swappiness -g alloc.failed==0 -o ./w.yaml

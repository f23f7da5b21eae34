# SPDX-License-Identifier: MIT
# Two machines, one workload: the settings in which they differ.
mmsim compare -c "$ROOT/configs/uma-256m.yaml" -c "$ROOT/configs/boot-256m.yaml" \
    "$ROOT/workloads/atomic-burst.yaml"

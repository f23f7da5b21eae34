# SPDX-License-Identifier: MIT
# -c checks a workload against another machine than its own.
mmsim check -c "$ROOT/configs/uma-256m.yaml" "$ROOT/workloads/numa-imbalance.yaml"

# SPDX-License-Identifier: MIT
# A candidate that differs by its seed alone: its second run, for the first difference, has that seed, too.
mmsim compare "$ROOT/workloads/order4-churn.yaml" --try workload.seed=3 --until 20ms -m alloc.count

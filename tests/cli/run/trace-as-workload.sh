# SPDX-License-Identifier: MIT
# A binary trace can stand in place of the workload.
mmsim run -c "$ROOT/configs/boot-256m.yaml" "$ROOT/workloads/boot-256m.mmtr" --until 100ms --tick 100ms |
    sed 's/,.*//'

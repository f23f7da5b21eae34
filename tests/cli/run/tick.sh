# SPDX-License-Identifier: MIT
# --tick and --until replace what the workload says.
mmsim run "$ROOT/workloads/boot-idle.yaml" --until 30ms --tick 10ms |
    sed 's/^\({"type":"[a-z]*",*"*[a-z_]*"*:*[0-9]*\).*/\1/'

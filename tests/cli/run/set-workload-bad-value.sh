# SPDX-License-Identifier: MIT
# ... as it was typed, with the prefix.
mmsim run "$ROOT/workloads/boot-idle.yaml" --set workload.seed=-1

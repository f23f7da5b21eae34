# SPDX-License-Identifier: MIT
# A workload is not the output of a run.
mmsim show "$ROOT/workloads/boot-idle.yaml" --as vmstat

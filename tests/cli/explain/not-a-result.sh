# SPDX-License-Identifier: MIT
# A workload is not the output of a run.
cp "$ROOT/workloads/boot-idle.yaml" .
mmsim explain boot-idle.yaml

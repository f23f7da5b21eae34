# SPDX-License-Identifier: MIT
mmsim run "$ROOT/workloads/boot-idle.yaml" -o /dev/full

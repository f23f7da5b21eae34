# SPDX-License-Identifier: MIT
mmsim run -c missing.yaml "$ROOT/workloads/boot-idle.yaml"

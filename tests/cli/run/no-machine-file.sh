# SPDX-License-Identifier: MIT
# A machine file that is not there.
mmsim run -c missing.yaml "$ROOT/workloads/boot-idle.yaml"

# SPDX-License-Identifier: MIT
# A full disk has its own exit code.
mmsim run "$ROOT/workloads/boot-idle.yaml" -o /dev/full

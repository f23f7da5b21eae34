# SPDX-License-Identifier: MIT
mmsim trace info "$ROOT/workloads/boot-256m.mmtr"

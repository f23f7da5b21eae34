# SPDX-License-Identifier: MIT
# Neither -c nor a machine key.
mmsim run "$ROOT/workloads/boot-256m.mmtr"

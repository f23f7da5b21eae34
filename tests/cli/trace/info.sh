# SPDX-License-Identifier: MIT
# What is in the shipped capture.
mmsim trace info "$ROOT/workloads/boot-256m.mmtr"

# SPDX-License-Identifier: MIT
# The summary alone cannot share stdout with the lines.
mmsim run "$ROOT/workloads/boot-idle.yaml" --summary -

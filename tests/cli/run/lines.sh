# SPDX-License-Identifier: MIT
# A header, a tick every 100 ms, a summary.
mmsim run "$ROOT/workloads/boot-idle.yaml" --until 500ms | sed 's/,.*//'

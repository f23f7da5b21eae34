# SPDX-License-Identifier: MIT
# An output that cannot be made is no bad input.
mmsim run "$ROOT/workloads/boot-idle.yaml" -o missing/out.jsonl

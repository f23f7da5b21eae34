# SPDX-License-Identifier: MIT
# Nothing failed or waited: the answer is no.
mmsim run "$ROOT/workloads/boot-idle.yaml" --until 500ms --events -o out.jsonl
mmsim explain out.jsonl

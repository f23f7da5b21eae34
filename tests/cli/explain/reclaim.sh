# SPDX-License-Identifier: MIT
# The longest allocation of a task under pressure: reclaim at each priority, its waits, its end.
mmsim run "$ROOT/tests/cli/explain/pressure.yaml" --events -o out.jsonl
mmsim explain out.jsonl --task hog

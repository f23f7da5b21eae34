# SPDX-License-Identifier: MIT
# --events adds lines between the ticks.
mmsim run "$ROOT/workloads/atomic-burst.yaml" --events --tick 200ms |
    sed 's/^{"type":"\([a-z]*\)".*"event":"\([a-z_]*\)".*/\1 \2/; s/^{"type":"\([a-z]*\)".*/\1/' |
    sort | uniq -c | sed 's/^ *//'

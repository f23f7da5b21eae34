# SPDX-License-Identifier: MIT
# Whoever reads goes away: exit code 4, and the lines so far are whole.
{
    mmsim run "$ROOT/workloads/boot-idle.yaml" --tick 1ms 2>error
    echo $? >code
} | head -n 1 | sed 's/,.*//'
cat code
grep -c 'error\[MM-0703\]' error

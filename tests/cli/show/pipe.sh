# SPDX-License-Identifier: MIT
# A pipe is read once and to its end; the file goes where -o says.
mmsim run -q "$ROOT/workloads/atomic-burst.yaml" --tick 100ms | mmsim show - --at 300ms --as vmstat -o vmstat
grep -c . vmstat
head -1 vmstat

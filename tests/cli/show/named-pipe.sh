# SPDX-License-Identifier: MIT
# Who writes a pipe can end in good order, though the tick is an early one.
mkfifo pipe
{ mmsim run -q "$ROOT/workloads/atomic-burst.yaml" -o pipe; echo "$?" >code; } &
mmsim show pipe --at 100ms --as vmstat >vmstat
wait
head -1 vmstat
cat code

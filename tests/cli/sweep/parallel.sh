# SPDX-License-Identifier: MIT
# The one-liner of docs/sweep.md for GNU parallel does what one process does.
printf 'version: 1\nmachine: {nodes: [{memory: 64MiB}]}\n' >m.yaml
printf 'version: 1\nmachine: m.yaml\nduration: 1ms\n' >w.yaml
cat >plan.yaml <<'END'
version: 1
name: few
workload: w.yaml
axes: {seed: {from: 1, to: 20, step: 1}}
metrics: [alloc.count]
END
mmsim sweep plan plan.yaml -o alone >/dev/null
mmsim sweep run alone -j 1
mmsim sweep merge alone -o alone.jsonl
mmsim sweep plan plan.yaml -o burst >/dev/null
command=$(sed -n 's/^    \(parallel mmsim sweep run .*\)/\1/p' "$ROOT/docs/sweep.md")
HOME=$PWD bash -c "$command" 2>said || cat said
mmsim sweep merge burst -o burst.jsonl
cmp alone.jsonl burst.jsonl && echo equal

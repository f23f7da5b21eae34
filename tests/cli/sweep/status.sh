# SPDX-License-Identifier: MIT
# What is done and what is missing, in runs and in chunks, before, during and after.
printf 'version: 1\nmachine: {nodes: [{memory: 64MiB}]}\n' >m.yaml
printf 'version: 1\nmachine: m.yaml\nduration: 1ms\n' >w.yaml
cat >plan.yaml <<'END'
version: 1
name: few
workload: w.yaml
axes: {seed: [1, 2, 3, 4, 5, 6, 7]}
metrics: [alloc.count]
END
mmsim sweep plan plan.yaml -o few >/dev/null
mmsim sweep status few; echo "exit $?"
mmsim sweep run few --chunk 2/3
mmsim sweep status few; echo "exit $?"
mmsim sweep status few --missing
mmsim sweep status few --missing --chunks 3
mmsim sweep status few --chunks 3
mmsim sweep run few
mmsim sweep status few; echo "exit $?"
mmsim sweep status few --missing; echo "exit $?"
mmsim sweep status few --chunks 0
mmsim sweep status nowhere

# SPDX-License-Identifier: MIT
# The commands for Slurm: of the missing chunks only. A Slurm that nobody reaches is an error.
printf 'version: 1\nmachine: {nodes: [{memory: 64MiB}]}\n' >m.yaml
printf 'version: 1\nmachine: m.yaml\nduration: 1ms\n' >w.yaml
cat >plan.yaml <<'END'
version: 1
name: few
workload: w.yaml
axes: {seed: [1, 2, 3, 4, 5, 6, 7]}
metrics: [alloc.count]
END
# Whatever is installed here: the only Slurm is one of a site that allows five tasks.
mkdir bin few
cat >bin/scontrol <<'SCONTROL'
#!/bin/sh
[ "$MAX_ARRAY_SIZE" ] && echo "MaxArraySize            = $MAX_ARRAY_SIZE"
SCONTROL
chmod +x bin/scontrol
PATH=$PWD/bin:$PATH
plain() { sed "s|$PWD|HERE|g; s| [^ ]*/mmsim | MMSIM |"; }

mmsim sweep plan plan.yaml -o few >/dev/null
mmsim sweep submit few --dry-run | plain
MAX_ARRAY_SIZE=6
export MAX_ARRAY_SIZE
mmsim sweep submit few --dry-run --chunk-runs 1 | plain
mmsim sweep run few --chunk 2/4
mmsim sweep submit few --dry-run --chunks 4 -j 3 --time 1:00 --partition big -o out.jsonl \
    --sbatch-arg="--comment=it's" | plain
mmsim sweep submit few --chunks 6; echo "exit $?"
mmsim sweep submit few --chunks 2 --chunk-runs 2; echo "exit $?"
mmsim sweep submit few -o -; echo "exit $?"
printf '#!/bin/sh\necho "$@" >>asked\n' >bin/sbatch && chmod +x bin/sbatch
mmsim sweep submit few; echo "exit $?"
plain <asked
printf '#!/bin/sh\necho "17;there"\n' >bin/sbatch
mmsim sweep submit few
cmp few/sweep.sbatch "$ROOT/tools/sweep.sbatch"
mmsim sweep run few
mmsim sweep submit few

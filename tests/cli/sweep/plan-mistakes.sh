# SPDX-License-Identifier: MIT
# A mistake stands where it was made, with the words of the machine or the workload; nothing is left behind.
printf 'version: 1\nmachine: {nodes: [{memory: 64MiB}]}\n' >m.yaml
printf 'version: 1\nmachine: m.yaml\nduration: 10ms\n' >w.yaml
while IFS= read -r line; do
    printf 'version: 1\nworkload: w.yaml\n%b\n' "$line" >s.yaml
    mmsim sweep plan s.yaml -o out
    echo "$?"
done <<'END'
axes: {vm.swappiness: [0, 100, 200]}
axes: {vm.swapiness: [0]}
axes: {seed: [1]}\nset: {workload.duration: soon}
axes: {machine: [m.yaml, n.yaml]}
axes: {seed: [1, 2, 1]}
axes: {seed: {from: 1, to: 10}}
axes: {seed: [1, 2]}\nzip: [{vm.swappiness: [1, 2], vm.dirty_ratio: [5]}]
axes: {seed: [1, 2]}\nexclude: [{sed: 1}]
axes: {seed: [1, 2]}\nonly: [{seed: "> 2"}]
axes: {seed: [1, 2]}\nmetrics: ["zones[0/DMA32.min"]
axis: {seed: [1, 2]}
END
mmsim sweep plan s.yaml
echo $?
mmsim sweep plan w.yaml -o out/deeper
echo $?
ls

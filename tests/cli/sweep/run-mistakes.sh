# SPDX-License-Identifier: MIT
# What cannot be run says why, and with which exit code.
try() { "$@"; echo "exit $?"; }
try mmsim sweep run
try mmsim sweep run none
try mmsim sweep run none -j 0
try mmsim sweep run none -j 2000
try mmsim sweep run none --chunk 3
try mmsim sweep run none --chunk 0/3
try mmsim sweep run none --chunk 4/3
try mmsim sweep run none --chunks 1/3
printf 'version: 1\nmachine: {nodes: [{memory: 64MiB}]}\n' >m.yaml
printf 'version: 1\nmachine: m.yaml\nduration: 1ms\n' >w.yaml
printf 'version: 1\nworkload: w.yaml\naxes: {seed: [1, 2]}\nmetrics: [alloc.cuont]\n' >sweep.yaml
mmsim sweep plan sweep.yaml -o out
try mmsim sweep run out -j 1
ls out
echo '# now another file' >>w.yaml
try mmsim sweep run out

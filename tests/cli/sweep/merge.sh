# SPDX-License-Identifier: MIT
# The results of all runs in one file, in other formats, and what a merge refuses.
printf 'version: 1\nmachine: {nodes: [{memory: 64MiB}]}\n' >m.yaml
printf 'version: 1\nmachine: m.yaml\nduration: 1ms\n' >w.yaml
cat >plan.yaml <<'END'
version: 1
name: few
workload: w.yaml
axes: {seed: [1, 2], vm.swappiness: [0, 60]}
metrics: [alloc.count, "zones[*].nr_free_pages.first_below(1)"]
END
mmsim sweep plan plan.yaml -o few >/dev/null
mmsim sweep run few --chunk 1/2
mmsim sweep merge few -o few.jsonl; echo "exit $?"
ls few.jsonl 2>/dev/null
mmsim sweep run few
mmsim sweep merge few --csv few.csv; tr -d '\r' <few.csv; echo "exit $?"
mmsim sweep merge few | sed 's/"inputs".*/.../'
mmsim sweep merge few -o few.jsonl --csv few.csv
mmsim sweep merge few -o few.jsonl; ls
mmsim sweep merge few -o same --csv same; echo "exit $?"
mmsim sweep merge few --sqlite -; echo "exit $?"
mmsim sweep merge few -o nowhere/few.jsonl; echo "exit $?"
# A device stays one.
ln -s /dev/full full
mmsim sweep merge few -o full; echo "exit $?"; test -c full && echo device
# A file of results that was tampered with.
for file in few/results/*.jsonl; do sed -i 's/"duration"/"forever"/' "$file"; done
mmsim sweep merge few; echo "exit $?"

# SPDX-License-Identifier: MIT
# Another plan is refused unless it is forced; keys of runs that stay are the same.
printf 'version: 1\nmachine: {nodes: [{memory: 64MiB}]}\n' >m.yaml
printf 'version: 1\nmachine: m.yaml\nduration: 10ms\n' >w.yaml
printf 'version: 1\nworkload: w.yaml\naxes: {seed: [3]}\n' >one.yaml
printf 'version: 1\nworkload: w.yaml\naxes: {seed: [1, 2, 3]}\n' >three.yaml
mmsim sweep plan one.yaml -o out
grep -o '"key":"[^"]*"' out/manifest.jsonl >key
mmsim sweep plan three.yaml -o out
echo $?
grep -c '"type":"run"' out/manifest.jsonl
mmsim sweep plan --force three.yaml -o out
grep -c -f key out/manifest.jsonl
ls -A out

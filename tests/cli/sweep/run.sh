# SPDX-License-Identifier: MIT
# A sweep is run once; a second time there is nothing to do. Results do not depend on workers or chunks.
printf 'version: 1\nmachine: {nodes: [{memory: 64MiB}]}\n' >m.yaml
cat >w.yaml <<'END'
version: 1
machine: m.yaml
duration: 20ms
tasks: [{name: a, steps: [{alloc_pages: {id: x, count: 50}}]}]
END
cat >sweep.yaml <<'END'
version: 1
workload: w.yaml
axes:
  vm.min_free_kbytes: [512, 1024]
  seed: [1, 2]
metrics: [alloc.count, "zones[0/DMA32].nr_free_pages.mean", "alloc.count.first_above(5000)"]
keep: summary
END
mmsim sweep plan sweep.yaml -o one && mmsim sweep run one -j 1
cat one/results/* | sort | sed 's/,"summary":{"type":"summary",.*}}$/,"summary":{...}}/'
cat one/results/* | grep -c '"summary":{"type":"summary",'
ls one
touch -d 2001-01-01 one/results
mmsim sweep run one --progress 2>/dev/null
[ one/results -nt sweep.yaml ] || echo 'nothing was written'
mmsim sweep plan sweep.yaml -o two
mmsim sweep run two -j 3 --chunk 2/2 && ls two/results | wc -l && mmsim sweep run two --chunk 1/2
cat one/results/* | sort >one.sorted
cat two/results/* | sort | cmp - one.sorted && echo 'the same'

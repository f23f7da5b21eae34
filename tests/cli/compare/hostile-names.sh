# SPDX-License-Identifier: MIT
# Names with a meaning to Markdown, XML or the terminal are names.
cat > w.yaml <<'EOF'
version: 1
name: "# a\"b\n<i>*_`&amp;\e[31m"
duration: 30ms
tick: 10ms
tasks:
  - name: "x|y\n</testcase>"
    steps:
      - alloc_pages: {id: a, order: 0}
EOF
compare() { mmsim compare -c "$ROOT/configs/uma-256m.yaml" w.yaml --try vm.min_free_kbytes=2040 -m 'tasks[*].cpu_ns' "$@"; }
compare
compare -f markdown -t 'tasks[*].cpu_ns < 0'
compare -f junit -t 'tasks[*].cpu_ns < 0'
compare -f json | grep -o '"workload":"[^,]*'

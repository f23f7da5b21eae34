# SPDX-License-Identifier: MIT
# What a page's count cannot hold ends the run with the place of the step.
cat >many.yaml <<EOF
version: 1
duration: 1s
tasks:
  - name: app
    steps:
      - alloc_page: {id: page}
      - loop:
          count: 20
          steps:
            - get_page: page
EOF
mmsim run -c "$ROOT/configs/uma-256m.yaml" many.yaml -o many.jsonl

# SPDX-License-Identifier: MIT
# So it is with a step of a task.
mmsim run -c "$ROOT/configs/uma-256m.yaml" - <<'YAML'
version: 1
duration: 1ms
tasks:
  - {name: a, steps: [{sysctl: {numa_zonelist_order: node}}]}
YAML

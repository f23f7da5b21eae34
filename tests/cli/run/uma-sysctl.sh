# SPDX-License-Identifier: MIT
# A UMA kernel has no NUMA sysctls, so a workload that writes one is not run.
mmsim run -c "$ROOT/configs/uma-256m.yaml" - <<'YAML'
version: 1
duration: 1ms
events:
  - [0, a, sysctl, zone_reclaim_mode, 1]
YAML

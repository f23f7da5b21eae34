# SPDX-License-Identifier: MIT
# The place is where the workload names the trace.
printf 'version: 1\nmachine: %s/configs/pc-4g.yaml\ntrace: missing.mmtr\n' "$ROOT" >w.yaml
mmsim run w.yaml

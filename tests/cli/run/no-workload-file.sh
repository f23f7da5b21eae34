# SPDX-License-Identifier: MIT
# A workload that is not there.
mmsim run -c "$ROOT/configs/pc-4g.yaml" missing.yaml

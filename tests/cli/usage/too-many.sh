# SPDX-License-Identifier: MIT
# One workload a run.
mmsim run a.yaml b.yaml

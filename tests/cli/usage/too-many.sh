# SPDX-License-Identifier: MIT
mmsim run a.yaml b.yaml

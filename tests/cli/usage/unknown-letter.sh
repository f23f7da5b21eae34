# SPDX-License-Identifier: MIT
mmsim run -x x.yaml

# SPDX-License-Identifier: MIT
mmsim trace info "$ROOT/configs/pc-4g.yaml"

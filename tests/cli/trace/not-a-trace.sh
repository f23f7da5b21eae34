# SPDX-License-Identifier: MIT
# A file of another kind.
mmsim trace info "$ROOT/configs/pc-4g.yaml"

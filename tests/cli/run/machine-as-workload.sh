# SPDX-License-Identifier: MIT
# A machine file in the wrong place.
mmsim run "$ROOT/configs/pc-4g.yaml"

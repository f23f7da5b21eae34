# SPDX-License-Identifier: MIT
mmsim run -c "$ROOT/configs/pc-4g.yaml" missing.yaml

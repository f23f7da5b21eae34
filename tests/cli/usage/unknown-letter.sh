# SPDX-License-Identifier: MIT
# A letter that no option has.
mmsim run -x x.yaml

# SPDX-License-Identifier: MIT
# The likely option is named.
mmsim run --sed 4 x.yaml

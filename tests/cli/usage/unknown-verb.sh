# SPDX-License-Identifier: MIT
# The likely verb is named.
mmsim chekc x.yaml

# SPDX-License-Identifier: MIT
# An option at the end without its value.
mmsim run x.yaml --tick

# SPDX-License-Identifier: MIT
# A time without a unit is in nanoseconds; what is none is refused before any file is read.
mmsim run x.yaml --tick 10
mmsim run x.yaml --tick 10.0.0ms

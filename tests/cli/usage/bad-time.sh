# SPDX-License-Identifier: MIT
mmsim run x.yaml --tick 10
mmsim run x.yaml --tick 10.0.0ms

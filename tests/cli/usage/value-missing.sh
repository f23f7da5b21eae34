# SPDX-License-Identifier: MIT
mmsim run x.yaml --tick

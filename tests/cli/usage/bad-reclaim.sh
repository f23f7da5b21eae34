# SPDX-License-Identifier: MIT
# What a trace's reclaim becomes is one of two words.
mmsim run x.yaml --reclaim none

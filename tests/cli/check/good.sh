# SPDX-License-Identifier: MIT
# All files of the tree, each by its content.
cd "$ROOT" && mmsim check configs/*.yaml workloads/*.yaml configs/*/*.yaml configs/scenarios/*/*.yaml workloads/*.mmtr

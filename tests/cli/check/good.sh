# SPDX-License-Identifier: MIT
# All files of the tree, each by its content.
cd "$ROOT" && mmsim check configs/*.yaml workloads/*.yaml configs/*/*.yaml workloads/*.mmtr

# SPDX-License-Identifier: MIT
# Unreadable is worse than bad.
printf 'version: 1\nmachine:\n  nodes: [{memory: 1GB}]\n' >bad.yaml
mmsim check missing.yaml bad.yaml .

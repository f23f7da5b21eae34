# SPDX-License-Identifier: MIT
# The good ones are named on stdout, the bad ones are explained on stderr.
printf 'version: 1\nmachine:\n  nodes: [{memory: 1GB}]\n' >bad.yaml
printf 'version: 1\nmachine: {nodes: [{memory: 1GiB}]}\n' >good.yaml
mmsim check good.yaml bad.yaml

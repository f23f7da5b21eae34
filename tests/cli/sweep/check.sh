# SPDX-License-Identifier: MIT
# A sweep file is recognised and its runs are loaded; nothing is written.
cp -r "$ROOT/sweeps" "$ROOT/workloads" "$ROOT/configs" .
mmsim check sweeps/*.yaml
sed 's/factor: 2/factor: 1/' sweeps/atomic-burst.yaml >sweeps/bad.yaml
mmsim check sweeps/bad.yaml
echo $?
ls

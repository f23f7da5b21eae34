# SPDX-License-Identifier: MIT
# A sweep file is recognised and its runs are loaded; nothing is written.
cp -r "$ROOT/workloads" "$ROOT/configs" .
mmsim check configs/sweeps/*.yaml
sed 's/factor: 2/factor: 1/' configs/sweeps/atomic-burst.yaml >configs/sweeps/bad.yaml
mmsim check configs/sweeps/bad.yaml
echo $?
ls

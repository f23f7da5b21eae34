# SPDX-License-Identifier: MIT
# SIGTERM ends the run with a last tick and its summary; the shell sees the signal.
printf 'version: 1\nmachine: %s/configs/pc-4g.yaml\nduration: 100h\ntick: 1h\n' "$ROOT" >w.yaml
cat >>w.yaml <<'YAML'
generators:
  - {name: endless, gap: 1us, lifetime: 1us}
YAML
mmsim run w.yaml -o out.jsonl &
while ! [ -s out.jsonl ]; do sleep 0.1; done
kill -TERM $!
wait $!
echo $?
tail -n 1 out.jsonl | grep -o '"type":"summary"\|"ended":"[a-z]*"'

#!/usr/bin/env bash
# What a policy says of its decisions.
. "$(dirname "$0")/common.sh"

scenario=workloads/scenarios/computing-network.json
expect 0 "dwo at 0 s: 20 users on " explain dwo $scenario
empty err
for word in "user-19 " "decide@node" "mean cost" "fibre1_UP" "potential" "in the last round nobody moved" "would save"; do
    grep -qF -e "$word" "$folder/out" || fail "explain dwo: no \"$word\" in $(cat "$folder/out")"
done
grep -q nan "$folder/out" && fail "explain dwo: a NaN"
grep -q quilibrium "$folder/out" && fail "explain dwo: an equilibrium, where somebody would save"
cp "$folder/out" "$folder/first"
expect 0 "" explain dwo $scenario
same "$folder/out" "$folder/first"
for policy in heu-wo heu-wo-refined lawa nearest-offload random-offload; do
    expect 0 "$policy at 0 s: 20 users on " explain $policy $scenario
done

# Potentials fall from round to round.
awk '/^round / { on = 1; next } on && /^[0-9]+ / { if (seen && $2 > last) exit 1; last = $2; seen = 1 }' "$folder/first" ||
    fail "the potential rises: $(tail -6 "$folder/first")"

expect 0 "dwo at 20 s: " explain '{"name": "dwo", "replan": "window"}' $scenario --at 20s
expect 0 "optimal at 0 s: 1 user on " explain optimal $scenario --set workload.jobs[0].count=1
expect 3 "optimal: 1 users with 3 subtasks on 20 nodes make 8e+03 placements; it takes fewer than 1e+03" explain \
    '{"name": "optimal", "limit": 1000}' $scenario --set workload.jobs[0].count=1

# All placements of each user looked at: an equilibrium, and how far it can be from the optimum.
expect 0 "an equilibrium: no user would gain" explain '{"name": "dwo", "best_response": "enumerate"}' $scenario
expect 0 "least by (36), of an equilibrium" explain '{"name": "dwo", "best_response": "enumerate"}' $scenario --bound
grep -q "^least by (36).* 2.618$" "$folder/out" || fail "explain --bound: not 2.618: $(tail -6 "$folder/out")"
expect 0 '"placements": 512000000000' explain dwo $scenario --bound --json --set workload.jobs[0].count=3
"$is_json" <"$folder/out" || fail "explain --json: no JSON"
grep -q '"optimum_s": null' "$folder/out" && fail "explain --bound: 5.1e11 placements were not searched"
expect 0 "the optimum of 1.15e+78 placements was not searched to the end" explain dwo $scenario --bound
expect 3 "does not explain its decisions so; those that do: dwo, heu-wo," explain static $scenario --json
expect 0 "dwo at 0 s: " explain ds2+dwo $scenario

# A job that finds no host: it is named, and the others are placed.
cat >"$folder/p.xml" <<'END'
<?xml version="1.0"?>
<!DOCTYPE platform SYSTEM "https://simgrid.org/simgrid.dtd">
<platform version="4.1"><zone id="world" routing="Full">
<host id="a" speed="1Gf"><prop id="slots" value="2"/></host>
</zone></platform>
END
cat >"$folder/s.json" <<'END'
{"platform": "p.xml", "duration": "10s", "workload": {"jobs": [
 {"name": "first", "source": "a", "load": {"kind": "constant", "rate": "1/min", "count": 1}, "operators": [{"name": "o", "flops": "1Mf"}]},
 {"name": "large", "source": "a", "load": {"kind": "constant", "rate": "1/min", "count": 1},
  "operators": [{"name": "o", "flops": "1Mf"}, {"name": "p", "flops": "1Mf"}]}]}}
END
expect 3 "no host has a free slot" explain dwo "$folder/s.json"

expect 3 "policy static does not explain its decisions; those that do: dwo, heu-wo," explain static $scenario
expect 0 "dwo at 0 s: " explain dwo $scenario --at 50s # since then nobody came or went
expect 4 "policy dwo decided nothing until 30 s" explain dwo $scenario --at 30s --set workload.jobs[0].arrive=50s
expect 4 "policy dwo decided nothing until the end" explain dwo $scenario --at 2min --set workload.jobs[0].arrive=2min
expect 3 'did you mean "dwo"?' explain dwoo $scenario
expect 2 "" explain dwo
expect 2 "--at" explain dwo $scenario --at soon
expect 0 "POLICY SCENARIO" explain --help
finish

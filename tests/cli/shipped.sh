#!/usr/bin/env bash
# The shipped platforms are what the commands in platforms/README.md make, and the scenario of the same name runs on each.
. "$(dirname "$0")/common.sh"

# Commands may go on over lines that end in a backslash.
sed -e ':join' -e '/\\$/{N;s/\\\n *//;b join' -e '}' platforms/README.md | sed -n 's/^    weir generate //p' >"$folder/commands"
made=0
while read -r command; do
    file=${command##* }
    # shellcheck disable=SC2086
    "$weir" generate ${command% -o *} -o "$folder/again.xml" || fail "weir generate $command"
    same "$file" "$folder/again.xml"
    name=$(basename "$file" .xml)
    expect 0 "$file: ok (" check "$file"
    expect 0 "* best of its column" compare "workloads/scenarios/$name.json" --seeds 1 --quiet -o "$folder/$name"
    made=$((made + 1))
done <"$folder/commands"
[ $made -eq 5 ] || fail "$made commands in platforms/README.md, wanted 5"

# Something is delivered under every policy, and Wi-Fi carries it in the factory.
for name in smart-city metro computing-network factory global-cdn; do
    awk -F, -v name=$name 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "delivered") column = i }
        NR > 1 && !($column > 1000) { print name ": delivered " $column; bad = 1 }
        END { exit bad || !column || NR < 4 }' "$folder/$name/runs.csv" ||
        fail "$name: too few results"
done
# Faults in the city: three minutes of the hour, in which something is served under each of the six policies.
expect 0 "* best of its column" compare workloads/scenarios/city-faults.json --seeds 1 --set duration=3min --set warmup=1min --quiet \
    -o "$folder/city-faults"
awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "delivered") column = i }
    NR > 1 && !($column > 1000) { print "city-faults: delivered " $column; bad = 1 }
    END { exit bad || !column || NR != 7 }' "$folder/city-faults/runs.csv" || fail "city-faults: too few results"
# The small ones of the lessons, of which demos.sh and lessons.sh look at what comes out.
for file in workloads/demos/*.json; do
    expect 0 "$file: ok (" check "$file"
    expect 0 "ok (" check "${file%.json}.xml"
done
[ "$(find workloads/demos -name '*.json' | wc -l)" -eq 6 ] || fail "not six demos"

# Those of real systems, of which validation_systems looks at what comes out.
for file in workloads/systems/*.json; do
    expect 0 "$file: ok (" check "$file"
done
expect 0 "ok (" check workloads/systems/machine.xml
expect 0 "systems/zeromq" list scenarios

grep -q 'sharing_policy="WIFI"' platforms/factory.xml || fail "no Wi-Fi in the factory"
[ "$(grep -c '<zone id="site-' platforms/global-cdn.xml)" -eq 59 ] || fail "not 59 regions"
[ "$(grep -c '<zone id="site' platforms/metro.xml)" -eq 200 ] || fail "not 200 sites"
finish

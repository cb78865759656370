#!/usr/bin/env bash
# Scenarios and studies that weir brings along are taken by name, from any folder, and copied to be edited.
. "$(dirname "$0")/common.sh"
weir=$(readlink -f "$weir")
is_json=$(readlink -f "$is_json")
root=$PWD
mkdir "$folder/here" && cd "$folder/here" || exit 1

# Every file is listed, with a sentence, and nothing else.
expect 0 "" list scenarios
empty err
{
    for shelf in scenarios demos systems; do
        (cd "$root/workloads/$shelf" && printf '%s\n' *.json) | sed "s/\.json$//; s|^|$shelf/|; s|^scenarios/||" | LC_ALL=C sort
    done
} >"$folder/files"
sed 's/: .*//' "$folder/out" >"$folder/listed"
same "$folder/files" "$folder/listed"
awk '!/^[a-z\/-]*: ./ || length - index($0, ":") < 20 || length > 140 { print; bad = 1 } END { exit bad }' "$folder/out" || fail "not a sentence each"
expect 0 "distance: how far away" list studies
expect 0 "\"path\":	\"$root/workloads/scenarios/first.json\"" list scenarios --json
json "list scenarios"

# Every command that takes a scenario takes its name.
expect 0 "$root/workloads/scenarios/first.json: ok (2 hosts" check first
expect 0 "$root/workloads/demos/offloading.json: ok (5 hosts" check demos/offloading
expect 0 "$root/workloads/scenarios/offloading.json: ok (20 hosts" check offloading
expect 0 "$root/workloads/demos/backpressure.json: ok (3 hosts" check backpressure
expect 0 "$root/workloads/studies/distance.json: ok (6 configurations" check distance
expect 0 "policy ds2, seed 1" run first --policy ds2 --set duration=20s
[ -e results/first/ds2-seed-1/result.json ] || fail "results are not in the present folder"
expect 0 "first: 3 policies, 1 seed" compare first --seeds 1 --set duration=20s --no-report
expect 0 "the report is results/first/report.html" report first
expect 0 "its script is results/first/cost.gp" plot first --metric cost --script
expect 0 "18" sweep distance --dry-run
[ "$(wc -l <"$folder/out")" -eq $((1 + 6 * 3 * 3)) ] || fail "sweep distance: not 54 runs"
expect 0 "see" explain dwo offloading
expect 0 "20 s simulated" demo first --no-tty --until 20s --set duration=20s
echo '{"scenario": "first", "policies": ["static"], "seeds": 1, "grid": {"duration": ["20s", "30s"]}}' >mine.json
expect 0 "mine.json: ok (2 configurations" check mine
expect 0 "results are in results/mine" sweep mine --no-report

# A file of that name in the present folder wins, with its ending or without; a folder of that name does not.
sed "s|\.\./\.\./platforms|$root/platforms|; s/\"name\": \"first\"/\"name\": \"my own\"/" "$root/workloads/scenarios/first.json" >first.json
mkdir city
expect 0 "my own, policy static" run first --policy static --set duration=20s -o own
expect 0 "my own, policy static" run first.json --policy static --set duration=20s -o own
cp first.json metro
expect 0 "my own, policy static" run metro --policy static --set duration=20s -o own
expect 0 "city.json: ok (72 hosts" check city
sed 's/"name": "[a-z]*"/"name": "my demo"/; s/"platform": "/&\/no-such-folder\//' "$root/workloads/demos/migration.json" >migration.json
expect 3 "migration.json: platform: /no-such-folder/" demo migration --no-tty --until 10s
rm -r first.json metro migration.json city

# Names that are none.
expect 3 "weir: \"frist\": no such file, and weir brings no scenario of that name along; did you mean \"first\"?" run frist
empty out
expect 3 'did you mean "smart-city"?' compare smartcity
expect 3 'did you mean "backpressure"?' compare backpresure
expect 3 "\`weir list scenarios\` shows them" explain dwo no-such-thing
expect 3 "weir brings no study of that name along; did you mean \"distance\"?" sweep distence
expect 3 "weir brings no study of that name along; \`weir list studies\` shows them" sweep first
expect 3 'did you mean "first"?' check frist
expect 3 'did you mean "first"?' copy frist
expect 3 'did you mean "metro"?' demo metrro --no-tty
expect 3 "first.json: no such file; what weir brings along is called first, without an ending" run first.json
expect 3 "./first: no such file" run ./first
expect 3 "no such file" run ""
echo '{"scenario": "frist", "grid": {"duration": ["20s", "30s"]}}' >mine.json
expect 3 'mine.json: scenario: "frist": no such file' sweep mine
expect 3 "city: is no folder" report city

# A copy has all files, in any folder, and is the same scenario; what it wants of the user it wants still.
while read -r name; do
    to=copies/$name
    expect 0 "$to/${name##*/}.json" copy "$name" "$to"
    same <(cd "$to" && find . -type f | sort) <(sed "s|^$to|.|" "$folder/out" | sort)
    case $name in
    taxi | world-cup) expect 3 "$to/$name.csv: no such file" check "$to/$name.json" ;;
    *) expect 0 "$to/${name##*/}.json: ok (" check "$to/${name##*/}.json" ;;
    esac
    grep -rqE '"(\.\./|/[a-z])' "$to" && fail "$to has names of files elsewhere"
done <"$folder/listed"
expect 0 "copies/study/two-tier.xml" copy distance copies/study/
expect 0 "copies/study/distance.json: ok (6 configurations" check copies/study/distance.json
for name in city autoscale-taxi; do
    for from in "$name" "copies/$name/$name.json"; do
        expect 0 "" run "$from" --policy reactive --set duration=2min --set warmup=0s -o "$folder/run" -q -f --json
        sed -n 's/.*"checksum"://p' "$folder/out" >>"$folder/sums-$name"
    done
    [ "$(sort "$folder/sums-$name" | uniq -c | awk '{ print $1 }')" = 2 ] || fail "the copy of $name is another scenario"
done
sed -i 's/"duration": "5min"/"duration": "20s"/' copies/first/first.json
cd copies/first && expect 0 "20 s simulated" run first --policy static && cd ../..

# Without a folder, into the present one. Nothing is overwritten, and nothing is left of a copy that cannot be whole.
mkdir flat && cd flat || exit 1
expect 0 "./first.json" copy first
grep -qF "weir check ./first.json" "$folder/err" || fail "copy does not say what is next"
expect 0 "./smart-city.json" copy smart-city --quiet
empty err
echo mine >first.json
expect 3 "./first.json: is there already and would be overwritten; nothing is copied" copy first
expect 3 "./first.json: is there already" copy distance
[ "$(cat first.json)" = mine ] || fail "copy has overwritten a file"
[ ! -e distance.json ] || fail "half a copy"
ln -s nowhere city.xml
expect 3 "./city.xml: is there already" copy city
[ ! -e city.json ] || fail "half a copy"
expect 3 "cannot make this folder" copy first two-tier.xml/below
expect 2 "the name of a folder is missing" copy first ""
expect 2 "what to work on is missing: weir copy NAME [FOLDER]" copy
expect 2 '"c" is one argument too many' copy first b c
mkdir closed && chmod a-w closed
if [ ! -w closed ]; then
    expect 3 "closed/first.json: cannot be written" copy first closed
fi
finish

#!/usr/bin/env bash
# The completion of bash, called as bash calls it: what it offers is what help and lists say.
. "$(dirname "$0")/common.sh"
weir=$(readlink -f "$weir")

expect 0 "complete -o default -F _weir weir" completion bash
cp "$folder/out" "$folder/script"
bash -n "$folder/script" || fail "the script is no bash"
. "$folder/script"

# offers WORD...: what is offered for the last word is left in COMPREPLY.
offers()
{
    COMP_WORDS=("$program" "$@")
    COMP_CWORD=$#
    COMPREPLY=()
    _weir
}

# wants LIST WORD...: just these are offered, in any order.
wants()
{
    local word wrong=
    local -A list=() got=()
    for word in $1; do
        list[$word]=wanted
    done
    shift
    offers "$@"
    for word in "${COMPREPLY[@]}"; do
        [ -n "$word" ] || continue
        got[$word]=there
        [ -n "${list[$word]-}" ] || wrong+=" +$word"
    done
    for word in "${!list[@]}"; do
        [ -n "${got[$word]-}" ] || wrong+=" -$word"
    done
    [ -z "$wrong" ] || fail "$*: offers too much (+) or too little (-):$wrong"
}

names()
{
    "$weir" list "$1" | sed -n 's/^\([a-z0-9][a-z0-9_-]*\)[: ].*/\1/p'
}

program=$weir
"$weir" --help >"$folder/program"
commands=$(sed -n '/^commands:/,/^$/s/^  \([a-z-]\+\)  .*/\1/p' "$folder/program")
wants "$commands --help --version" ""
wants "schema selftest sweep" s
wants "$commands" help ""
wants "" no-such-command ""
for command in $commands; do
    [ "$command" != help ] || continue
    wants "$("$weir" help "$command" | sed -n '/^options:/,/^$/s/^  .\{4\}\(--[a-z-]*\).*/\1/p')" "$command" --
done
kinds=$("$weir" generate | sed -n 's/^  \([a-z-]\+\)  .*/\1/p')
wants "$kinds" generate ""
for kind in $kinds; do
    wants "$("$weir" help generate "$kind" | sed -n 's/^  .\{4\}\(--[a-z0-9_-]*\).*/\1/p')" generate "$kind" --
done

policies=$(names policies)
[ "$(wc -w <<<"$policies")" -ge 20 ] || fail "policies: $policies"
for before in "run --policy" "compare x.json -p" "demo --quiet --policy" explain; do
    # shellcheck disable=SC2086 # several words
    wants "$policies" $before ""
done
wants "ds2+nearest ds2+nearest-offload" run --policy ds2+nea
wants "nearest nearest-offload" run --policy = nea
wants "nearest nearest-offload" run --policy "'nea"
metrics=$(names metrics)
wants "$metrics" plot results --metric ""
wants "latency_p99,latency_mean latency_p99,latency_max" compare x.json --metrics latency_p99,latency_m
wants "$metrics" compare x.json --metrics = ""
wants "$(names forecasters)" forecast --models ""
wants "$(names detectors)" detect x.csv -d ""
wants "pdf png svg" plot --as ""
wants "local slurm command" sweep study.json --executor ""
wants "exact theory" selftest ""
wants "$("$weir" help list | sed '/^$/,$d' | tr '|\n' '  ' | sed 's/^usage: weir list \[options\]//')" list ""

# Paths of a scenario, a step at a time. bash breaks words at '=' by itself.
first=workloads/scenarios/first.json
wants "duration= decision_time= decision_host= decision_work=" run --set d
wants "workload.jobs= workload.jobs[0]." run $first --set workload.j
wants "workload.jobs[0].load.kind= workload.jobs[0].load.scale= workload.jobs[0].load.speedup= workload.jobs[0].load.start=
    workload.jobs[0].load.steps= workload.jobs[0].load.steps[0]. workload.jobs[0].load.steps[1]. workload.jobs[0].load.steps[2].
    workload.jobs[0].load.arrivals= workload.jobs[0].load.end= workload.jobs[0].load.count=" \
    compare $first --quiet --set "workload.jobs[0].load."
wants "window=" explain ds2 $first --set wi
wants "" run $first --set duration = 6
wants "duration=" run $first --set = du
cat >"$folder/mine.json" <<END
{"platform": "x.xml", "workload": "load.json", "duration": "1min", "costs": {"start": "2s"}, "# note": 1,
 "policies": ["static", {"name": "reactive", "high": 0.9}, ["ds2", {"name": "load-balancer"}]]}
END
echo '{"jobs": [{"name": "a", "load": {"kind": "poisson", "rate": "1/s"}, "operators": [{"name": "f", "flops": "1Mf"}]}]}' \
    >"$folder/load.json"
wants "costs.start= costs.stop= costs.checkpoint= costs.restore= costs.each= costs.shared=" run "$folder/mine.json" --set costs.
wants "workload= workload." run "$folder/mine.json" --set workl
wants "workload.jobs[0].load.rate=" run "$folder/mine.json" --set "workload.jobs[0].load.r"
wants "policies= policies[1]. policies[2]= policies[2][1]." run "$folder/mine.json" --set policies
wants "$("$weir" list policies | sed -n '/^reactive:/,/^[a-z]/s/^    \([a-z_]*\) .*/policies[1].\1=/p') policies[1].name=" \
    run "$folder/mine.json" --set "policies[1]."
wants "" run "$folder/absent.json" --set du

# The readers know every key that is offered: none is refused as unknown.
cat >"$folder/all.json" <<END
{"platform": "$PWD/tests/input/valid/two-tier.xml", "duration": "1min", "costs": {}, "record": {}, "recovery": {}, "account": {},
 "policies": ["static", {"name": "reactive"}],
 "workload": {"jobs": [{"name": "a", "source": "edge", "load": {"kind": "poisson", "rate": "1/s"},
                        "operators": [{"name": "f", "flops": "1Mf"}]}]}}
END
expect 0 "" check "$folder/all.json"
tried=0
beginnings=("")
while [ ${#beginnings[@]} -gt 0 ]; do
    next=()
    while IFS= read -r path; do
        case $path in
        *.) next+=("$path") ;;
        *)
            "$weir" explain static "$folder/all.json" --set "$path[]" >"$folder/out" 2>&1 </dev/null
            if grep -qE "unknown key|cannot set" "$folder/out"; then
                fail "--set $path: $(<"$folder/out")"
            fi
            tried=$((tried + 1))
            ;;
        esac
    done < <("$weir" completion paths "$folder/all.json" "${beginnings[0]}")
    beginnings=("${beginnings[@]:1}" "${next[@]}")
done
[ "$tried" -ge 75 ] || fail "only $tried paths were tried"

# Files, by their endings, and folders.
mkdir "$folder/files"
(cd "$folder/files" && touch a.json d.xml e.csv f.csv.gz g.txt && mkdir h)
cd "$folder/files" || exit 1
wants "a.json d.xml e.csv f.csv.gz g.txt h" workflow ""
touch "b c.json"
offers check a.json d.xml b
[ "${COMPREPLY[*]}" = "b c.json" ] || fail "more files: ${COMPREPLY[*]}"
rm "b c.json"
wants "d.xml h" check --platform ""
wants "e.csv f.csv.gz h" detect ""
wants "h" run --output ""
wants "h" report ""
wants "a.json autoscalers" sweep a

# Scenarios and studies by name, from the program that the line begins with.
cat >"$folder/program" <<'END'
#!/bin/sh
case $* in
"list scenarios") printf 'first: three policies: no more\ndemos/wide: 20 sites\n' ;;
"list studies") echo "days: many of them" ;;
*) exit 2 ;;
esac
END
chmod +x "$folder/program"
program=$folder/program
wants "demos/wide first a.json h" run -q --policy ds2 ""
wants "first" compare fi
wants "demos/wide" explain ds2 de
wants "days a.json h" sweep ""
wants "days demos/wide first" copy ""
wants "h" copy first ""
wants "$("$weir" help demo | sed -n 's/^  \([a-z]*\)   .*/\1/p') demos/wide first a.json h" demo ""
wants "a.json d.xml days demos/wide e.csv f.csv.gz first g.txt h" check a.json ""
cd "$OLDPWD" || exit 1
program=$weir
mkdir "$folder/empty"
cd "$folder/empty" || exit 1
wants "$("$weir" list scenarios | sed 's/: .*//')" run ""
wants "$("$weir" list studies | sed 's/: .*//')" sweep ""
cd "$OLDPWD" || exit 1
wants "workload.jobs= workload.jobs[0]." run first --set workload.j

expect 2 '"zsh" is neither bash nor paths' completion zsh
expect 2 '"x" is one argument too many' completion bash x
expect 3 "absent.json" completion paths absent.json
expect 3 'did you mean "first"' completion paths firsd
finish

#!/usr/bin/env bash
# The shipped studies of offloading run, with one drawn case each and few policies, and show what their figures are to show.
. "$(dirname "$0")/common.sh"

# study NUMBER POLICY...: latency_mean by policy and configuration, a row each, into $folder/means
study()
{
    local number=$1 policies
    shift
    policies=$(printf '"%s",' "$@")
    # policies that go over lines are replaced whole; paths are seen from where the study is
    sed -E -e "s#\"\.\./scenarios#\"$PWD/workloads/scenarios#; s#\"\.\./\.\./platforms#\"$PWD/platforms#g" \
        -e 's/"runs": [0-9]+/"runs": 1/' -e "/\"policies\": \[/,/^ *\]/d" "workloads/studies/offloading-$number.json" |
        sed "s#^\( *\"scenario\":.*\)#\1 \"policies\": [${policies%,}],#" >"$folder/study.json"
    expect 0 "runs" sweep "$folder/study.json" -o "$folder/study-$number" --no-report
    # what is in quotes may hold commas, and is not looked at
    sed -E 's/"([^"]|"")*"/quoted/g' "$folder/study-$number/aggregate.csv" | awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i }
        NR > 1 && $at["metric"] == "latency_mean" { print $at["policy"], $at["mean"] }' >"$folder/means"
}

# means POLICY COUNT: its latencies, in order; there must be so many
means()
{
    [ "$(awk -v policy="$1" '$1 == policy' "$folder/means" | wc -l)" -eq "$2" ] || fail "study $number: not $2 latencies of $1"
    awk -v policy="$1" '$1 == policy { print $2 }' "$folder/means"
}

# in_order rising|falling: what comes in, without ties
in_order()
{
    awk -v sign="$([ "$1" = rising ] && echo 1 || echo -1)" 'NR > 1 && sign * ($1 - last) <= 0 { exit 1 } { last = $1 }'
}

number=4
study 4 optimal dwo random-offload
best=$(means optimal 1)
for policy in dwo random-offload; do
    means $policy 1 | awk -v best="$best" '{ exit !($1 >= best * (1 - 1e-6)) }' || fail "study 4: $policy is below the optimum, $best s"
done
while read -r number count order; do
    study "$number" dwo nearest-offload
    if [ "$order" != any ]; then
        means dwo "$count" | in_order "$order" || fail "study $number: latencies are not $order: $(means dwo "$count" | tr '\n' ' ')"
    fi
    paste <(means dwo "$count") <(means nearest-offload "$count") | awk '{ dwo += $1; near += $2 } END { exit !(dwo < near) }' ||
        fail "study $number: dwo is not below nearest-offload"
done <<'END'
8 4 falling
9 4 falling
10 3 any
11 4 rising
12 4 rising
END
finish

#!/usr/bin/env bash
# weir sweep on the real engine: what is varied has the effect that it must have, and runs are those of weir run.
. "$(dirname "$0")/common.sh"
study=tests/input/studies/grid.json # load 300, 450 /s x latency 5, 20, 80 ms x high 0.7, 0.9; static, reactive; 2 seeds

expect 0 "48 runs, 36 of them with inputs of their own" sweep $study -o "$folder/o" -j 2 # static knows no "high"

# value FILE COLUMN CONDITION...: the fields of rows in which all conditions hold (column=value), summed, by header names
value()
{
    local file=$1 column=$2
    shift 2
    awk -F, -v column="$column" -v conditions="$*" '
        NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; n = split(conditions, want, " "); next }
        { good = 1
          for (i = 1; i <= n; i++) {
              equals = index(want[i], ":")
              if ($(at[substr(want[i], 1, equals - 1)]) != substr(want[i], equals + 1)) good = 0
          }
          if (good) sum += $(at[column]) }
        END { printf "%.9f", sum }' "$file"
}

# The link's latency goes into the network part, second by second: 20 - 5 ms and 80 - 20 ms more. What is sent does not
# fill the link, so that nothing else about it changes but for the rounding of batches.
for seed in 1 2; do
    previous=0 before=0
    for latency in 0.005 0.020 0.080; do
        ms=$(awk "BEGIN { print $latency * 1000 }")
        network=$(value "$folder/o/summary.csv" network "//link[@id='backhaul']/@latency:${ms}ms" \
            workload.jobs[0].load.rate:300/s policies[1].high:0.7 policy:static seed:$seed)
        awk "BEGIN { d = ($network - $before) - ($latency - $previous); exit !(d * d < 4e-8 || $previous == 0) }" ||
            fail "seed $seed: the network takes $network s at $latency s, and $before s at $previous s"
        previous=$latency before=$network
    done
done

# The mean over seeds.
mean=$(value "$folder/o/aggregate.csv" mean configuration:1 policy:static metric:latency_mean)
sum=$(value "$folder/o/summary.csv" latency_mean configuration:1 policy:static)
awk "BEGIN { d = $mean - $sum / 2; exit !(d * d < 1e-16) }" || fail "mean $mean of runs that sum up to $sum"

# Without an XPath a run has the key and the results of weir run.
cat >"$folder/plain.json" <<END
{"scenario": "$PWD/tests/input/cli-real.json", "policies": ["ds2"], "seeds": [5],
 "grid": {"workload.jobs[0].load.rate": ["300/s"], "duration": [40],
          "anomalies": [[{"kind": "erratic", "host": "edge2", "up": {"mean": "9s"}, "down": {"mean": "5s"}}]]}}
END
expect 0 "1 of 1 runs finished" sweep "$folder/plain.json" -o "$folder/p"
expect 0 "extracted" sweep "$folder/plain.json" -o "$folder/p" --extract 1
extracted=$(cat "$folder/out")
expect 0 "throughput" run tests/input/cli-real.json --policy ds2 --seed 5 --set workload.jobs[0].load.rate=300/s \
    --set duration=40 -o "$folder/run" --quiet \
    --set 'anomalies=[{"kind": "erratic", "host": "edge2", "up": {"mean": "9s"}, "down": {"mean": "5s"}}]'
same "$folder/run/windows.csv" "$extracted/windows.csv"
same "$folder/run/decisions.csv" "$extracted/decisions.csv"
same "$folder/run/anomalies.csv" "$extracted/anomalies.csv"
for key in key checksum inputs_hash; do
    [ "$(grep "\"$key\":" "$folder/run/result.json")" = "$(grep "\"$key\":" "$extracted/result.json")" ] ||
        fail "$key of weir run and weir sweep differ"
done

# Profiles that an edited platform names are found beside its file.
cat >"$folder/city.json" <<END
{"platform": "$PWD/tests/input/valid/platform-city.xml", "duration": "30s",
 "workload": {"jobs": [{"name": "j", "source": {"tier": "edge"}, "load": {"kind": "constant", "rate": "5/s"},
                        "operators": [{"name": "a", "flops": "1Mf"}]}]}}
END
cat >"$folder/study.json" <<END
{"scenario": "city.json", "grid": {"//link/@latency": ["1ms", "2ms"]}}
END
expect 0 "2 of 2 runs finished" sweep "$folder/study.json" -o "$folder/city"
finish

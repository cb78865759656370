#!/usr/bin/env bash
# What windows.csv holds: what check tells before, what a run leaves, compressed by name, and what is left out of files that would be
# too large.
. "$(dirname "$0")/common.sh"
# with RECORD [DURATION]: the scenario with that in it.
with()
{
    sed -e "s|valid/two-tier.xml|$PWD/tests/input/valid/two-tier.xml|" -e "s|\"duration\": \"60s\"|\"duration\": \"${2-60s}\", \"record\": $1|" \
        tests/input/cli-real.json >"$folder/s.json"
}
run()
{
    expect 0 "" run "$folder/s.json" -p static -q "$@"
}

# The rows that check tells are about those that there are, whatever is recorded.
for record in '{}' '{"operators": false}' '{"hosts": false, "links": false}' '{"operators": false, "hosts": false, "links": false}'; do
    with "$record"
    expect 0 "windows.csv: about" check "$folder/s.json"
    read -r rows size unit < <(sed -n 's/.*windows.csv: about \([0-9.e+]*\) rows, \([0-9.]*\) \(k*M*B\)$/\1 \2 \3/p' "$folder/out")
    run -o "$folder/told" -f
    awk -v told="$rows" -v size="$size" -v unit="$unit" '{bytes += length($0) + 1} END {
        size *= unit == "kB" ? 1e3 : unit == "MB" ? 1e6 : 1
        exit !(told > 0.75 * (NR - 1) && told < 1.34 * (NR - 1) && size > 0.75 * bytes && size < 1.34 * bytes)
    }' "$folder/told/windows.csv" || fail "record $record: told $rows rows, $size $unit; there are $(wc -lc <"$folder/told/windows.csv")"
    "$weir" check "$folder/s.json" --json >"$folder/out"
    json "check --json"
    grep -q '"file":.*"windows.csv"' "$folder/out" || fail "check --json does not name the file"
done

with '{}'
# By name: the same rows in windows.csv.gz, which report, plot and detect read.
run -o "$folder/plain" --set 'record={"compress": "none"}'
run -o "$folder/packed" --set 'record={"compress": "gzip"}'
[ -e "$folder/packed/windows.csv" ] && fail "both are there"
gzip -t "$folder/packed/windows.csv.gz" || fail "is no gzip"
gzip -dc "$folder/packed/windows.csv.gz" | cmp - "$folder/plain/windows.csv" || fail "other rows when compressed"
with '{"compress": "gzip"}'
expect 0 "windows.csv.gz: about" check "$folder/s.json"
with '{}'
for way in plain packed; do
    expect 0 "" report "$folder/$way" -o "$folder/$way.html"
    expect 0 "" plot "$folder/$way" -m latency_p95 --over time --script -o "$folder/$way.pdf"
    sed -i "s/$way/way/g" "$folder/$way.html" "$folder/$way.gp"
done
same "$folder/plain.gp" "$folder/packed.gp"
grep -o '"series":.*' "$folder/plain.html" >"$folder/a"
grep -o '"series":.*' "$folder/packed.html" >"$folder/b"
same "$folder/a" "$folder/b"
[ -s "$folder/a" ] || fail "no series in the page"
run -o "$folder/packed" --set 'record={"compress": "none"}' -f
[ -e "$folder/packed/windows.csv.gz" ] && fail "the compressed file of the run before is still there"
run -o "$folder/packed" --set 'record={"compress": "gzip"}' -f
truncate -s -9 "$folder/packed/windows.csv.gz"
expect 0 "windows.csv.gz: is cut short or edited" report "$folder/packed"
with '{"compress": "zip"}'
expect 3 'record.compress:' check "$folder/s.json"

# By size: compressed beyond 64 MB; beyond 1 GB, rows are left out that nobody has asked for, the least told of first.
with '{}' 300h
expect 0 "windows.csv.gz: about" check "$folder/s.json"
grep -q remark "$folder/out" && fail "a remark on a file that is not too large: $(cat "$folder/out")"
with '{}' 100000h
expect 0 'rows of links are left out; "record": {"links": true} has them' check "$folder/s.json"
expect 0 'rows of hosts are left out; "record": {"hosts": true} has them' check "$folder/s.json"
with '{"links": true}' 100000h
expect 0 'rows of hosts are left out' check "$folder/s.json"
grep -q "rows of links are left out" "$folder/out" && fail "what was asked for is left out"
finish

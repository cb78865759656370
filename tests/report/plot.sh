#!/usr/bin/env bash
# Figures by gnuplot: what comes out, that the script can be run again, what is said when something is wrong. Exit code 77 skips.
. "$(dirname "$0")/../cli/common.sh"

"$weir" compare tests/input/cli-real.json -p static -p '{"name": "reactive", "label": "`touch here`"}' -o "$folder/c" -q >/dev/null 2>&1 ||
    "$weir" compare tests/input/cli-real.json -o "$folder/c" -q >/dev/null
"$weir" sweep tests/report/study.json -o "$folder/s" -q

# Without gnuplot the script is written, and the message says what to do.
mkdir "$folder/bare"
PATH=$folder/bare "$weir" plot "$folder/c" -m latency_p99 2>"$folder/err"
[ $? -eq 3 ] || fail "exit code without gnuplot"
grep -q "gnuplot is not there: install it (Debian: gnuplot-nox) and run \`gnuplot $folder/c/latency_p99.gp\`" "$folder/err" ||
    fail "without gnuplot: $(cat "$folder/err")"
[ -s "$folder/c/latency_p99.gp" ] || fail "no script without gnuplot"

expect 2 'plot: give --metric NAME' plot "$folder/c"
expect 2 'there is no "latency_p9" in these results; did you mean "latency_p95"?' plot "$folder/c" -m latency_p9
expect 2 'there is no "cost" in these results; there are: ingress_rate' plot "$folder/c" -m cost --over time
expect 2 '--over: there is no "tme" in these results; did you mean "time"?' plot "$folder/c" -m cost --over tme
expect 2 '--as: "gif" is none; there are pdf, svg and png' plot "$folder/c" -m cost --as gif
expect 2 '--over: there is no "hgh"' plot "$folder/s" -m cost --over hgh
expect 3 'is no folder' plot nowhere -m cost
expect 3 'cannot write' plot "$folder/c" -m cost -o "$folder/nowhere/x.pdf"

# The numbers of the script are those of summary.csv (throughput has no unit to be scaled by).
expect 0 "its script is $folder/c/throughput.gp" plot "$folder/c" -m throughput --script
awk -F, '$2 == "throughput" || $3 == "throughput" {printf "%.8g\n", ($2 == "throughput" ? $6 : $7)}' "$folder/c/summary.csv" >"$folder/wanted"
sed -n '/<< END/,/^END/p' "$folder/c/throughput.gp" | awk 'NF == 4 && $2 != "<<" {print $2}' >"$folder/got"
same "$folder/wanted" "$folder/got"
[ -s "$folder/got" ] || fail "no numbers in the script"
finish

if ! command -v gnuplot >/dev/null; then
    echo "skipped: there is no gnuplot"
    exit 77
fi

# figure FILE MARK weir's arguments...: the file begins with the mark.
figure()
{
    local file=$1 mark=$2
    shift 2
    expect 0 "the figure is $file" plot "$@"
    grep -qi warning "$folder/err" && fail "gnuplot warns: $(cat "$folder/err")"
    head -c 60 "$file" | grep -qaF "$mark" || fail "$file is no $mark"
}
figure "$folder/c/latency_mean.pdf" %PDF "$folder/c" -m latency_mean
grep -qa /FontFile "$folder/c/latency_mean.pdf" || fail "the PDF has no fonts in it"
figure "$folder/c/latency_p95-over-time.svg" '<?xml' "$folder/c" -m latency_p95 --over time --as svg
figure "$folder/dist.png" PNG "$folder/c" --over share -o "$folder/dist.png"
figure "$folder/high.svg" '<?xml' "$folder/s" -m latency_p95 --over high -o "$folder/high.svg"
rm "$folder/high.svg"
gnuplot "$folder/high.gp" || fail "the script does not run by itself"
[ -s "$folder/high.svg" ] || fail "the script by itself makes no figure"
[ -e here ] && fail "a policy's name was run as a command"
finish

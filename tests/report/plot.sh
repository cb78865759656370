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

# What is asked for is what stands in the script.
script()
{
    expect 0 'its script is' plot "$@" -o "$folder/x.svg" --script
    gp=$(<"$folder/x.gp")
}
# has PART...: the last script has these lines.
has()
{
    local part
    for part; do
        grep -qxF -e "$part" <<<"$gp" || fail "the script has no line \"$part\""
    done
}
expect 2 '--log: "z" is none of none, x, y and xy' plot "$folder/c" -m cost --log z
expect 2 '--log: bars stand on an axis without numbers; it can be y or none' plot "$folder/c" -m cost --log xy
expect 2 '--log: the values of uplink latency are side by side' plot "$folder/s" -m cost --log x --spacing even
expect 2 '--spacing: "odd" is none of value and even' plot "$folder/s" -m cost --spacing odd
expect 2 '--spacing is for the values of a sweep' plot "$folder/c" -m cost --spacing even
expect 2 '--time-unit is for --over time' plot "$folder/c" -m cost --time-unit h
expect 2 '--time-unit: there is no "hours" in these results; there are: s, min, h, d' plot "$folder/c" -m backlog --over time --time-unit hours
expect 2 '--unit: this metric has no unit "GB"; there are: h, min, s, ms, µs' plot "$folder/c" -m latency_p95 --unit GB
expect 2 '--unit: this metric has no unit "ms"; there are: none' plot "$folder/c" -m rescales --unit ms
expect 2 '--policy: there is no "statik" in these results; did you mean "static"?' plot "$folder/c" -m cost -p statik
expect 2 '--name: there is no "statik" in these results; did you mean "static"?' plot "$folder/c" -m cost --name statik=x
expect 2 '--name: "static" is not LABEL=TEXT' plot "$folder/c" -m cost --name static
expect 2 '--font: "3" is no number of points from 4 to 24' plot "$folder/c" -m cost --font 3
expect 2 '--columns' plot "$folder/c" -m cost --columns 3

# Policies in the order asked for, each with the line that it has in every figure, under the name given.
script "$folder/s" -m latency_p95 --over latency -p reactive -p static -p reactive --name 'static=as it is'
has 'plot $line1 using 1:2:3:4 with yerrorlines linetype 2 title '"'reactive'"', \' "     \$line0 using 1:2:3:4 with yerrorlines linetype 1 title 'as it is'"
[ "$(grep -c '^$line. << END' <<<"$gp")" = 2 ] || fail "a policy is drawn twice"
script "$folder/s" -m latency_p95 --over latency -p reactive
[ "$(grep -c '^$line. << END' <<<"$gp")" = 1 ] || fail "a policy is drawn that is not asked for"

# Titles have units, those of what was varied, too; they can be given.
has "set xlabel 'uplink latency (ms)'" "set ylabel 'latency p95 (ms)'"
script "$folder/s" -m latency_p95 --over high --xlabel 'threshold' --ylabel "seconds" --title "O'Brien" --unit s
has "set xlabel 'threshold'" "set ylabel 'seconds'" $'set title \'O\342\200\231Brien\''
script "$folder/s" -m latency_p95 --over high
has "set xlabel 'reactive high'" "set xrange [0.484:0.916]"

# The data: means over what else was varied, taken anew from aggregate.csv; the same in another unit.
means()
{
    awk -F, -v policy="$1" -v size="$2" 'NR > 1 && $5 == policy && $6 == "latency_p95" {sum[$2] += $10; n[$2]++}
        END {for (v in sum) printf "%s %.6g\n", v + 0, sum[v] / n[v] / size}' "$folder/s/aggregate.csv" | sort -n
}
drawn()
{
    sed -n "/^\$line$1 << END/,/^END/p" <<<"$gp" | awk 'NF == 4 {printf "%s %.6g\n", $1, $2}'
}
for unit in ms:0.001 s:1 us:1e-6; do
    script "$folder/s" -m latency_p95 --over latency --unit "${unit%:*}"
    [ "$(means reactive "${unit#*:}")" = "$(drawn 1)" ] || fail "in ${unit%:*}: $(drawn 1), wanted $(means reactive "${unit#*:}")"
done
has "set ylabel 'latency p95 (µs)'"
script "$folder/s" -m latency_p95 --over latency --spacing even
[ "$(drawn 1 | cut -d' ' -f1 | paste -sd' ')" = "0 1 2" ] || fail "side by side: $(drawn 1)"
has "set xtics ('5ms' 0, '20ms' 1, '80ms' 2)" "set xlabel 'uplink latency'"

# Times in minutes are a sixtieth of those in seconds.
script "$folder/c" -m backlog --over time
seconds=$(sed -n '/<< END/,/^END/p' <<<"$gp" | awk 'NF == 2 {printf "%.6g %s\n", $1 / 60, $2}')
has "set xlabel 'time (s)'"
script "$folder/c" -m backlog --over time --time-unit min
[ "$(sed -n '/<< END/,/^END/p' <<<"$gp" | awk 'NF == 2 {printf "%.6g %s\n", $1, $2}')" = "$seconds" ] || fail "minutes"
[ -n "$seconds" ] || fail "no numbers over time"
has "set xlabel 'time (min)'"

# What a logarithmic axis cannot have is told, and counted.
zeros=$(awk '$2 == 0 {n++} END {print n + 0}' <<<"$seconds")
expect 0 "$zeros value" plot "$folder/c" -m backlog --over time --log y -o "$folder/x.svg" --script
grep -q 'of 0 or less: a logarithmic axis has no place for' "$folder/err" || fail "zeros are not told"
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

# Where points lie, against arithmetic. at FILE MARK: "x y" in dots of the points of a sort, their white rims left out, which
# gnuplot 6 writes on lines of their own.
at()
{
    sed -n "/#FFFFFF/!s/.*#gpPt$2' transform='translate(\([0-9.]*\),\([0-9.]*\)).*/\1 \2/p" "$1" | head -3
}
"$weir" plot "$folder/s" -m latency_p95 --over latency -o "$folder/linear.svg" -q || fail "linear"
at "$folder/linear.svg" 6 | awk '{x[NR] = $1} END {exit !(NR == 3 && ((x[3] - x[2]) / (x[2] - x[1]) - (80 - 20) / (20 - 5)) ^ 2 < 1e-3)}' ||
    fail "5, 20 and 80 ms lie at $(at "$folder/linear.svg" 6)"
"$weir" plot "$folder/s" -m latency_p95 --over latency --log x -o "$folder/log.svg" -q || fail "log"
at "$folder/log.svg" 6 | awk '{x[NR] = $1} END {exit !(NR == 3 && ((x[3] - x[2]) / (x[2] - x[1]) - 1) ^ 2 < 1e-3)}' ||
    fail "5, 20 and 80 ms lie on a logarithmic axis at $(at "$folder/log.svg" 6)"
# The height is that of the value, by the places of two tics ("0" and "20" of the y axis).
tic()
{
    grep -A1 "text-anchor=\"end\"" "$1" | awk -v text="$2" '/<path/ {split($0, d, /[ ,]/); for (i in d) if (d[i] ~ /^d=/) y = d[i + 1]}
        $0 ~ ">" text "<" {print y; exit}'
}
y=$(at "$folder/linear.svg" 6 | awk 'NR == 3 {print $2}')
wanted=$(means static 0.001 | awk 'NR == 3 {print $2}')
awk -v y="$y" -v zero="$(tic "$folder/linear.svg" 0)" -v twenty="$(tic "$folder/linear.svg" 20)" -v wanted="$wanted" \
    'BEGIN {got = (zero - y) / (zero - twenty) * 20; exit !(got > wanted - 0.1 && got < wanted + 0.1)}' ||
    fail "the point of $wanted ms lies at $y, the tics at $(tic "$folder/linear.svg" 0) and $(tic "$folder/linear.svg" 20)"
"$weir" plot "$folder/s" -m latency_p95 --over latency --log y -o "$folder/log.svg" -q || fail "log"
y=$(at "$folder/log.svg" 6 | awk 'NR == 3 {print $2}')
awk -v y="$y" -v ten="$(tic "$folder/log.svg" 10)" -v hundred="$(tic "$folder/log.svg" 100)" -v wanted="$wanted" \
    'BEGIN {got = 10 * exp((ten - y) / (ten - hundred) * log(10)); exit !(got > wanted * 0.99 && got < wanted * 1.01)}' ||
    fail "the point of $wanted ms lies at $y of a logarithmic axis"

# Sizes: a column of 8.5 cm, two of 17.8 cm, in points of 1/72 and dots of 1/96 and 1/300 inch; letters as large as asked for.
"$weir" plot "$folder/c" -m latency_mean -q -o "$folder/wide.pdf" --columns 2 || fail "wide"
# The width of a PDF in mm; newer Cairos pack the objects that say so.
width_of()
{
    python3 - "$1" <<'END'
import re, sys, zlib
pdf = open(sys.argv[1], "rb").read()
for packed in re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.S):
    try:
        pdf += zlib.decompress(packed)
    except zlib.error:
        pass
print(int(float(re.search(rb"MediaBox\s*\[\s*0 0 ([0-9.]+)", pdf)[1]) / 72 * 25.4 + 0.5))
END
}
width=$(width_of "$folder/wide.pdf")
[ "$width" = 178 ] || fail "two columns are $width mm wide"
width=$(width_of "$folder/c/latency_mean.pdf")
[ "$width" = 85 ] || fail "a column is $width mm wide"
grep -q '^ width="321"' "$folder/linear.svg" || fail "an SVG of 8.5 cm has $(grep width= "$folder/linear.svg" | head -1)"
"$weir" plot "$folder/c" -m latency_mean -q -o "$folder/large.svg" --font 9 || fail "font"
[ "$(grep -o 'font-size="[0-9.]*"' "$folder/large.svg" | sort -u)" = 'font-size="12.00"' ] || fail "9 points are not 12 dots of 1/96 inch"
finish

#!/usr/bin/env bash
# accuracy.sh WEIR [SERIES...]: one-step errors on the reference's own inputs, against its figures. Needs the shared data
# (WEIR_SHARED_DATA), and Python with NumPy, SciPy, pandas and PyTorch to write those inputs; skips without.
#
# SMAPE in % as the reference prints it, to three digits; forecasts without a search must repeat them, those of a search
# come within the last column (another local minimum). ARIMA "exact" is the default; the reference maximises the
# conditional likelihood, from another start.
set -u
weir=$(readlink -f "$1")
shift
maker=${WEIR_SHARED_DATA-}/../ref/forecast_table.py
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

python=
for candidate in python3 /usr/bin/python3; do
    if $candidate -c "import numpy, scipy, pandas, torch" 2>/dev/null; then
        python=$candidate
    fi
done
if [ -z "${WEIR_SHARED_DATA-}" ] || [ ! -f "$maker" ] || [ -z "$python" ]; then
    echo "skipped: no shared data, or no Python with PyTorch"
    exit 77
fi

# series, minutes a step, model, SMAPE wanted, tolerance
cat >"$folder/wanted" <<'END'
iot5 5 last 3.360 0.0006
iot5 5 seasonal 3.945 0.0006
iot5 5 seasonal:period=7d 3.366 0.0006
iot5 5 moving-average 2.748 0.0006
iot5 5 linear:seasonal=false 2.731 0.0006
iot5 5 linear 2.724 0.0006
iot5 5 arima 2.720 0.01
iot5 5 arima:likelihood=conditional 2.720 0.01
iot5 5 arima:d=1 2.742 0.01
iot5 5 prophet 3.636 0.005
iot5 5 prophet:refit=1d 3.533 0.005
taxi5 5 last 0.390 0.0006
taxi5 5 seasonal 1.632 0.0006
taxi5 5 seasonal:period=7d 1.157 0.0006
taxi5 5 moving-average 0.440 0.0006
taxi5 5 linear:seasonal=false 0.327 0.0006
taxi5 5 linear 0.305 0.0006
taxi5 5 arima 0.359 0.01
taxi5 5 arima:likelihood=conditional 0.359 0.01
taxi5 5 arima:d=1 0.351 0.01
taxi5 5 prophet 2.853 0.005
taxi5 5 prophet:refit=1d 1.869 0.005
iot2 2 last 3.364 0.0006
iot2 2 seasonal 4.023 0.0006
iot2 2 seasonal:period=7d 3.404 0.0006
iot2 2 moving-average 2.629 0.0006
iot2 2 linear:seasonal=false 2.607 0.0006
iot2 2 linear 2.601 0.0006
iot2 2 arima 2.615 0.03
iot2 2 prophet 3.482 0.005
iot1 1 last 3.277 0.0006
iot1 1 seasonal 3.955 0.0006
iot1 1 seasonal:period=7d 3.351 0.0006
iot1 1 moving-average 2.552 0.0006
iot1 1 linear:seasonal=false 2.545 0.0006
iot1 1 linear 2.542 0.0006
iot1 1 arima 2.541 0.03
iot1 1 prophet 3.971 0.005
green5 5 last 3.691 0.0006
green5 5 seasonal 3.892 0.0006
green5 5 seasonal:period=7d 3.415 0.0006
green5 5 moving-average 2.872 0.0006
green5 5 linear:seasonal=false 2.851 0.0006
green5 5 linear 2.800 0.0006
green5 5 arima 2.845 0.03
green5 5 prophet 3.187 0.005
green5 5 prophet:refit=1d 3.392 0.005
green2 2 last 4.571 0.0006
green2 2 seasonal 4.793 0.0006
green2 2 seasonal:period=7d 4.439 0.0006
green2 2 moving-average 3.563 0.0006
green2 2 linear:seasonal=false 3.582 0.0006
green2 2 linear 3.552 0.0006
green2 2 arima 3.574 0.03
green2 2 prophet 3.752 0.005
green1 1 last 4.960 0.0006
green1 1 seasonal 5.127 0.0006
green1 1 seasonal:period=7d 4.925 0.0006
green1 1 moving-average 3.956 0.0006
green1 1 linear:seasonal=false 4.026 0.0006
green1 1 linear 4.002 0.0006
green1 1 arima 3.985 0.03
green1 1 prophet 4.138 0.005
retail5 5 last 1.646 0.0006
retail5 5 seasonal 2.699 0.0006
retail5 5 seasonal:period=7d 1.986 0.0006
retail5 5 moving-average 1.424 0.0006
retail5 5 linear:seasonal=false 1.374 0.0006
retail5 5 linear 1.365 0.0006
retail5 5 arima 1.401 0.04
retail5 5 arima:likelihood=conditional 1.401 0.01
retail5 5 prophet 2.461 0.005
retail5 5 prophet:refit=1d 2.035 0.005
iot5raw 5 last 0.213 0.0006
iot5raw 5 seasonal 1.466 0.0006
iot5raw 5 seasonal:period=7d 0.371 0.0006
iot5raw 5 moving-average 0.312 0.0006
iot5raw 5 linear:seasonal=false 0.066 0.0006
iot5raw 5 linear 0.056 0.0006
iot5raw 5 arima 0.071 0.01
iot5raw 5 prophet 2.494 0.005
iot5raw 5 prophet:refit=1d 2.685 0.005
END
names=${*:-$(cut -d' ' -f1 "$folder/wanted" | uniq)}
$python "$maker" --dump "$folder" --sets "$(tr ' \n' ',,' <<<"$names" | sed 's/,*$//')" || exit 1

failures=0
for name in $names; do
    minutes=$(awk -v n="$name" '$1 == n { print $2; exit }' "$folder/wanted")
    models=$(awk -v n="$name" '$1 == n { printf "%s%s", c++ ? "," : "", $3 }' "$folder/wanted")
    awk -v step=$((60 * minutes)) 'NR == 1 { print "time,value"; next } { print (NR - 2) * step "," $1 }' \
        "$folder/$name.csv" >"$folder/series.csv"
    "$weir" forecast "$folder/series.csv" -m "$models,holt-winters,ensemble" -o "$folder/out" -q >"$folder/table" || exit 1
    sed -n '/ ahead/,$p' "$folder/table" | sed "s/^[0-9]* steps* ahead/$name, &/"
    awk -v name="$name" '
        FNR == NR { if ($1 == name) { wanted[$3] = $4; tolerance[$3] = $5 } next }
        FNR == 1 { FS = ","; $0 = $0; next }
        $2 == 1 && ($1 in wanted) {
            seen++
            away = $5 - wanted[$1]
            if (away > tolerance[$1] || -away > tolerance[$1]) {
                printf "FAILED: %s, %s: SMAPE %.4f, wanted %s +- %s\n", name, $1, $5, wanted[$1], tolerance[$1]
                bad = 1
            }
        }
        END { for (m in wanted) rows++; exit bad || seen != rows }' "$folder/wanted" "$folder/out/scores.csv" ||
        failures=$((failures + 1))
    cp "$folder/out/scores.csv" "${WEIR_ACCURACY_KEEP:-$folder}/$name-scores.csv"
done
[ $failures -eq 0 ]

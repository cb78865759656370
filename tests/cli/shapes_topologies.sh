#!/usr/bin/env bash
# Topologies in the formats and shapes that real ones have: what becomes of their nodes and links.
. "$(dirname "$0")/common.sh"
weir=$(realpath "$weir")
"$PWD/tests/input/make-shapes" "$folder/shapes" || fail "make-shapes"
cd "$folder/shapes" || exit 1

# make FILE OPTIONS...: a platform with one host a site, which check takes.
make()
{
    local file=$1
    shift
    "$weir" generate topology --graph "$file" --hosts 1 --devices 0 -o made.xml "$@" 2>"$folder/err" || fail "$file: $(cat "$folder/err")"
    cp "$folder/err" "$folder/told"
    expect 0 "made.xml: ok" check made.xml
}
# told WORDS: a remark of the last make.
told()
{
    grep -qF -e "$1" "$folder/told" || fail "\"$1\" is not told: $(cat "$folder/told")"
}
# links: bandwidths and latencies of the links between sites, as bandwidth/latency.
links()
{
    sed -n 's/.*<link id="site-[^"]*--site-[^"]*" bandwidth="\([^"]*\)" latency="\([^"]*\)".*/\1\/\2/p' made.xml | sort | uniq -c |
        awk '{ printf("%s%s x %s", (NR > 1) ? ", " : "", $1, $2) }'
}
for file in zoo.gml native.txt sndlib.xml names.json; do
    make $file
    [ "$(grep -c '<zone id="site-' made.xml)" -eq 3 ] || fail "$file: not three sites"
    # The sides of 10 degrees are as long as each other, the third is 1.41 times that.
    latencies=$(grep -oE '<link id="[^"]*" bandwidth="[^"]*" latency="[^"]*' made.xml | grep -v "lan" | sed 's/.*latency="//' | sort -u | tr '\n' ' ')
    [ -n "$latencies" ] || fail "$file: no latencies"
    if [ $file = zoo.gml ]; then
        wanted=$latencies
    fi
    [ "$latencies" = "$wanted" ] || fail "$file: latencies are $latencies, not $wanted"
done
make zoo.gml
told "zoo.gml: 1 links are between nodes that others join, too; they are merged, with the sum of their bandwidths"
told "zoo.gml: 1 links from a node to itself are left out"
grep -q 'bandwidth="3Gbps"\|bandwidth="3e+09\|375000000' made.xml || fail "1 and 2 Gbit/s are not 3: $(grep '<link' made.xml)"
make names.json
told "names.json: 2 links are between nodes that others join, too; they are merged, the two directions into one duplex link"
grep -q '"2Gbps"' made.xml && fail "two directions of 1 Gbit/s are 2"
make triangle.brite
expect 3 'pixels.xml: node "A" has neither longitude and latitude nor lengths of its links, from which latencies come; --latency gives' \
    generate topology --graph pixels.xml
make pixels.xml --latency 7ms
[ "$(grep -c 'latency="7ms"\|latency="0.007' made.xml)" -ge 3 ] || fail "--latency is not taken: $(grep '<link' made.xml)"
expect 3 'node "6" has no link; give it one, leave it out, or take --largest-component' generate topology --graph islands.gml --latency 1ms
make islands.gml --latency 1ms --largest-component
told "islands.gml: the largest component has 3 of the 6 nodes; the others are left out"
[ "$(grep -o 'site-[0-9]"' made.xml | sort -u | tr -d '\n')" = 'site-3"site-4"site-5"' ] || fail "not the largest component"
expect 3 "events.csv: is no topology that weir can read; it takes GraphML, GML, JSON" generate topology --graph events.csv
sed 's/\]$//' zoo.gml >open.gml
expect 3 "a ']' is missing" generate topology --graph open.gml
sed 's/( A B ) 0/( A X ) 0/' native.txt >unknown.txt
expect 3 'unknown.txt: line 10: there is no node "X"' generate topology --graph unknown.txt
finish

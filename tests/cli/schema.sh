#!/usr/bin/env bash
# The JSON Schema takes what weir takes and refuses what it can tell, as the library jsonschema (python3-jsonschema) judges.
. "$(dirname "$0")/common.sh"

expect 0 '"title":	"A scenario of weir"' schema
json "schema"
expect 0 '"title":	"A study of weir"' schema study
expect 0 '"title":	"A workload of weir"' schema workload
expect 2 'schema: there is no schema of "workloads"; did you mean "workload"?' schema workloads

"$weir" schema >"$folder/scenario.schema.json"
"$weir" schema workload >"$folder/workload.schema.json"
"$weir" schema study >"$folder/study.schema.json"
"$weir" list keys --json >"$folder/keys.json"
"$weir" list policies --json >"$folder/policies.json"
if ! python3 - "$folder" <<'END'; then
import glob, json, sys
import jsonschema
folder = sys.argv[1]
scenario, workload, study, tables, policies = [json.load(open(f"{folder}/{name}.json")) for name in
                                      ("scenario.schema", "workload.schema", "study.schema", "keys", "policies")]
faults = 0


def told(what):
    global faults
    faults += 1
    print(what)


for schema in (scenario, workload, study):
    jsonschema.Draft7Validator.check_schema(schema)
of_scenario, of_workload, of_study = [jsonschema.Draft7Validator(schema) for schema in (scenario, workload, study)]
seen = 0
for path in sorted(glob.glob("workloads/**/*.json", recursive=True)):
    document = json.load(open(path))
    judge = of_workload if "jobs" in document else of_scenario if "platform" in document else of_study if "scenario" in document else None
    if judge is None:
        continue
    seen += 1
    for error in judge.iter_errors(document):
        told(f"{path}: {list(error.path)}: {error.message[:200]}")
if seen < 25:
    told(f"only {seen} files were looked at")


def scenario_with(**keys):
    job = {"name": "j", "source": "h", "load": {"kind": "poisson", "rate": "1/s"}, "operators": [{"name": "o"}]}
    job.update(keys.pop("job", {}))
    job["operators"][0].update(keys.pop("operator", {}))
    return {"platform": "p.xml", "workload": {"jobs": [job]}, "duration": "1min", **keys}


right = [{}, {"#": 1, "// why": 2}, {"policies": ["ds2", ["ds2", "load-balancer"], {"name": "reactive", "high": 0.9},
         {"label": "x", "stack": ["ds2", {"name": "load-balancer", "windows": 2}]}, {"exec": "python3 a.py"},
         {"name": "./mine.so", "what": 1}]}, {"warmup": 0}, {"job": {"edges": [["source", "o"], {"from": "o", "to": "sink"}]}},
         {"operator": {"flops": {"mean": "1Mf", "distribution": "gamma", "cv": 0.5}, "keys": 7}}]
wrong = [{"windw": "1s"}, {"duration": 60}, {"policies": [{"name": "reactive", "hihg": 0.9}]}, {"fairness": "maxmin"},
         {"operator": {"order": "lifo"}}, {"operator": {"batch": {"wait": "1ms"}}}, {"recovery": {"place": "there"}},
         {"recovery": {"restarts": {"strategy": "never"}}}, {"job": {"load": {"kind": "poison", "rate": "1/s"}}},
         {"job": {"load": {"kind": "poisson", "rate": "1/s", "burst": 1}}}, {"job": {"operators": [{"name": "o", "selectivity": -1}]}},
         {"monitor": {"gaps": 1}}, {"faults": [{"hots": "a"}]}, {"energy": "yes"}, {"policies": "ds2"}, {"operator": {"capacity": 0.5}}]
for keys in right:
    for error in of_scenario.iter_errors(scenario_with(**keys)):
        told(f"refused, but right: {keys}: {error.message[:200]}")
for keys in wrong:
    if of_scenario.is_valid(scenario_with(**keys)):
        told(f"taken, but wrong: {keys}")
base = {"scenario": "s.json", "grid": {"duration": ["1s"]}}
for wrong_one in ({"grid": []}, {"keep": "some"}, {"sample": {"runs": 3}}, {"sampel": {}}, {"policies": [3]}):
    if of_study.is_valid({**base, **wrong_one}):
        told(f"taken, but wrong in a study: {wrong_one}")
if not of_study.is_valid({**base, "sample": {"runs": 3, "ranges": {"window": ["1s", "2s"]}}, "policies": ["ds2"]}):
    told("refused, but a right study")
without = scenario_with()
del without["duration"]
if of_scenario.is_valid(without):
    told("taken without a duration")

# Each key of each object is in the schema, with what it means; so is each parameter of each policy.
text = json.dumps([scenario, study])
for table in tables:
    if table["name"].endswith(".PATH"):
        continue  # keys of these objects are paths
    for key in table["params"]:
        if json.dumps(key["help"])[1:-1] not in text:
            told(f"{table['name']}: {key['name']} is not in the schema")
named = {one["properties"]["name"]["const"]: one["properties"] for one in scenario["definitions"]["policy"]["anyOf"]
         if "const" in one.get("properties", {}).get("name", {})}
for policy in policies:
    if policy["name"] != "exec" and {p["name"] for p in policy["params"]} - named[policy["name"]].keys():
        told(f"{policy['name']} lacks parameters")
sys.exit(faults > 0)
END
    echo "FAILED: the schema"
    failures=$((failures + 1))
fi
scripts/docs-tables --check "$weir" || fail "tables of keys in docs"
finish

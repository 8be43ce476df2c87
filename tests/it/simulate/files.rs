//! Manifests and loads from files: names, changes, limits, and what is wrong with them.

use serde_json::Value;

use super::run;
use crate::support::Sandbox;

const HPA: &str = "\
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web, namespace: shop}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
  minReplicas: 2
  maxReplicas: 5
  metrics:
  - type: Resource
    resource: {name: cpu, target: {type: Utilization, averageUtilization: 50}}
";

/// An hour at 15 s: 1 core, then 4 cores for half an hour, then 1 core.
fn load() -> String {
    let mut csv = "time,cpu\n".to_owned();
    for row in 0..240 {
        let cpu = if (60..180).contains(&row) { "4" } else { "1" };
        csv += &format!("{},{cpu}\n", row * 15);
    }
    csv
}

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("hpa.yaml", HPA);
    sandbox.write("load.csv", load());
    sandbox
}

const ALL: &str = "hpa simulate -f hpa.yaml --load load.csv --replicas 2 --request cpu=1";

#[test]
fn other_settings_stand_beside_the_present_ones() {
    let sandbox = sandbox();
    let line = format!(
        "{ALL} --set maxReplicas=10 --case slow --set maxReplicas=10 --set behavior.scaleDown.stabilizationWindowSeconds=900 \
         --pod-hour-cost 0.04 --fail-on minutesAtMax>20 -o json"
    );
    let json = run(&sandbox, &line).code(0).json();
    let names: Vec<&str> =
        json["cases"].as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["replayed", "changed", "slow"]);
    let of = |case: usize, measure: &str| json["cases"][case]["summary"][measure].as_f64().unwrap();
    assert!(of(0, "minutesAtMax") > 29.0 && of(0, "unmetPodMinutes") > 80.0, "{json}");
    assert_eq!((of(0, "highestReplicas"), of(1, "highestReplicas")), (5.0, 8.0));
    assert!(of(1, "unmetPodMinutes") < 5.0 && of(1, "podHours") < of(2, "podHours"));
    assert_eq!(json["cases"][1]["spec"]["maxReplicas"], 10);
    assert_eq!(json["cases"][0]["phases"]["count"], 8);
    assert_eq!(json["trust"]["measured"], false);
    assert!(json["cases"][0].get("decisions").is_none());
    // The limit is for the changed settings; without any it is for the present ones.
    let failed = run(&sandbox, &format!("{ALL} --fail-on minutesAtMax>20")).code(2);
    failed.says("replayed: minutesAtMax>20: it is 3");
    run(&sandbox, &format!("{ALL} --set metrics.cpu.target=80% --fail-on lowestReplicas<2"))
        .code(0);
}

#[test]
fn a_load_with_replicas_says_how_far_it_can_be_trusted() {
    let sandbox = sandbox();
    let decisions = run(&sandbox, &format!("{ALL} --decisions -o json")).code(0).json();
    let decisions = decisions["cases"][0]["decisions"].as_array().unwrap();
    let mut csv = "time,cpu,replicas,ready\n".to_owned();
    for (row, decision) in load().lines().skip(1).zip(decisions) {
        csv += &format!("{row},{},{}\n", decision["current"], decision["ready"]);
    }
    sandbox.write("load.csv", &csv);
    let json = run(&sandbox, "hpa simulate -f hpa.yaml --load load.csv --request cpu=1 -o json")
        .code(0)
        .json();
    assert_eq!(json["trust"]["measured"], true);
    assert_eq!(json["trust"]["equalPercent"], 100.0);
    assert_eq!(json["asItWas"]["summary"]["podHours"], json["cases"][0]["summary"]["podHours"]);
    assert!(json["asItWas"]["censoredMinutes"].as_f64().unwrap() > 28.0);
    let least = |of: &Value| -> Vec<String> {
        of["atLeast"].as_array().unwrap().iter().map(|it| it.as_str().unwrap().to_owned()).collect()
    };
    // What was at the maximum is known; how many pods it would have taken is not.
    assert_eq!(least(&json["asItWas"]), ["unmetPodMinutes", "minutesUnder"]);
    let of_case = least(&json["cases"][0]);
    assert!(
        of_case.contains(&"minutesAtMax".to_owned()) && of_case.contains(&"podHours".to_owned())
    );
    assert_eq!(json["trust"]["comparedPercent"], 100.0);
    assert_eq!(json["load"]["demandKnownPercent"], 100.0);
    let table = run(
        &sandbox,
        "hpa simulate -f hpa.yaml --load load.csv --request cpu=1 --set maxReplicas=9",
    )
    .code(0);
    assert!(table.stdout.contains("AS IT WAS") && table.stdout.contains("Trust: good."), "{table}");
    // Other settings were in force: poor.
    sandbox.write("hpa.yaml", HPA.replace("50", "20").replace("maxReplicas: 5", "maxReplicas: 50"));
    let table = run(&sandbox, "hpa simulate -f hpa.yaml --load load.csv --request cpu=1").code(0);
    assert!(table.stdout.contains("Trust: poor."), "{table}");
}

#[test]
fn what_is_not_known_of_a_load_is_neither_zero_nor_good() {
    let sandbox = sandbox();
    let row = |row: usize, cells: &str| format!("{},{cells}\n", row * 15);
    let simulate = |rows: String, more: &str| {
        sandbox.write("load.csv", &rows);
        let line = format!("hpa simulate -f hpa.yaml --load load.csv --request cpu=1 {more}");
        run(&sandbox, &line)
    };
    // No cpu at all: the replay is like what was, and tells nothing.
    let unknown: String = (0..40).map(|it| row(it, ",2")).collect();
    let output = simulate(format!("time,cpu,replicas\n{unknown}"), "--fail-on unmetPodMinutes>0");
    let output = output.code(3).says("unmetPodMinutes>0: not known");
    assert!(output.stdout.contains("Trust: poor."), "{output}");
    // A third of it is missing.
    let third = (0..60).map(|it| row(it, if it < 20 { ",2" } else { "1,2" }));
    let third: String = third.collect();
    let output = simulate(format!("time,cpu,replicas\n{third}"), "").code(0);
    assert!(output.stdout.contains("Demand: known for 66.7 % of the time"), "{output}");
    // The replicas of one row.
    let one: String = (0..60).map(|it| row(it, if it == 0 { "1,2" } else { "1," })).collect();
    let output = simulate(format!("time,cpu,replicas\n{one}"), "").code(0);
    assert!(output.stdout.contains("Trust: poor."), "{output}");
    assert!(output.stdout.contains("the replicas are known for"), "{output}");
    // A column without any.
    let none: String = (0..60).map(|it| row(it, "1,")).collect();
    let output = simulate(format!("time,cpu,replicas\n{none}"), "--replicas 2").code(0);
    assert!(output.stdout.contains("because the load's column replicas is empty"), "{output}");
    // Replicas that stayed, where the replay follows each wave.
    let waves: String =
        (0..960).map(|it| row(it, if it % 40 < 34 { "1900m,4" } else { "1400m,4" })).collect();
    let fast = "--set behavior.scaleDown.stabilizationWindowSeconds=0";
    sandbox.write(
        "hpa.yaml",
        HPA.to_owned() + "  behavior: {scaleDown: {stabilizationWindowSeconds: 0}}\n",
    );
    let output = simulate(format!("time,cpu,replicas\n{waves}"), fast).code(0);
    assert!(output.stdout.contains("Scalings: there were 0, and the replay has"), "{output}");
    // Nothing follows from their number, in any form.
    let waves = format!("time,cpu,replicas\n{waves}");
    for limit in ["scalings>1", "scalings>100000", "directionChanges<1"] {
        let output = simulate(waves.clone(), &format!("{fast} --fail-on {limit} -o junit"));
        output.code(3).says("not known, because the replay does not scale as often");
    }
    simulate(waves.clone(), "-o csv").code(0).says("Scalings: there were 0, and the replay has");
    let page = simulate(waves, "-o md").code(0).stdout;
    assert!(
        page.contains("Load: load.csv, 960 rows over 4h") && page.contains("Scalings: there"),
        "{page}"
    );
}

#[test]
fn no_limit_passes_or_fails_on_a_poor_replay() {
    let sandbox = sandbox();
    // What one core needs is 2 pods; there were 5 all the time.
    let rows: String = (0..240).map(|row| format!("{},1,5\n", row * 15)).collect();
    sandbox.write("load.csv", format!("time,cpu,replicas\n{rows}"));
    let line = "hpa simulate -f hpa.yaml --load load.csv --request cpu=1";
    for limit in ["unmetPodMinutes>0", "podHours>1000", "podHours>1"] {
        let output = run(&sandbox, &format!("{line} --fail-on {limit} -o junit")).code(3);
        assert!(output.stdout.contains(r#"failures="0" errors="1""#), "{output}");
        output.says("not known, because the replay of the present settings differs too much");
    }
    run(&sandbox, &format!("{line} -o csv")).code(0).says("Trust: poor.");
    run(&sandbox, &format!("{line} -o md")).code(0).quiet();
}

#[test]
fn what_is_wrong_is_named_with_its_place() {
    let sandbox = sandbox();
    let fails = |line: &str, code: i32, says: &str| {
        run(&sandbox, line).code(code).says(says);
    };
    fails("hpa simulate -f hpa.yaml --load load.csv", 64, "--replicas N");
    sandbox.write("negative.csv", "time,cpu,queue\n0,1,-5\n15,-1,0\n");
    let negative = "hpa simulate -f hpa.yaml --load negative.csv --replicas 2 --request cpu=1";
    fails(negative, 1, "negative.csv:3: column 2 (cpu): \"-1\" is below 0");
    fails("hpa simulate -f hpa.yaml --load load.csv --replicas 2", 1, "--request cpu=500m");
    fails("hpa simulate -f hpa.yaml --replicas 2", 64, "--load");
    fails(
        "hpa simulate web -f hpa.yaml --load load.csv --replicas 2 --request cpu=0",
        64,
        "more than 0",
    );
    fails(
        "hpa simulate other -f hpa.yaml --load load.csv --replicas 2",
        1,
        "no HPA named other in hpa.yaml",
    );
    fails(&format!("{ALL} --set maxReplica=9"), 64, "did you mean maxReplicas?");
    fails(&format!("{ALL} --set maxReplicas=0"), 64, "not a whole number from 1");
    fails(
        &format!("{ALL} --set minReplicas=9"),
        64,
        "spec.minReplicas (9) is more than spec.maxReplicas (5)",
    );
    fails(&format!("{ALL} --set metrics.gpu.target=9"), 64, "its metrics are cpu");
    fails(&format!("{ALL} --case a"), 64, "--case a has no changes");
    fails(
        &format!("{ALL} --case a --set maxReplicas=6 --case a --set maxReplicas=7"),
        64,
        "two cases are named a",
    );
    fails(&format!("{ALL} --fail-on minutesAtMx>3"), 64, "did you mean minutesAtMax?");
    fails("hpa simulate -f gone.yaml --load load.csv --replicas 2", 1, "cannot read gone.yaml");
    fails("hpa simulate -f hpa.yaml --load gone.csv --replicas 2", 1, "cannot read gone.csv");
    sandbox.write("bad.csv", "time,cpu\n0,1\n15,much\n");
    fails(
        "hpa simulate -f hpa.yaml --load bad.csv --replicas 2",
        1,
        "bad.csv:3: column 2 (cpu): \"much\" is not a quantity",
    );
    sandbox.write("memory.csv", "time,memory\n0,1\n");
    fails(
        "hpa simulate -f hpa.yaml --load memory.csv --replicas 2",
        1,
        "memory.csv: the load has no column cpu; its columns are memory",
    );
    sandbox.write("bad.yaml", HPA.replace("maxReplicas: 5", "maxReplicas: five"));
    fails(
        "hpa simulate -f bad.yaml --load load.csv --replicas 2",
        1,
        "bad.yaml:7: spec.maxReplicas is \"five\"",
    );
    sandbox.write(
        "two.yaml",
        format!("{HPA}---\n{}", HPA.replace("name: web, namespace", "name: api, namespace")),
    );
    fails(
        "hpa simulate -f two.yaml --load load.csv --replicas 2",
        64,
        "two.yaml has 2 HPAs; name one of them: shop/web, shop/api",
    );
    run(
        &sandbox,
        "hpa simulate shop/api -f two.yaml --load load.csv --replicas 2 --request cpu=1 -o csv",
    )
    .code(0)
    .quiet();
}

#[test]
fn what_changes_nothing_is_noted_and_what_is_there_twice_is_refused() {
    let sandbox = sandbox();
    let fails = |line: &str, code: i32, says: &str| {
        run(&sandbox, line).code(code).says(says);
    };
    fails(&format!("{ALL} --request cpu=2"), 64, "--request cpu is given twice");
    fails(&format!("{ALL} --fail-on cost>1"), 64, "cost needs --pod-hour-cost");
    fails(&format!("{ALL} --set behavior.scaleUp.tolerance=5%"), 64, "write 0.05");
    fails(&format!("{ALL} --request memroy=1Gi"), 0, "--request memroy changes nothing");
    for format in ["md", "junit", "github"] {
        fails(&format!("{ALL} --decisions -o {format}"), 0, "every decision is in -o json");
    }
    let line = format!("{ALL} --set behavior.scaleUp.policies[0].value=8 -o json");
    let json = run(&sandbox, &line).code(0).quiet().json();
    assert_eq!(json["cases"][1]["spec"]["behavior"]["scaleUp"]["policies"][0]["value"], 8);
    sandbox.write("far.csv", "time,cpu\n0,1\n15,1\n40000000,1\n");
    fails(
        "hpa simulate -f hpa.yaml --load far.csv --replicas 2",
        1,
        "far.csv:4: column 1 (time): \"40000000\" is 462 days after the row before",
    );
    sandbox.write("far.csv", "time,cpu\n0,1\n7000000,1\n");
    fails(
        "hpa simulate -f hpa.yaml --load far.csv --replicas 2 --request cpu=1 --sync-period 1s",
        1,
        "far.csv: the load has 7000000 syncs at this --sync-period",
    );
    sandbox.write("two.yaml", format!("{HPA}---\n{HPA}"));
    fails(
        "hpa simulate web -f two.yaml --load load.csv --replicas 2",
        1,
        "two.yaml: shop/web is there twice (lines 1 and 12)",
    );
}

#[test]
fn earlier_versions_other_manifests_and_other_names_are_read() {
    let sandbox = sandbox();
    sandbox.write("v1.yaml", "apiVersion: autoscaling/v1\nkind: HorizontalPodAutoscaler\nmetadata: {name: web}\n\
        spec: {scaleTargetRef: {kind: Deployment, name: web, apiVersion: apps/v1}, maxReplicas: 9, targetCPUUtilizationPercentage: 40}\n");
    let json = run(&sandbox, &format!("{ALL} --with v1.yaml -o json")).code(0).json();
    assert_eq!(json["cases"][1]["name"], "v1.yaml");
    assert_eq!(
        json["cases"][1]["spec"]["metrics"][0]["resource"]["target"]["averageUtilization"],
        40
    );
    assert_eq!(json["cases"][1]["summary"]["highestReplicas"], 9);

    let external = |selector: &str| {
        format!(
            "  - type: External\n    external: {{metric: {{name: queue, selector: {{matchLabels: {{q: {selector}}}}}}}, target: {{type: AverageValue, averageValue: '10'}}}}\n"
        )
    };
    sandbox.write("hpa.yaml", format!("{HPA}{}{}", external("a"), external("b")));
    sandbox.write("load.csv", "time,cpu,queue{q=a},queue{q=b},other\n0,1,5,60,1\n15,1,5,60,1\n");
    let output = run(&sandbox, &format!("{ALL} -o json --decisions")).code(0);
    let output = output.says("load.csv: column other is of no metric of the HPA");
    // 60 in queue b need 6; without behavior 2 become at most 4 at once.
    assert_eq!(output.json()["cases"][0]["decisions"][0]["desired"], 4);
    sandbox.write("load.csv", "time,cpu,queue,queue{q=b}\n0,1,5,60\n");
    run(&sandbox, ALL).code(1).says("has no column queue{q=a}");
}

#[test]
fn pipelines_and_pages_get_their_forms() {
    let sandbox = sandbox();
    let limits = "--fail-on minutesAtMax>20,podHours>1000";
    let junit = run(&sandbox, &format!("{ALL} {limits} -o junit")).code(2);
    assert!(junit.stdout.contains(r#"tests="2" failures="1" errors="0""#), "{junit}");
    assert!(
        junit.stdout.contains(
            r#"<failure type="minutesAtMax" message="replayed: minutesAtMax&gt;20: it is "#
        ),
        "{junit}"
    );
    let github = run(&sandbox, &format!("{ALL} {limits} -o github")).code(2);
    assert!(
        github.stdout.starts_with("::error title=shop/web%3A minutesAtMax>20::replayed: "),
        "{github}"
    );
    assert_eq!(github.lines().len(), 1);
    let md = run(&sandbox, &format!("{ALL} --set maxReplicas=9 -o md")).code(0).quiet();
    assert!(
        md.stdout.contains("\n|  | replayed | changed |\n|---|---:|---:|\n| pod hours | "),
        "{md}"
    );
    let csv = run(&sandbox, &format!("{ALL} --decisions -o csv")).code(0).quiet();
    assert_eq!(
        csv.lines()[1],
        "replayed,0,2,2,2,True ReadyForNewScale,True ValidMetricFound,False DesiredWithinRange"
    );
    run(&sandbox, &format!("{ALL} --html page.html --set maxReplicas=9")).code(0).quiet();
    let page = std::fs::read_to_string(sandbox.path("files/page.html")).unwrap();
    assert_eq!(page.matches("<svg").count(), 2);
    assert!(page.contains("<h2>changed</h2>") && page.contains("Trust: not measured"), "{page}");
    let table = run(&sandbox, &format!("{ALL} --set maxReplicas=9 --ascii")).code(0).quiet();
    assert!(table.stdout.contains("replicas: ** changed; -- its minReplicas"), "{table}");
    assert!(table.lines().iter().all(|line| line.chars().count() <= 100), "{table}");
}

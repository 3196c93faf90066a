//! Bad input: the mistakes that people make, and what they are told. Each case is one spec, how many findings it has, and
//! parts of them, as an editor shows them.

use agcgen::diagnostic::Severity;

use super::{check, spec};

/// All findings, one a line, with help.
fn told(rest: &str) -> String {
    let checked = check(&spec(rest));
    assert!(checked.model.is_none(), "{rest}");
    checked.short()
}

macro_rules! mistakes {
    ($($name:ident: $count:literal in $rest:expr, [$($part:expr),+ $(,)?];)*) => {
        $(
            #[test]
            fn $name() {
                let told = told($rest);
                for part in [$($part),+] {
                    assert!(told.contains(part), "no {part:?} in\n{told}");
                }
                assert_eq!(told.lines().count(), $count, "{told}");
            }
        )*
    };
}

const WEB: &str = "workloads: { web: { image: 'a:1', port: 8080, health: / } }\n";

mistakes! {
    unknown_workload: 1 in
        &format!("{WEB}routes: {{ web: {{ path: /, to: wbe }} }}"),
        ["spec.yaml:6:31: error[AGC0201]: unknown workload `wbe`", "did you mean `web`?"];
    routes_as_a_list: 1 in
        &format!("{WEB}routes: [{{ path: /, to: web }}]"),
        ["spec.yaml:6:9: error[AGC0015]: `routes` is a map of names, not a list", "web: { path: /, to: web }"];
    misspelt_key: 1 in
        "workloads: { web: { image: 'a:1', prot: 8080 } }",
        ["spec.yaml:5:35: error[AGC0010]: unknown key `prot`", "did you mean `port`?"];
    duration_without_unit: 1 in
        "workloads: { web: { image: 'a:1', port: 1, health: { path: /, startup: 30 } } }",
        ["error[AGC0019]: `startup` needs a duration with its unit", "write `30s`"];
    access_of_another_kind: 1 in
        "resources: { f: { kind: storage, containers: [img] } }\nworkloads: { web: { image: 'a:1', connections: { f/img: call } } }",
        ["error[AGC0402]: a container has no access `call`"];
    which_child: 1 in
        "resources: { f: { kind: storage, containers: [orders, returns] } }\nworkloads: { web: { image: 'a:1', connections: { f: write } } }",
        ["error[AGC0403]: which container of `f`: `orders` and `returns`?", "write `f/orders: write`, or `f/*: write`"];
    one_target_with_two_accesses: 3 in
        "resources: { f: { kind: storage, containers: [img] } }\nworkloads: { web: { image: 'a:1', connections: { f: read, f/img: write, f/*: own } } }",
        [
            "6:59: error[AGC0414]: `f` and `f/img` are one target", "write one of the lines, the narrowest that does, such as `f: read`",
            "6:50: warning[AGC0415]: `f` adds nothing to `f/*`", "6:59: warning[AGC0415]: `f/img` adds nothing to `f/*`",
            "remove this line, or `f/*` if the workload needs no more than a part",
        ];
    value_of_a_secret: 1 in
        "resources: { v: { kind: keyVault, secrets: { api-key: hunter2 } } }\nworkloads: { web: { image: 'a:1', connections: { v: read } } }",
        ["error[AGC0404]: the value of the secret `api-key` does not belong in the spec", "AGC_SECRET_V_API_KEY"];
    image_without_tag: 2 in
        "workloads: { web: { image: nginx }, b: { image: 'nginx:latest' } }",
        ["5:28: error[AGC0502]: the image `nginx` has no fixed tag", "5:49: error[AGC0502]", "write the tag that you tested: `nginx:<tag>`; "];
    image_that_starts_as_root: 1 in
        "workloads: { web: { image: 'nginx:1.29', port: 8080, health: / } }",
        ["error[AGC0504]: `nginx` starts as root, which `restricted` forbids: the pod of `web` would not start", "podSecurity: baseline"];
    image_whose_program_starts_as_root: 1 in
        "workloads: { web: { image: 'docker.io/library/php:8.4-apache', port: 8080, health: / } }",
        ["error[AGC0504]: `php` starts as root", "or use an image of your own that gives its user as a number, as in `USER 1000`"];
    image_that_names_its_user: 1 in
        "workloads: { web: { image: 'haproxy:3.2', port: 8080, health: / } }",
        ["error[AGC0504]: `haproxy` gives its user by name, and `restricted` wants a number: the pod of `web` would not start", "as in `USER 1000`"];
    name_of_a_connection_among_two: 1 in
        "resources: { a: { kind: keyVault, secrets: [x] }, b: { kind: keyVault, secrets: [x] } }\nworkloads: { web: { image: 'a:1', connections: { a: { access: read, name: my_a }, b: { access: read, prefix: B } } } }",
        ["6:69: error[AGC0407]: `name` names a connection of Service Connector, and there is none", "or state `via: serviceConnector`"];
    gateway_subnet_of_23: 1 in
        &format!("{WEB}network: {{ subnets: {{ gateway: 10.10.16.0/23 }} }}"),
        ["error[AGC0302]: the gateway's subnet must be exactly /24", "write `10.10.16.0/24`", "extensionIPRange prefix length too short"];
    path_without_slash: 1 in
        &format!("{WEB}routes: {{ web: {{ path: api, to: web }} }}"),
        ["error[AGC0202]: `api` does not begin with `/`", "write `/api`"];
    path_with_a_wildcard: 2 in
        &format!("{WEB}routes: {{ a: {{ path: '*', to: web }}, b: {{ path: '/api/*', to: web }} }}"),
        ["error[AGC0202]: `*` does not begin with `/` (write `/`)", "no request has the path `/api/*` (write `/api`)"];
    path_with_a_query: 1 in
        &format!("{WEB}routes: {{ web: {{ path: '/search?token=x', to: web }} }}"),
        ["error[AGC0202]: what follows `/search` is no part of a path (write `/search` alone)"];
    variable_with_a_hyphen: 1 in
        "workloads: { web: { image: 'a:1', env: { FOO-BAR: x } } }",
        ["error[AGC0506]: `FOO-BAR` is not a variable's name (rename it, for instance to `FOO_BAR`)"];
    ranges_that_no_network_takes: 1 in
        &format!("{WEB}network: {{ addressSpace: 224.0.0.0/16, subnets: {{ nodes: 224.0.0.0/20, gateway: 224.0.16.0/24 }} }}"),
        ["error[AGC0303]: ", "(224.0.0.0/16) shares addresses with 224.0.0.0/4, which is for multicast (choose a range that shares no address with it)"];
    two_sources_of_a_variable: 1 in
        "resources: { live: { kind: storage }, archive: { kind: storage } }\nworkloads: { web: { image: 'a:1', connections: { live: read, archive: read } } }",
        ["error[AGC0406]: two sources set the variable `AZURE_STORAGEBLOB_RESOURCEENDPOINT`", "add `prefix: ARCHIVE`"];
    boolean_as_a_variable: 1 in
        "workloads: { web: { image: 'a:1', env: { DEBUG: true } } }",
        ["error[AGC0018]: `true` is a YAML boolean, `DEBUG` is text", "write \"true\""];
    misspelt_kind: 2 in
        "resources: { s: { kind: Storage }, bus: { kind: servicebus } }\nworkloads: { web: { image: 'a:1' } }",
        ["error[AGC0501]: unknown kind `Storage` (did you mean `storage`?)", "`serviceBus` comes with a later version"];
    two_connections_one_secret: 1 in
        "resources: { c: { kind: storage }, b-c: { kind: storage } }\nworkloads: { a-b: { image: 'a:1', connections: { c: read } }, a: { image: 'a:1', connections: { b-c: read } } }",
        ["error[AGC0107]: two connections get one Secret, `sc-abc-secret`", "set `name` on one"];
    unknown_target: 2 in
        "resources: { files: { kind: storage, containers: [img] } }\nworkloads: { web: { image: 'a:1', connections: { flies: read, files/imgs: read } } }",
        ["error[AGC0401]: unknown target `flies` (did you mean `files`?)", "error[AGC0401]: `files` has no container `imgs` (did you mean `files/img`?)"];
    child_of_a_workload: 2 in
        "workloads: { api: { image: 'a:1', port: 1 }, web: { image: 'a:1', connections: { api/*: call } }, b: { image: 'a:1', connections: { api/x: call } } }",
        [
            "spec.yaml:5:82: error[AGC0401]: `api` is a workload, and a workload has no children (write `api: call`)",
            "spec.yaml:5:133: error[AGC0401]: `api` is a workload, and a workload has no children (write `api: call`)",
        ];
    number_with_a_fraction: 2 in
        "workloads: { web: { image: 'a:1', port: 8080.0, replicas: 1.5 } }",
        [
            "error[AGC0012]: `port` takes a whole number, not a number with a fraction",
            "error[AGC0012]: `replicas` takes a whole number, not a number with a fraction",
        ];
    nothing_where_a_map_belongs: 1 in
        "workloads: { web: }",
        ["error[AGC0012]: `web` takes a map, not nothing", "for instance `web: { image: ghcr.io/example/web:1.0.3 }`"];
    text_where_a_route_belongs: 1 in
        &format!("{WEB}routes: {{ a: web }}"),
        ["error[AGC0012]: `a` takes a map, not text", "for instance `a: { to: web }`"];
    number_where_settings_may_stand: 1 in
        "resources: { s: { kind: sql, databases: { d: 3 } } }\nworkloads: { web: { image: 'a:1' } }",
        ["error[AGC0012]: `d` takes a map, not a number", "for instance `d: {}`"];
    number_where_a_boolean_belongs: 1 in
        "resources: { s: { kind: storage, versioning: 3 } }\nworkloads: { web: { image: 'a:1' } }",
        ["error[AGC0012]: `versioning` takes true or false, not a number", "for instance `versioning: true`"];
    none_where_one_is_needed: 4 in
        "network: { addressSpace: [] }\nresources: { s: { kind: sql, databases: {} }, f: { kind: storage } }\nworkloads: { web: { image: 'a:1', connections: { f: { access: [] } } } }\nroutes: { r: { to: [] } }",
        [
            "error[AGC0014]: `addressSpace` needs at least 1 (for instance `addressSpace: 10.10.0.0/16`)",
            "error[AGC0014]: `databases` needs at least 1 (for instance `databases: { orders:",
            "error[AGC0014]: `access` needs at least 1 (for instance `access: write`)",
            "error[AGC0014]: `to` needs at least 1 (for instance `to: web`)",
        ];
    no_workload: 1 in
        "workloads: {}",
        ["error[AGC0014]: `workloads` needs at least 1 (for instance `workloads: { web:"];
    no_time_to_start: 1 in
        "workloads: { web: { image: 'a:1', port: 1, health: { path: /, startup: 0s } } }",
        ["error[AGC0014]: a workload cannot take 0 seconds to start", "write `1s` to `1h`, such as `90s`"];
    short_name_of_what_is_there: 1 in
        "observability: { workspace: { existing: { name: l } } }\nworkloads: { web: { image: 'a:1' } }",
        [
            "error[AGC0105]: `l` cannot be its name",
            "`az resource list --resource-type Microsoft.OperationalInsights/workspaces -o table` lists the names",
        ];
    an_id_that_is_none: 1 in
        "resources: { f: { kind: storage, containers: [img], existing: /subscriptions/1/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/x } }\nworkloads: { web: { image: 'a:1' } }",
        ["error[AGC0017]: `existing` cannot be", "(an id is `/subscriptions/<GUID>/resourceGroups/<group>/providers/<type>/<name>`)"];
    unknown_variable_and_fact: 2 in
        "resources: { f: { kind: storage } }\nworkloads: { web: { image: 'a:1', connections: { f: { access: read, rename: { NOTHING_NEAR: A }, names: { zzzzzz: B } } } } }",
        [
            "error[AGC0411]: the connection sets no variable `NOTHING_NEAR` (write `rename: { AZURE_STORAGEBLOB_RESOURCEENDPOINT: … }`, or remove it)",
            "error[AGC0411]: unknown fact `zzzzzz` (write for instance `names: { account: … }`, or remove it)",
        ];
    cores_that_a_size_does_not_have: 1 in
        "resources: { s: { kind: sql, databases: { a: { sku: GP_S_Gen5_3 } } } }\nworkloads: { web: { image: 'a:1' } }",
        ["error[AGC0508]: GP_S_Gen5 does not come with 3 cores", "write `GP_S_Gen5_4`"];
    more_cores_than_any_size_has: 1 in
        "resources: { s: { kind: sql, databases: { a: { sku: BC_Gen5_900 } } } }\nworkloads: { web: { image: 'a:1' } }",
        ["error[AGC0508]: BC_Gen5 does not come with 900 cores", "write `BC_Gen5_128`"];
    more_data_than_the_cores_take: 1 in
        "resources: { s: { kind: sql, databases: { a: { sku: GP_S_Gen5_1, maxSize: 1Ti }, b: { sku: GP_Gen5_2, maxSize: 1Ti }, c: { sku: BC_Gen5_24, maxSize: 4Ti } } } }\nworkloads: { web: { image: 'a:1' } }",
        ["error[AGC0508]: `1Ti` cannot be the largest size of a database of GP_S_Gen5_1 (write `512Gi` or less, or take a size with more cores)"];
    two_databases_of_one_server: 1 in
        "resources: { d: { kind: sql, databases: [aa, bb] } }\nworkloads: { web: { image: 'a:1', connections: { d/aa: read, d/bb: read } } }",
        ["error[AGC0406]: two sources set the variable `AZURE_SQL_DATABASE` (add `prefix: BB` to one of the two connections)"];
    one_connection_renames_two_variables_to_one_name: 1 in
        "resources: { s: { kind: sql, databases: [d] } }\nworkloads: { web: { image: 'a:1', connections: { s/d: { access: read, rename: { AZURE_SQL_SERVER: X, AZURE_SQL_DATABASE: X } } } } }",
        ["error[AGC0406]: two sources set the variable `X` (the connection's `rename` gives two variables this name; change one)"];
    names_that_are_pinned_and_names_that_follow: 2 in
        "resources: { s: { kind: storage, containers: { im: {}, img: { azureName: 'I--g' } } } }\nworkloads: { web: { image: 'a:1' } }",
        ["choose another name, or pin one with `azureName`", "`I--g` (choose another name)"];
}

#[test]
fn credentials_are_seen_wherever_a_workload_says_something_to_its_program() {
    for place in [
        "args: [\"AccountKey=abc\"]",
        "command: [\"AccountKey=abc\"]",
        "env: { SETTINGS: \"AccountKey=abc\" }",
    ] {
        let rest = format!("workloads: {{ web: {{ image: 'a:1', {place} }} }}");
        assert_eq!(check(&spec(&rest)).codes(), ["AGC0405"], "{place}");
    }
}

#[test]
fn a_sql_server_that_is_there_already_cannot_be_used() {
    let rest = "resources: { s: { kind: sql, databases: [d], existing: { name: sql-x, resourceGroup: rg-x } } }\n\
                workloads: { web: { image: 'a:1' } }";
    assert_eq!(check(&spec(rest)).codes(), ["AGC0507"]);
}

#[test]
fn nodes_have_the_cores_that_aks_wants() {
    let with = |size: &str| {
        let nodes = format!("cluster: {{ nodes: {{ size: {size} }},");
        check(&spec(WEB).replace("cluster: {", &nodes))
    };
    let checked = with("Standard_B1ms");
    let told = checked.short();
    assert!(
        told.contains("error[AGC0514]: AKS takes no nodes of the size Standard_B1ms (choose a size with 2 cores or more"),
        "{told}"
    );
    assert_eq!(with("Standard_B2ms").codes(), Vec::<&str>::new());
    assert_eq!(with("Standard_DS12_v2").codes(), ["AGC0511"]);
}

#[test]
fn a_version_without_quotes_is_a_number() {
    let text = spec(WEB).replace("cluster: {", "cluster: { kubernetesVersion: 1.40,");
    let checked = check(&text);
    let told = checked.short();
    assert!(
        told.contains("error[AGC0018]: `1.40` is the number 1.4"),
        "{told}"
    );
    assert!(told.contains("write \"1.40\""), "{told}");
    assert_eq!(told.lines().count(), 1, "{told}");
}

#[test]
fn an_id_is_taken_as_azure_writes_it() {
    let rest = "resources: { f: { kind: storage, containers: [img], existing: /subscriptions/11111111-2222-3333-4444-555555555555/resourcegroups/rg-data/providers/microsoft.storage/storageaccounts/stdata } }\n\
                workloads: { web: { image: 'a:1', connections: { f: read } } }";
    let checked = check(&spec(rest));
    assert!(checked.model.is_some(), "{:?}", checked.codes());
}

#[test]
fn an_id_says_what_is_wrong_with_it() {
    for (end, label) in [
        ("Microsoft.KeyVault/vaults/kv-1", "another type"),
        ("Microsoft.KeyVault/vaults/stdata", "another type"),
        (
            "Microsoft.Storage/storageAccounts/st-1",
            "a name that the type does not take",
        ),
    ] {
        let rest = format!(
            "resources: {{ f: {{ kind: storage, existing: /subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/rg/providers/{end} }} }}\nworkloads: {{ web: {{ image: 'a:1' }} }}"
        );
        let checked = check(&spec(&rest));
        let labels: Vec<&str> = checked
            .found
            .iter()
            .map(|finding| finding.place.text.as_str())
            .collect();
        assert_eq!(labels, [label], "{end}");
    }
}

#[test]
fn an_item_that_should_be_a_map_is_shown_one() {
    let text = spec(WEB).replace(
        "[{ objectId: 22222222-3333-4444-5555-666666666666, type: Group }]",
        "[22222222-3333-4444-5555-666666666666]",
    );
    let checked = check(&text);
    let told = checked.short();
    assert!(
        told.contains(
            "item 1 of `administrators` takes a map, not text (for instance `{ objectId: "
        ),
        "{told}"
    );
}

#[test]
fn a_call_is_mended_where_it_names_a_child() {
    let text = spec(
        "workloads: { api: { image: 'a:1', port: 1 }, web: { image: 'a:1', connections: { 'api/*': call } } }",
    );
    let checked = check(&text);
    let fix = checked
        .found
        .iter()
        .find_map(|finding| finding.fix.clone())
        .expect("there is one");
    let mut mended = text.clone();
    mended.replace_range(fix.span.range(), &fix.replacement);
    assert!(check(&mended).model.is_some(), "{mended}");
    // The key alone would not mend another access.
    let read = check(&text.replace("'api/*': call", "'api/*': read"));
    assert_eq!(read.codes(), ["AGC0401"]);
    assert!(read.found.iter().all(|finding| finding.fix.is_none()));
    // The workload stands there already: its name would stand twice.
    let twice = check(&text.replace("'api/*': call", "'api/*': call, api: call"));
    assert_eq!(twice.codes(), ["AGC0401"]);
    assert!(twice.found.iter().all(|finding| finding.fix.is_none()));
}

/// Quotes where they are the answer, and the schema's example where the quoted text would be the next mistake.
#[test]
fn quotes_are_advised_where_the_text_is_then_taken() {
    let whole = spec(WEB);
    for (from, to, help) in [
        ("agcgen/v1", "1", "for instance `apiVersion: agcgen/v1`"),
        ("name: shop", "name: 3", "for instance `name: shop`"),
        (
            "cluster: {",
            "cluster: { nodes: { size: 4 },",
            "for instance `size: Standard_D4s_v5`",
        ),
        (
            "cluster: {",
            "profile: true\ncluster: {",
            "for instance `profile: dev`",
        ),
        (
            "cluster: {",
            "network: { subnets: { nodes: 10 } }\ncluster: {",
            "for instance `nodes: 10.10.0.0/20`",
        ),
        ("health: /", "health: 3", "for instance `health: /healthz`"),
        (
            "location: westeurope",
            "location: 5",
            "for instance `location: westeurope`",
        ),
        (
            "workloads:",
            "resources: { db: { kind: sql, databases: { a: { sku: 5 } } } }\nworkloads:",
            "for instance `sku: GP_S_Gen5_1`",
        ),
        (
            "workloads: {",
            "workloads: { other: { image: 5 },",
            "for instance `image: ghcr.io/example/web:1.0.3`",
        ),
        (
            "workloads:",
            "routes: { r: { path: 3, to: web } }\nworkloads:",
            "for instance `path: /api`",
        ),
        (
            "workloads:",
            "routes: { r: { path: /, to: 3 } }\nworkloads:",
            "for instance `to: web`",
        ),
        ("7k2f9d", "123456", "write \"123456\""),
        ("7k2f9d", "7k2f9d, tags: { cost: 12 }", "write \"12\""),
        (
            "cluster: {",
            "cluster: { kubernetesVersion: 1.35,",
            "write \"1.35\"",
        ),
        (
            "port: 8080",
            "env: { A: 1.50 }, port: 8080",
            "write \"1.50\"",
        ),
    ] {
        let text = whole.replacen(from, to, 1);
        let checked = check(&text);
        assert_eq!(checked.codes(), ["AGC0018"], "{text}");
        let finding = checked.found.iter().next().expect("there is one");
        assert_eq!(finding.help.as_deref(), Some(help), "{text}");
        assert_eq!(finding.fix.is_some(), help.starts_with("write"), "{text}");
        if let Some(fix) = &finding.fix {
            let mut mended = text.clone();
            mended.replace_range(fix.span.range(), &fix.replacement);
            assert!(check(&mended).codes().is_empty(), "{mended}");
        }
    }
}

#[test]
fn all_mistakes_are_told_at_once() {
    let told = told(
        "resources:\n  s: { kind: storrage }\n  v: { kind: keyVault, secrets: [a] }\n\
         workloads:\n  web: { image: 'a:1', prot: 80 }\n  api: { image: 'b', port: 80, connections: { v: own, nobody: call } }\n\
         routes:\n  r: { path: x, to: apy }\n",
    );
    for code in [
        "AGC0501", "AGC0010", "AGC0502", "AGC0402", "AGC0401", "AGC0202", "AGC0201",
    ] {
        assert!(told.contains(code), "no {code} in\n{told}");
    }
    assert_eq!(told.lines().count(), 7, "{told}");
}

/// A wrong region or range leaves the rest to be judged.
#[test]
fn no_part_hides_the_mistakes_of_another() {
    let text = "apiVersion: agcgen/v1
name: shop
namespace: kube-system
azure: { location: west, suffix: 7k2f9d }
network: { addressSpace: [10.10.0.1/16], subnets: { nodes: 10.10.0.1/20, gateway: 10.10.16.1/24 } }
cluster: { cni: { mode: flat, podCidr: 10.244.0.0/16, serviceCidr: 10.0.0.1/16 } }
workloads: { web: { image: 'a:1', port: 8080, health: / } }
routes: { a: { path: /, to: web }, b: { path: /, to: web } }
";
    let checked = check(text);
    assert!(checked.model.is_none());
    assert_eq!(
        checked.codes(),
        [
            "AGC0102", "AGC0307", "AGC0301", "AGC0301", "AGC0301", "AGC0507", "AGC0301", "AGC0203"
        ]
    );
}

/// One wrong line outside workloads, resources, routes and tests, what it should be, and what is said of it.
const WRONG_LINES: [(&str, &str, &[&str]); 24] = [
    (
        "apiVersion: v1",
        "apiVersion: agcgen/v1",
        &["AGC0013: `apiVersion` does not know `v1`"],
    ),
    (
        "apiVersion: 1",
        "apiVersion: agcgen/v1",
        &["AGC0018: `1` is the number 1, `apiVersion` is text"],
    ),
    (
        "x-none: 1",
        "apiVersion: agcgen/v1",
        &["AGC0011: the spec has no `apiVersion`"],
    ),
    (
        "name: Shop1",
        "name: shop",
        &["AGC0017: `name` cannot be `Shop1`"],
    ),
    (
        "x-none: 1",
        "name: shop",
        &["AGC0011: the spec has no `name`"],
    ),
    ("nam: shop", "name: shop", &["AGC0010: unknown key `nam`"]),
    (
        "profile: Dev",
        "profile: dev",
        &["AGC0013: `profile` does not know `Dev`"],
    ),
    (
        "profle: dev",
        "profile: dev",
        &["AGC0010: unknown key `profle`"],
    ),
    (
        "namespace: Shop_1",
        "namespace: shop-1",
        &["AGC0017: `namespace` cannot be `Shop_1`"],
    ),
    (
        "azure: {}",
        "azure: { location: westeurope }",
        &["AGC0011: `azure` has no `location`"],
    ),
    (
        "azure: 3",
        "azure: { location: westeurope }",
        &["AGC0012: `azure` takes a map, not a number"],
    ),
    (
        "azure: { location: 3 }",
        "azure: { location: westeurope }",
        &["AGC0018: `3` is the number 3, `location` is text"],
    ),
    (
        "azure: { locaton: westeurope }",
        "azure: { location: westeurope }",
        &["AGC0010: unknown key `locaton`"],
    ),
    (
        "azure: { location: westeurope, suffix: 7K2F9D }",
        "azure: { location: westeurope, suffix: 7k2f9d }",
        &["AGC0017: `suffix` cannot be `7K2F9D`"],
    ),
    (
        "azure: { location: westeurope, tags: 3 }",
        "azure: { location: westeurope, tags: { a: b } }",
        &["AGC0012: `tags` takes a map, not a number"],
    ),
    (
        "azure: { location: westeurope, subscription: 11111111-2222-3333-4444-55555555555 }",
        "azure: { location: westeurope, subscription: 11111111-2222-3333-4444-555555555555 }",
        &["AGC0017: `subscription` cannot be `11111111-2222-3333-4444-55555555555`"],
    ),
    (
        "azure: { location: westeurope, subscripton: 11111111-2222-3333-4444-555555555555 }",
        "azure: { location: westeurope, subscription: 11111111-2222-3333-4444-555555555555 }",
        &["AGC0010: unknown key `subscripton`"],
    ),
    (
        "network: { addressSpace: 3, subnets: { nodes: 10.10.0.0/16 } }",
        "network: { addressSpace: 10.8.0.0/13, subnets: { nodes: 10.10.0.0/16 } }",
        &["AGC0018: `3` is the number 3, `addressSpace` is text"],
    ),
    (
        "network: { addresSpace: 10.8.0.0/13, subnets: { nodes: 10.10.0.0/16 } }",
        "network: { addressSpace: 10.8.0.0/13, subnets: { nodes: 10.10.0.0/16 } }",
        &["AGC0010: unknown key `addresSpace`"],
    ),
    (
        "cluster: { nodes: { count: 0 }, administrators: {} }",
        "cluster: { nodes: { count: 3 } }",
        &[
            "AGC0014: `count` must be at least 1",
            "AGC0012: `administrators` takes a list, not a map",
        ],
    ),
    (
        "gateway: { controller: addn }",
        "gateway: { controller: addon }",
        &["AGC0013: `controller` does not know `addn`"],
    ),
    (
        "gateway: { controler: addon }",
        "gateway: { controller: addon }",
        &["AGC0010: unknown key `controler`"],
    ),
    (
        "observability: { diagnostics: some }",
        "observability: { diagnostics: all }",
        &["AGC0013: `diagnostics` does not know `some`"],
    ),
    (
        "observability: { workspace: { retentionDays: 3 } }",
        "observability: { workspace: { retentionDays: 30 } }",
        &["AGC0014: `retentionDays` must be at least 30"],
    ),
];

/// What else such a spec has, each with how many of its mistakes are found beside a wrong line of any sort.
const RESTS: [(&str, usize); 3] = [
    (
        "resources: { vault: { kind: keyVault, secrets: [a] } }
workloads: { web: { image: 'a:1', port: 8080, health: api, connections: { vualt: read } }, none: { image: nginx } }
routes: { web: { path: api, to: wbe }, shown: { path: /, to: web } }
tests: { a: { request: GET /, backend: wbe }, b: { request: GET /, route: shwn, backend: web } }
",
        8,
    ),
    // What is right with one profile, namespace, subscription or controller alone.
    (
        "resources:
  db: { kind: sql, databases: { orders: { autoPause: 60m, maxSize: 1Gi, minCapacity: '0.5' } } }
  old: { kind: storage, existing: /subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/rg-shop/providers/Microsoft.Storage/storageAccounts/old }
  odd: { kind: storage, existing: { name: odd } }
  windows: { kind: sql, databases: [a] }
workloads:
  web:
    image: 'a:1'
    connections: { old: { access: read, via: serviceConnector, name: web_old }, odd: { access: read, via: direct, prefix: ODD } }
  api: { image: 'a:1', port: 1, connections: { db: read, wbe: call } }
routes: { web: { path: /, to: api } }
",
        1,
    ),
    (
        "resources: { f: { kind: storage, containers: [img] } }
workloads: { web: { image: 'a:1', port: 1, podSecurity: baseline }, api: { image: 'a:1', serviceName: web, port: 2 } }
",
        1,
    ),
];

/// The lines of a spec that says all that it must, but for the blocks of [`RESTS`]; `line` stands for its own.
fn with_line(line: &str, right: &str, rest: &str) -> String {
    let key = |line: &str| line.split(':').next().unwrap_or_default().to_owned();
    let lines = [
        "apiVersion: agcgen/v1",
        "name: kube-system",
        "azure: { location: westeurope }",
        "namespace: shop-2",
    ];
    let mut text: Vec<&str> = lines
        .into_iter()
        .filter(|other| key(other) != key(right))
        .collect();
    text.extend([line, rest]);
    text.join("\n")
}

/// A wrong value leaves what does not follow from it to be judged, and nothing is said that would not be said of the right one.
#[test]
fn a_wrong_value_hides_nothing_and_invents_nothing() {
    for (wrong, right, own) in WRONG_LINES {
        for (rest, others) in RESTS {
            let messages = |text: &str| -> Vec<String> {
                let checked = check(text);
                assert!(checked.model.is_none() || !text.contains(wrong), "{text}");
                let all = checked.found.sorted();
                all.iter()
                    .map(|finding| format!("{}: {}", finding.code, finding.message))
                    .collect()
            };
            let of_wrong = messages(&with_line(wrong, right, rest));
            let of_right = messages(&with_line(right, right, rest));
            let new: Vec<&String> = of_wrong
                .iter()
                .filter(|message| !of_right.contains(message))
                .collect();
            assert_eq!(new, own, "{wrong}: right is\n{of_right:#?}");
            assert!(
                of_wrong.len() >= own.len() + others,
                "{wrong} hides what is wrong in\n{rest}\n{of_wrong:#?}"
            );
        }
    }
}

#[test]
fn a_block_that_is_none_takes_along_what_refers_to_it() {
    let all = [
        ("resources", "{ v: { kind: keyVault, secrets: [a] } }"),
        (
            "workloads",
            "{ web: { image: nginx, port: 1, connections: { v: read } } }",
        ),
        ("routes", "{ web: { path: api, to: web } }"),
        (
            "tests",
            "{ a: { request: GET api, backend: web, route: web } }",
        ),
    ];
    for (none, told) in [
        (
            "resources",
            ["AGC0012", "AGC0502", "AGC0202", "AGC0208"].as_slice(),
        ),
        ("workloads", &["AGC0012"]),
        ("routes", &["AGC0502", "AGC0012"]),
        ("tests", &["AGC0502", "AGC0202", "AGC0012"]),
    ] {
        let rest: Vec<String> = all
            .iter()
            .map(|(key, value)| format!("{key}: {}\n", if *key == none { "3" } else { value }))
            .collect();
        assert_eq!(check(&spec(&rest.concat())).codes(), told, "{none}");
    }
    let misspelt = "resurces: { v: { kind: keyVault, secrets: [a] } }\nworkloads: { web: { image: nginx, connections: { v: read } } }";
    assert_eq!(check(&spec(misspelt)).codes(), ["AGC0010", "AGC0502"]);
}

#[test]
fn an_item_that_stands_twice_is_named_where_it_stands_again() {
    let rest = "resources: { f: { kind: storage, containers: [images, docs, photos, docs, docs] }, v: { kind: keyVault, secrets: [key, KEY, KEY, key] } }\n\
                workloads: { web: { image: 'a:1', connections: { f/docs: [read, read] } } }";
    let checked = check(&spec(rest));
    let told: Vec<&str> = checked
        .found
        .sorted()
        .into_iter()
        .map(|finding| finding.message.as_str())
        .collect();
    assert_eq!(
        told,
        [
            "`containers` holds `docs` twice",
            "`containers` holds `docs` twice",
            "this cannot be the name of a secret",
            "this cannot be the name of a secret",
            "`secrets` holds `key` twice",
            "`f/docs` holds `read` twice",
        ]
    );
    assert_eq!(
        checked.places(Severity::Error),
        [
            "5:69 AGC0002 docs",
            "5:75 AGC0002 docs",
            "5:120 AGC0101 KEY",
            "5:125 AGC0101 KEY",
            "5:130 AGC0002 key",
            "6:65 AGC0002 read",
        ]
    );
    let first = |position: usize| {
        let finding = checked.found.sorted()[position];
        let span = finding.related[0].span;
        let text = &checked.sources.get(span.source).text;
        (
            text[..span.start].lines().last().unwrap_or_default().len() + 1,
            text[span.range()].to_owned(),
        )
    };
    assert_eq!(first(0), (55, "docs".to_owned()));
    assert_eq!(first(1), (55, "docs".to_owned()));
    assert_eq!(first(4), (115, "key".to_owned()));
}

#[test]
fn a_name_of_no_connection_says_why_there_is_none() {
    const FOREIGN: &str = "existing: /subscriptions/99999999-2222-3333-4444-555555555555/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/kv-1";
    for (client, resource, connections, label, related, help) in [
        (
            "none",
            "kind: keyVault, secrets: [x]",
            "v1: { access: read, name: my_v1 }, v2: { access: read, prefix: V2 }",
            "beside another key vault, a ConfigMap has these settings",
            Some("v2"),
            "remove `name`, or state `via: serviceConnector` beside it",
        ),
        (
            "none",
            "kind: keyVault, secrets: [x]",
            "v1: { access: read, via: direct, name: my_v1 }",
            "the settings come from a ConfigMap",
            Some("direct"),
            "remove `name`, or state `via: serviceConnector` instead",
        ),
        (
            "none",
            "kind: sql, databases: [x]",
            "v1: { access: read, name: my_v1 }",
            "it has no passwordless connection to a SQL server",
            None,
            "remove `name`",
        ),
        (
            "none",
            FOREIGN,
            "v1: { access: read, name: my_v1 }",
            "the resource is in another subscription",
            None,
            "remove `name`",
        ),
    ] {
        let resource = if resource == FOREIGN {
            format!("kind: keyVault, secrets: [x], {FOREIGN}")
        } else {
            resource.to_owned()
        };
        let text = spec(&format!(
            "resources: {{ v1: {{ {resource} }}, v2: {{ kind: keyVault, secrets: [x] }} }}\n\
             workloads: {{ web: {{ image: 'a:1', client: {client}, connections: {{ {connections} }} }} }}"
        ));
        let checked = check(&text);
        let all = checked.found.sorted();
        let [finding] = all.as_slice() else {
            panic!("{text}\n{:?}", checked.codes());
        };
        assert_eq!(
            (
                finding.code.to_string().as_str(),
                finding.place.text.as_str()
            ),
            ("AGC0407", label)
        );
        let other = finding
            .related
            .first()
            .map(|other| &text[other.span.range()]);
        assert_eq!((other, finding.help.as_deref()), (related, Some(help)));
        // Both ways out lead out.
        let without = text.replace(", name: my_v1", "");
        assert!(check(&without).model.is_some(), "{without}");
        if help.contains("serviceConnector") {
            let stated = text
                .replace("via: direct, ", "")
                .replace("name: my_v1", "name: my_v1, via: serviceConnector");
            assert!(check(&stated).model.is_some(), "{stated}");
        }
    }
}

#[test]
fn data_does_not_leave_a_region_unasked() {
    for (first, sku, carried, told) in [
        (
            "azure: { location: northcentralus }",
            "",
            "Standard_LRS",
            Some("`files` is kept in one data centre: northcentralus is not known to have zones"),
        ),
        (
            "azure: { location: northcentralus }",
            ", sku: Standard_LRS",
            "Standard_LRS",
            None,
        ),
        (
            "azure: { location: northcentralus }",
            ", sku: Standard_GRS",
            "Standard_GRS",
            None,
        ),
        (
            "azure: { location: northcentralus }\nprofile: dev",
            "",
            "Standard_LRS",
            None,
        ),
        ("azure: { location: westeurope }", "", "Standard_ZRS", None),
        (
            "azure: { location: northcentralus }",
            ", existing: { name: stdata, resourceGroup: rg }",
            "Standard_LRS",
            None,
        ),
    ] {
        let text = format!(
            "apiVersion: agcgen/v1\nname: shop\n{first}\nresources: {{ files: {{ kind: storage{sku} }} }}\nworkloads: {{ web: {{ image: 'a:1' }} }}\n"
        );
        let checked = check(&text);
        let about: Vec<&str> = checked
            .found
            .iter()
            .filter(|finding| finding.code.to_string() == "AGC0512")
            .map(|finding| finding.message.as_str())
            .collect();
        assert_eq!(about, Vec::from_iter(told), "{text}");
        let model = checked
            .model
            .unwrap_or_else(|| panic!("{text}{:?}", checked.found));
        let agcgen::kinds::Kind::Storage(storage) = &model.resources[0].kind else {
            panic!("{text}");
        };
        assert_eq!(storage.sku, carried, "{text}");
    }
}

#[test]
fn a_tab_is_shown_where_it_is() {
    for (text, place) in [
        ("name: shop\n\tazure: { location: westeurope }\n", "2:1"),
        (
            "azure:\n  location: westeurope\n \n  more\n \t suffix: a\n",
            "5:2",
        ),
        ("name: |\n\tx\n", "2:1"),
    ] {
        let checked = check(text);
        assert_eq!(
            checked.places(Severity::Error),
            [format!("{place} AGC0001 \t")],
            "{text}"
        );
        let told = checked.short();
        assert!(told.contains("indent with spaces"), "{told}");
    }
}

#[test]
fn what_a_value_takes_is_said_in_words() {
    for (line, asked) in [
        (
            "suffix: ABC",
            "it takes 3 to 6 lower-case letters and digits",
        ),
        (
            "resourceGroup: 'a b'",
            "it takes letters, digits and any of `_-.()`; not `-`, `.` or `)` first, and not `.` last, at most 74 characters",
        ),
        (
            "subscription: mine",
            "it takes a GUID: 8, 4, 4, 4 and 12 digits or letters `a` to `f`, with `-` between them",
        ),
    ] {
        let text = format!(
            "apiVersion: agcgen/v1\nname: shop\nazure: {{ location: westeurope, {line} }}\nworkloads: {{ web: {{ image: 'a:1' }} }}\n"
        );
        let checked = check(&text);
        let labels: Vec<&str> = checked
            .found
            .iter()
            .map(|finding| finding.place.text.as_str())
            .collect();
        assert_eq!(labels, [asked]);
    }
    let rest = "resources: { f: { kind: storage, containers: [images] } }\n\
                workloads: { web: { image: 'a:1', connections: { f: { access: read, name: _a, prefix: a, names: { account: 1A } } } } }";
    let checked = check(&spec(rest));
    let told: Vec<(&str, Option<&str>)> = checked
        .found
        .sorted()
        .into_iter()
        .map(|finding| (finding.place.text.as_str(), finding.help.as_deref()))
        .collect();
    assert_eq!(
        told,
        [
            (
                "it takes lower-case letters, digits and `_`, not `_` first, at most 60 characters",
                Some("for instance `web_files`")
            ),
            (
                "it takes upper-case letters, digits and `_`, a letter first, at most 60 characters",
                Some("for instance `ORDERS`")
            ),
            (
                "it takes letters, digits and `_`, not a digit first, at most 100 characters",
                Some("for instance `STORAGE_ACCOUNT_NAME`")
            ),
        ]
    );
}

#[test]
fn a_tag_of_the_wrong_type_leaves_the_others_to_be_judged() {
    let text = spec("workloads: { web: { image: 'a:1', port: 8080, prot: 1 } }").replace(
        "suffix: 7k2f9d",
        "suffix: 7k2f9d, tags: { cost: 12, 'a/b': x, owner: [me], azureteam: x }",
    );
    let checked = check(&text);
    assert!(checked.model.is_none());
    assert_eq!(
        checked.codes(),
        ["AGC0018", "AGC0108", "AGC0012", "AGC0108", "AGC0010"]
    );
    let rest = "resources: { s: { kind: storage, tags: { cost: 12, 'a/b': x } } }\nworkloads: { web: { image: 'a:1' } }";
    assert_eq!(check(&spec(rest)).codes(), ["AGC0018", "AGC0108"]);
    let rest = "workloads: { web: { image: nginx, env: { A: true, 1B: x } } }";
    assert_eq!(
        check(&spec(rest)).codes(),
        ["AGC0502", "AGC0018", "AGC0506"]
    );
}

#[test]
fn too_many_tags_are_one_mistake() {
    let tags: Vec<String> = (0..51).map(|number| format!("t{number}: x")).collect();
    let rest = format!(
        "resources: {{ s: {{ kind: storage, tags: {{ {} }} }} }}\nworkloads: {{ web: {{ image: 'a:1' }} }}",
        tags.join(", ")
    );
    assert_eq!(check(&spec(&rest)).codes(), ["AGC0108"]);
    let rest = "workloads: { web: { image: 'a:1' } }";
    let text = spec(rest).replace(
        "suffix: 7k2f9d",
        &format!("suffix: 7k2f9d, tags: {{ {} }}", tags.join(", ")),
    );
    assert_eq!(check(&text).codes(), ["AGC0108"]);
}

#[test]
fn what_was_refused_causes_no_second_mistake() {
    let told = told(
        "resources: { s: { kind: storrage } }\n\
         workloads:\n  web: { image: 'a:1', port: 80, prot: 1 }\n  api: { image: 'b:1', port: 80, connections: { s: write, web: call } }\n\
         routes: { r: { path: /, to: web } }\n",
    );
    assert_eq!(told.lines().count(), 2, "{told}");
}

#[test]
fn secrets_are_never_shown() {
    let rest = "resources: { v: { kind: keyVault, secrets: { api-key: hunter2 } } }\n\
                workloads:\n  web:\n    image: 'a:1'\n    pasword: hunter3\n    env: { DB: \"Server=x;Password=hunter4;\", T: \"postgres://a:hunter5@db/x\" }\n    args: [\"AccountKey=hunter6\"]\n";
    let checked = check(&spec(rest));
    assert!(checked.model.is_none());
    for text in [
        agcgen::diagnostic::human(&checked.sources, &checked.found),
        checked.short(),
        agcgen::diagnostic::json(&checked.sources, &checked.found),
    ] {
        assert!(text.contains("AGC0404"), "{text}");
        for digit in 2..=6 {
            assert!(!text.contains(&format!("hunter{digit}")), "{text}");
        }
    }
}

/// Places where a secret's value may stand by mistake, also in files that are not valid YAML.
#[test]
fn secrets_are_never_shown_wherever_they_stand() {
    const HEAD: &str = "resources:\n  v:\n    kind: keyVault\n";
    let cases = [
        format!("{HEAD}    secrets: [\"api-key: hunter2\"]\n"),
        format!("{HEAD}    secrets: \"api-key=hunter2\"\n"),
        format!("{HEAD}    secrets:\n      abc: hunter2\n      abc: hunter2\n"),
        format!("{HEAD}    secrets:\n      abc: &x hunter2\n"),
        format!("{HEAD}    secrets:\n      abc: \"hunter2\n"),
        format!("{HEAD}    secrets:\n      abc: hunter2\n\tbad: 1\n"),
        format!("{HEAD}    secrets:\n      s2: 0123456\n").replace("0123456", "0x4855"),
        format!("{HEAD}    secrets: {{ abc: {{ azureName: hunter2! }} }}\n"),
        "resources: [{ kind: keyVault, secrets: { abc: hunter2 } }]\n".to_owned(),
        "workloads: { web: { image: 'a:1', env: { DB_PASSWORD: [hunter2] } } }\n".to_owned(),
        "workloads: { web: { image: 'a:1', env: { DB_PASSWORD: { value: hunter2 } } } }\n"
            .to_owned(),
        "workloads: { web: { image: 'a:1', prot: 1, env: { DB_PASSWORD: \"ab,hunter2\" } } }\n"
            .to_owned(),
        "workloads: { web: { image: 'a:1', env: { DB_PASSWORD: 4855.5 } } }\n".to_owned(),
    ];
    for case in cases {
        let checked = check(&spec(&case));
        assert!(!checked.found.is_empty(), "{case}");
        for text in [
            agcgen::diagnostic::human(&checked.sources, &checked.found),
            checked.short(),
            agcgen::diagnostic::json(&checked.sources, &checked.found),
        ] {
            for secret in ["hunter2", "4855"] {
                assert!(!text.contains(secret), "{case}\n{text}");
            }
        }
    }
}

#[test]
fn names_are_no_notes() {
    for rest in [
        "resources: { v: { kind: keyVault, secrets: [x-key] } }\nworkloads: { web: { image: 'a:1' } }",
        "workloads: { web: { image: 'a:1', port: 1, health: / } }\nroutes: { r: { path: /, to: x-web } }",
    ] {
        assert_eq!(check(&spec(rest)).codes(), ["AGC0101"], "{rest}");
    }
    // A map of nothing but notes is empty.
    assert_eq!(
        check(&spec("workloads: { x-web: { image: 'a:1' } }")).codes(),
        ["AGC0014"]
    );
}

#[test]
fn a_whole_number_with_a_fraction_is_no_number_of_the_language() {
    for (rest, code) in [
        (
            "workloads: { web: { image: 'a:1', env: { API_VERSION: 1.0 } } }",
            "AGC0018",
        ),
        (
            "workloads: { web: { image: 'a:1', port: 8080.0 } }",
            "AGC0012",
        ),
        (
            "workloads: { web: { image: 'a:1', limits: { cpu: 2.0 } } }",
            "AGC0018",
        ),
    ] {
        assert_eq!(check(&spec(rest)).codes(), [code], "{rest}");
    }
}

#[test]
fn namespaces_are_our_own_and_apart() {
    let web = "workloads: { web: { image: 'a:1', port: 1 } }";
    let sql = "resources: { s: { kind: sql, databases: [d] } }\nworkloads: { web: { image: 'a:1', port: 1 } }";
    for (rest, codes) in [
        (format!("namespace: default\n{web}"), vec!["AGC0102"]),
        (format!("namespace: kube-system\n{web}"), vec!["AGC0102"]),
        (
            format!("namespace: gatekeeper-system\n{web}"),
            vec!["AGC0102"],
        ),
        (
            format!("namespace: azure-alb-system\n{web}"),
            vec!["AGC0102"],
        ),
        (
            format!("namespace: shop-sql-grants\n{sql}"),
            vec!["AGC0103"],
        ),
        (
            format!("gateway: {{ controller: {{ namespace: shop }} }}\n{web}"),
            vec!["AGC0103"],
        ),
        (format!("namespace: shop-app\n{sql}"), vec![]),
    ] {
        assert_eq!(check(&spec(&rest)).codes(), codes, "{rest}");
    }
}

#[test]
fn one_name_may_stand_for_two_types() {
    let rest = "resources: { a: { kind: storage, azureName: shopdata }, b: { kind: sql, azureName: shopdata, databases: [d] } }\n\
                workloads: { web: { image: 'a:1' } }";
    assert!(check(&spec(rest)).model.is_some());
    let twice = rest.replace(
        "kind: sql, azureName: shopdata, databases: [d]",
        "kind: storage, azureName: shopdata",
    );
    assert_eq!(check(&spec(&twice)).codes(), ["AGC0104"]);
}

#[test]
fn symbols_that_differ_in_case_alone_are_one() {
    // `abCWorkload` and `aBcWorkload`.
    let rest = "workloads: { ab-c: { image: 'a:1' }, a-bc: { image: 'a:1' } }";
    assert_eq!(check(&spec(rest)).codes(), ["AGC0104"]);
}

#[test]
fn ranges_that_aks_refuses_are_refused() {
    for range in [
        "172.16.0.0/29",
        "172.16.0.0/32",
        "172.0.0.0/8",
        "172.30.0.0/16",
    ] {
        let text = spec("workloads: { web: { image: 'a:1', port: 1 } }").replace(
            "cluster: {",
            &format!("cluster: {{ cni: {{ serviceCidr: {range} }},"),
        );
        let codes = check(&text).codes();
        assert!(
            codes.iter().all(|code| code == "AGC0303") && !codes.is_empty(),
            "{range}: {codes:?}"
        );
    }
}

/// Not at the default that it does not go with.
#[test]
fn a_range_is_wrong_where_somebody_wrote_it() {
    let at = |cluster: &str, network: &str| {
        let text = spec("workloads: { web: { image: 'a:1', port: 1 } }").replace(
            "cluster: {",
            &format!("network: {{ {network} }}\ncluster: {{ {cluster}, "),
        );
        let found = check(&text).places(Severity::Error);
        found
            .iter()
            .map(|place| place.split_once(' ').unwrap().1.to_owned())
            .collect::<Vec<_>>()
    };
    let gateway = "subnets: { gateway: 172.16.16.0/24 }";
    let space = format!("addressSpace: 172.16.0.0/16, {gateway}");
    assert_eq!(at("tier: free", &space), ["AGC0303 network"]);
    let services = "cni: { serviceCidr: 10.10.0.0/20 }";
    assert_eq!(at(services, ""), ["AGC0303 10.10.0.0/20"]);
    let pods = "cni: { podCidr: 10.10.0.0/16 }";
    assert_eq!(at(pods, ""), ["AGC0303 10.10.0.0/16"]);
    assert_eq!(at("nodes: { count: 999 }", ""), ["AGC0304 999"]);
    let flat = "cni: flat, nodes: { count: 400 }";
    assert_eq!(at(flat, ""), ["AGC0304 400"]);
    let subnet = "subnets: { nodes: 10.10.0.0/24, gateway: 10.10.16.0/24 }";
    assert_eq!(at(flat, subnet), ["AGC0304 nodes"]);
}

#[test]
fn a_request_above_the_default_limit_is_wrong_itself() {
    let at = |more: &str| {
        let text = spec(&format!("workloads: {{ web: {{ image: 'a:1', {more} }} }}"));
        check(&text).places(Severity::Error)
    };
    assert_eq!(at("requests: { cpu: 12 }"), ["5:52 AGC0505 12"]);
    assert_eq!(
        at("requests: { cpu: 12 }, limits: { cpu: 11 }"),
        ["5:73 AGC0505 11"]
    );
}

#[test]
fn findings_come_in_the_order_of_the_file() {
    let checked = check(&spec("workloads:\n  b: { image: x }\n  a: { image: z }\n"));
    let places = checked.places(agcgen::diagnostic::Severity::Error);
    assert_eq!(places, ["6:15 AGC0502 x", "7:15 AGC0502 z"]);
    assert_eq!(checked.codes(), ["AGC0502", "AGC0502"]);
}

#[test]
fn a_version_that_is_too_old_is_told_once_where_it_stands() {
    let spec = spec(WEB);
    let old = spec.replace("cluster: {", "cluster: { kubernetesVersion: '1.20',");
    assert_ne!(old, spec);
    let checked = check(&old);
    let told = checked.short();
    let line = old.lines().position(|line| line.contains("1.20")).unwrap() + 1;
    let place = format!(
        "spec.yaml:{line}:31: error[AGC0901]: ALB Controller 1.12.1 needs Kubernetes 1.32 (set"
    );
    assert!(told.starts_with(&place), "{told}");
    assert_eq!(told.lines().count(), 1, "{told}");
}

#[test]
fn an_example_that_looks_like_a_number_stands_in_quotes() {
    let long = spec(WEB).replace("cluster: {", "cluster: { kubernetesVersion: latest,");
    let checked = check(&long);
    let told = checked.short();
    assert!(told.contains("(for instance `\"1.35\"`)"), "{told}");
}

#[test]
fn what_azure_and_the_driver_keep_is_not_taken() {
    let told = |from: &str, to: &str| {
        let text = spec(WEB).replace(from, to);
        assert_ne!(text, spec(WEB));
        let checked = check(&text);
        let codes = checked.codes();
        (
            codes,
            agcgen::diagnostic::human(&checked.sources, &checked.found),
        )
    };
    let location = "location: westeurope";
    let tags = |tags: &str| told(location, &format!("{location}, tags: {{ {tags} }}"));
    for ((codes, text), code, says) in [
        (
            told("name: shop", "name: windows"),
            "AGC0106",
            "Azure reserves `windows`",
        ),
        (
            tags("Agcgen-Made: x"),
            "AGC0108",
            "the driver keeps this tag for itself",
        ),
        (tags("'a=b': c"), "AGC0108", "a tag's name holds no `=`"),
    ] {
        assert_eq!(codes, [code], "{text}");
        assert!(text.contains(says), "{text}");
    }
    let many = |count: usize| {
        let all: Vec<String> = (0..count).map(|at| format!("t{at}: x")).collect();
        tags(&all.join(", ")).0
    };
    assert_eq!(many(48), [""; 0]);
    assert_eq!(many(49), ["AGC0108"]);
}

/// A copy in a second region, where the region has no second one.
#[test]
fn a_region_without_a_pair_keeps_no_copy_elsewhere() {
    for (region, sku, told) in [
        ("italynorth", "Standard_GRS", true),
        ("polandcentral", "Standard_GZRS", true),
        ("italynorth", "Standard_ZRS", false),
        ("westeurope", "Standard_GRS", false),
        // A region without zones has a pair.
        ("westus", "Standard_GRS", false),
    ] {
        let text = spec(&format!(
            "resources: {{ f: {{ kind: storage, sku: {sku}, containers: [img] }} }}\n{WEB}"
        ))
        .replace("location: westeurope", &format!("location: {region}"));
        let codes = check(&text).codes();
        assert_eq!(
            codes.iter().any(|code| code == "AGC0512"),
            told,
            "{sku} in {region}: {codes:?}"
        );
    }
}

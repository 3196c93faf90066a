//! What is said where a value is written as other programs write it: each help is typed, and then the spec is right.

use agcgen::diagnostic::{Finding, Severity};

use super::{Checked, check};

const WHOLE: &str = "apiVersion: agcgen/v1
name: shop
azure: { location: westeurope, suffix: 7k2f9d, subscription: 22222222-2222-3333-4444-555555555555, resourceGroup: rg-own }
network: { addressSpace: 10.10.0.0/16, subnets: { nodes: 10.10.0.0/20, gateway: 10.10.16.0/24 } }
cluster:
  kubernetesVersion: '1.35'
  nodes: { size: Standard_D2s_v5 }
  administrators: [{ objectId: 22222222-3333-4444-5555-666666666666, type: Group }]
observability: { workspace: {} }
resources:
  files: { kind: storage, containers: [images] }
  vault: { kind: keyVault, secrets: [api-key] }
  store: { kind: sql, databases: { orders: { sku: GP_S_Gen5_4, autoPause: 1h } } }
workloads:
  web:
    image: a:1
    ports: { http: 1 }
    health: { path: /, startup: 1s }
    requests: { cpu: 101m }
    env: { A: a }
    connections: { files/images: read }
routes:
  web: { path: /x, to: web }
tests:
  front: { request: GET /x, backend: { web: 100.0% } }
";

/// The spec with another text in the place of one of its parts.
fn with(part: &str, text: &str) -> String {
    assert_eq!(WHOLE.matches(part).count(), 1, "{part}");
    WHOLE.replace(part, text)
}

/// Everything that is said of a spec: code and message.
fn told(text: &str) -> Vec<(String, String)> {
    let checked = check(text);
    let all = checked.found.sorted();
    all.iter()
        .map(|finding| (finding.code.to_string(), finding.message.clone()))
        .collect()
}

/// The errors of a spec: code, and what to do. What a help says is typed, and leads to no other finding, warnings included.
fn errors(text: &str) -> Vec<(String, String)> {
    let checked = check(text);
    let is_right = told(WHOLE);
    let all = checked.found.sorted();
    let errors = || {
        all.iter()
            .filter(|finding| finding.code.severity() == Severity::Error)
    };
    for finding in errors() {
        let Some(mended) = typed(text, finding) else {
            continue;
        };
        // Of several mistakes, each help mends its own.
        let new: Vec<_> = told(&mended)
            .into_iter()
            .filter(|it| !is_right.contains(it))
            .collect();
        assert_eq!(new.len(), errors().count() - 1, "{mended}\n{new:#?}");
    }
    errors()
        .map(|finding| {
            (
                finding.code.to_string(),
                finding.help.clone().unwrap_or_default(),
            )
        })
        .collect()
}

/// The spec with what a finding's help says, by its fix or by hand: the first text in backticks, in the place of the value, with
/// its key or without.
fn typed(text: &str, finding: &Finding) -> Option<String> {
    let mut mended = text.to_owned();
    if let Some(fix) = &finding.fix {
        mended.replace_range(fix.span.range(), &fix.replacement);
        return Some(mended);
    }
    let help = finding.help.as_deref()?;
    let rest = ["write `", "write it as `", "for instance `"]
        .iter()
        .find_map(|words| help.strip_prefix(words))?;
    let typed = rest
        .split('`')
        .next()
        .filter(|typed| !typed.contains('…'))?;
    let span = finding.place.span;
    // What is empty stands before the colon.
    let colon = usize::from(text[span.end..].starts_with(':'));
    let range = span.start + colon..span.end + colon;
    let is_its_key = |key: &str| text[..range.start].trim_end().ends_with(&format!("{key}:"));
    let value = typed
        .split_once(": ")
        .filter(|(key, _)| is_its_key(key.trim_matches('"')))
        .map_or(typed, |(_, value)| value);
    mended.replace_range(range, &format!(" {value}"));
    Some(mended)
}

/// A part of the spec, what stands there by mistake, the code, the help, and the part again as the help says.
type Case = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
);

fn told_and_then_right(cases: &[Case]) {
    for (part, wrong, code, help, right) in cases {
        let text = with(part, wrong);
        assert_eq!(
            errors(&text),
            [((*code).to_owned(), (*help).to_owned())],
            "{wrong}"
        );
        let mended = with(part, right);
        assert_eq!(told(&mended), told(WHOLE), "{right}");
    }
}

macro_rules! meant {
    ($($name:ident [$(($($case:tt)+),)+];)+) => {
        $(
            #[test]
            fn $name() {
                told_and_then_right(&[$(($($case)+)),+]);
            }
        )+
    };
}

meant! {
    ids_where_a_part_of_one_belongs [
        (
            "22222222-2222-3333-4444-555555555555", "/subscriptions/11111111-2222-3333-4444-555555555555",
            "AGC0017", "write `11111111-2222-3333-4444-555555555555`", "11111111-2222-3333-4444-555555555555",
        ),
        (
            "22222222-2222-3333-4444-555555555555", "/subscriptions/1",
            "AGC0017", "for instance `11111111-2222-3333-4444-555555555555`", "11111111-2222-3333-4444-555555555555",
        ),
        (
            "rg-own", "/subscriptions/22222222-2222-3333-4444-555555555555/resourceGroups/rg-x",
            "AGC0017", "write `{ existing: rg-x }`", "{ existing: rg-x }",
        ),
        (
            "rg-own", "{ existing: /subscriptions/22222222-2222-3333-4444-555555555555/resourcegroups/rg-x }",
            "AGC0017", "write `rg-x`", "{ existing: rg-x }",
        ),
        (
            "rg-own", "{ name: /subscriptions/22222222-2222-3333-4444-555555555555/resourceGroups/rg-x }",
            "AGC0017", "write `rg-x`", "{ name: rg-x }",
        ),
        (
            "containers: [images]",
            "containers: [images], existing: { name: stdata, resourceGroup: /subscriptions/22222222-2222-3333-4444-555555555555/resourceGroups/rg-x }",
            "AGC0017", "write `rg-x`", "containers: [images], existing: { name: stdata, resourceGroup: rg-x }",
        ),
        (
            "workspace: {}",
            "workspace: { existing: { name: log-x, resourceGroup: /subscriptions/22222222-2222-3333-4444-555555555555/resourceGroups/rg-x } }",
            "AGC0017", "write `rg-x`", "workspace: { existing: { name: log-x, resourceGroup: rg-x } }",
        ),
        // The name alone would be of a group in another subscription.
        (
            "rg-own", "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/rg-x",
            "AGC0017", "for instance `rg-shop`", "rg-shop",
        ),
        (
            "containers: [images]",
            "containers: [images], existing: { name: stdata, resourceGroup: /subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/rg-x }",
            "AGC0017", "for instance `rg-data`", "containers: [images], existing: { name: stdata, resourceGroup: rg-data }",
        ),
        (
            "containers: [images]",
            "containers: [images], existing: { name: stdata, subscription: 11111111-2222-3333-4444-555555555555, resourceGroup: /subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/rg-x }",
            "AGC0017", "write `rg-x`",
            "containers: [images], existing: { name: stdata, subscription: 11111111-2222-3333-4444-555555555555, resourceGroup: rg-x }",
        ),
        (
            "workspace: {}",
            "workspace: { existing: { name: log-x, subscription: /subscriptions/11111111-2222-3333-4444-555555555555 } }",
            "AGC0017", "write `11111111-2222-3333-4444-555555555555`",
            "workspace: { existing: { name: log-x, subscription: 11111111-2222-3333-4444-555555555555 } }",
        ),
        (
            "containers: [images]",
            "containers: [images], existing: { name: stdata, subscription: /subscriptions/11111111-2222-3333-4444-555555555555/x }",
            "AGC0017", "write `11111111-2222-3333-4444-555555555555`",
            "containers: [images], existing: { name: stdata, subscription: 11111111-2222-3333-4444-555555555555 }",
        ),
        (
            "workspace: {}",
            "workspace: /subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/rg/providers/Microsoft.OperationalInsights/workspaces/log-x",
            "AGC0012",
            "write `{ existing: /subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/rg/providers/Microsoft.OperationalInsights/workspaces/log-x }`",
            "workspace: { existing: /subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/rg/providers/Microsoft.OperationalInsights/workspaces/log-x }",
        ),
    ];
    versions_and_sizes_of_the_cluster [
        ("'1.35'", "1.34.2", "AGC0017", "write `\"1.34\"`; AKS chooses the patch", "\"1.34\""),
        ("'1.35'", "v1.34", "AGC0017", "write `\"1.34\"`; AKS chooses the patch", "\"1.34\""),
        ("'1.35'", "latest", "AGC0017", "for instance `\"1.35\"`", "\"1.35\""),
        ("Standard_D2s_v5", "D8s_v5", "AGC0017", "write `Standard_D8s_v5`", "Standard_D8s_v5"),
        ("Standard_D2s_v5", "Standard D8s v5", "AGC0017", "write `Standard_D8s_v5`", "Standard_D8s_v5"),
        ("Standard_D2s_v5", "nc4as_t4_v3", "AGC0017", "write `Standard_NC4as_T4_v3`", "Standard_NC4as_T4_v3"),
        // What is read right, and too small or too old.
        ("Standard_D2s_v5", "D1s_v5", "AGC0017", "for instance `Standard_D4s_v5`", "Standard_D4s_v5"),
        ("'1.35'", "1.30.5", "AGC0017", "for instance `\"1.35\"`", "\"1.35\""),
        ("'1.35'", "1.30", "AGC0018", "for instance `kubernetesVersion: \"1.35\"`", "\"1.35\""),
        ("'1.35'", "1.34", "AGC0018", "write \"1.34\"", "\"1.34\""),
        ("Standard_D2s_v5", "large", "AGC0017", "for instance `Standard_D4s_v5`", "Standard_D4s_v5"),
    ];
    durations [
        ("startup: 1s", "startup: 90sec", "AGC0019", "write `90s`", "startup: 90s"),
        ("startup: 1s", "startup: 5 Min", "AGC0019", "write `5m`", "startup: 5m"),
        // More than a workload may take.
        ("startup: 1s", "startup: 2d", "AGC0019", "for instance `startup: 90s`", "startup: 90s"),
        ("startup: 1s", "startup: 7200", "AGC0019", "for instance `startup: 90s`", "startup: 90s"),
        ("autoPause: 1h", "autoPause: 60", "AGC0019", "write `60m`", "autoPause: 60m"),
        ("autoPause: 1h", "autoPause: 60M", "AGC0019", "write `60m`", "autoPause: 60m"),
        ("autoPause: 1h", "autoPause: 2d", "AGC0019", "write `48h`", "autoPause: 48h"),
        ("autoPause: 1h", "autoPause: never", "AGC0019", "write `0s`", "autoPause: 0s"),
        ("autoPause: 1h", "autoPause: -1", "AGC0019", "write `0s`", "autoPause: 0s"),
        // More than a database may wait.
        ("autoPause: 1h", "autoPause: 8d", "AGC0019", "for instance `autoPause: 60m`, or `0s` for never", "autoPause: 60m"),
    ];
    shares [
        ("web: 100.0%", "web: 100", "AGC0018", "write `100%`", "web: 100%"),
        ("web: 100.0%", "web: { share: 100 }", "AGC0018", "write `100%`", "web: { share: 100% }"),
    ];
    parts_of_a_core [
        ("cpu: 101m", "cpu: 0.5", "AGC0018", "write `500m`", "cpu: 500m"),
        // Less than AKS keeps.
        ("cpu: 101m", "cpu: 0.05", "AGC0018", "for instance `cpu: 250m`", "cpu: 250m"),
        ("cpu: 101m }", "cpu: 101m }\n    limits: { cpu: .25 }", "AGC0018", "write `250m`", "cpu: 101m }\n    limits: { cpu: 250m }"),
        ("cpu: 101m", "cpu: 1.0", "AGC0018", "write `1`", "cpu: 1"),
    ];
    sizes_of_databases [
        ("GP_S_Gen5_4", "gp_s_gen5_2", "AGC0508", "write `GP_S_Gen5_2`", "GP_S_Gen5_2"),
        (
            "sku: GP_S_Gen5_4, autoPause: 1h", "sku: HS_Gen5_2", "AGC0508", "write `GP_Gen5_2`", "sku: GP_Gen5_2",
        ),
        (
            "sku: GP_S_Gen5_4, autoPause: 1h", "sku: GP_Fsv2_9", "AGC0508", "write `GP_Gen5_10`", "sku: GP_Gen5_10",
        ),
        (
            "sku: GP_S_Gen5_4, autoPause: 1h", "sku: BusinessCritical", "AGC0508", "write `BC_Gen5_2`", "sku: BC_Gen5_2",
        ),
        (
            "GP_S_Gen5_4", "S0", "AGC0508",
            "Basic and the sizes in DTUs cannot pause and scale by cores: write `GP_S_Gen5_1`", "GP_S_Gen5_1",
        ),
        // Of other hardware it would not pause.
        ("GP_S_Gen5_4", "HS_Gen5_80", "AGC0508", "for instance `sku: GP_S_Gen5_1`", "GP_S_Gen5_1"),
        (
            "autoPause: 1h", "autoPause: 1h, minCapacity: .5", "AGC0018", "write `\"0.5\"`",
            "autoPause: 1h, minCapacity: '0.5'",
        ),
        (
            "autoPause: 1h", "autoPause: 1h, minCapacity: 0.5", "AGC0018", "write \"0.5\"",
            "autoPause: 1h, minCapacity: '0.5'",
        ),
        (
            "autoPause: 1h", "autoPause: 1h, minCapacity: true", "AGC0018", "for instance `minCapacity: \"0.5\"`",
            "autoPause: 1h, minCapacity: '0.5'",
        ),
        ("GP_S_Gen5_4", "small", "AGC0508", "for instance `sku: GP_S_Gen5_1`", "GP_S_Gen5_1"),
    ];
    address_ranges [
        ("gateway: 10.10.16.0/24", "gateway: 10.10.32.0", "AGC0301", "write `10.10.32.0/24`", "gateway: 10.10.32.0/24"),
        ("gateway: 10.10.16.0/24", "gateway: 10.10.32.1/33", "AGC0301", "write `10.10.32.0/24`", "gateway: 10.10.32.0/24"),
        ("gateway: 10.10.16.0/24", "gateway: x", "AGC0301", "write it as `10.10.16.0/24`", "gateway: 10.10.16.0/24"),
        ("nodes: 10.10.0.0/20", "nodes: 10.10.33.1", "AGC0301", "write `10.10.32.0/20`", "nodes: 10.10.32.0/20"),
        ("10.10.0.0/16", "10.10.0.0", "AGC0301", "write `10.10.0.0/16`", "10.10.0.0/16"),
    ];
    variables_as_kubernetes_writes_them [
        ("A: a", "A: { value: x }", "AGC0012", "write `A: x`", "A: x"),
        ("A: a", "A: { name: A, value: true }", "AGC0012", "write `A: \"true\"`", "A: \"true\""),
        // What a reader of YAML would take for something else stands in quotes.
        ("A: a", "A: { value: '' }", "AGC0012", "write `A: \"\"`", "A: ''"),
        ("A: a", "A: { value: '0x10' }", "AGC0012", "write `A: \"0x10\"`", "A: '0x10'"),
        ("A: a", "A: { value: '.inf' }", "AGC0012", "write `A: \".inf\"`", "A: '.inf'"),
        ("A: a", "A: { value: 'yes' }", "AGC0012", "write `A: \"yes\"`", "A: 'yes'"),
        ("A: a", "A: { value: '1_000' }", "AGC0012", "write `A: \"1_000\"`", "A: '1_000'"),
        ("A: a", "A: { value: '1:30' }", "AGC0012", "write `A: \"1:30\"`", "A: '1:30'"),
        ("A: a", "A: { value: '2026-11-23' }", "AGC0012", "write `A: \"2026-11-23\"`", "A: '2026-11-23'"),
        ("A: a", "A: { value: '-' }", "AGC0012", "write `A: \"-\"`", "A: '-'"),
        ("A: a", "A: { value: 'a:' }", "AGC0012", "write `A: \"a:\"`", "A: 'a:'"),
        ("A: a", "A: { value: '::' }", "AGC0012", "write `A: \"::\"`", "A: '::'"),
        ("A: a", "A: { value: '@x' }", "AGC0012", "write `A: \"@x\"`", "A: '@x'"),
        ("A: a", "A: { value: '%x' }", "AGC0012", "write `A: \"%x\"`", "A: '%x'"),
        ("A: a", "A: { value: 'http://api:80/x' }", "AGC0012", "write `A: http://api:80/x`", "A: http://api:80/x"),
        ("A: a", "A: { value: 5 }", "AGC0012", "write `A: 5`", "A: 5"),
        ("A: a", "A: { value: 1.50 }", "AGC0012", "write text or a whole number behind `A: `", "A: '1.50'"),
        ("A: a", "NO: { value: x }", "AGC0012", "write `\"NO\": x`", "'NO': x"),
        ("A: a", "A: { valueFrom: {} }", "AGC0012", "write text or a whole number behind `A: `", "A: 5"),
    ];
    paths_as_others_write_them [
        ("path: /x", "path: {}", "AGC0017", "for instance `path: /api`", "path: /x"),
        ("path: /x", "path: { type: PathPrefix, value: /x }", "AGC0017", "write `path: /x`", "path: /x"),
        ("path: /x", "path: { value: /x }", "AGC0017", "write `path: /x`", "path: /x"),
        ("path: /x", "path: { type: Exact, value: /x }", "AGC0017", "write `path: { exact: /x }`", "path: { exact: /x }"),
        ("path: /x", "path: { value: /x/* }", "AGC0017", "write `path: /x`", "path: /x"),
        ("path: /x", "path: { prefix: /x, exact: /y }", "AGC0017", "keep one of the two", "path: { prefix: /x }"),
        ("rg-own", "{}", "AGC0017", "for instance `resourceGroup: rg-shop`", "rg-shop"),
    ];
    addresses_where_a_workload_belongs [
        ("to: web", "to: web:8080", "AGC0201", "write `web`", "to: web"),
        ("to: web", "to: [web/http]", "AGC0201", "write `web`", "to: [web]"),
        ("to: web", "to: { 'http://web:80': {} }", "AGC0201", "write `web`", "to: { web: {} }"),
        ("to: web", "to: https://web.shop/x", "AGC0201", "write `web`", "to: web"),
        // A name behind another is no workload's.
        ("to: web", "to: api.web:80", "AGC0201", "name a workload of this spec", "to: web"),
        ("to: web", "to: files/images", "AGC0201", "name a workload of this spec", "to: web"),
    ];
    requests [
        ("request: GET /x", "request: 5", "AGC0018", "for instance `request: \"GET /orders?page=2\"`", "request: GET /x"),
    ];
    ports [
        ("http: 1", "HTTP: 8080", "AGC0010", "did you mean `http`?", "http: 8080"),
        ("http: 1", "htpp: 8080", "AGC0010", "did you mean `http`?", "http: 8080"),
        (
            "http: 1", "containerPort: 8080", "AGC0010",
            "it is a key of `http`: write `http: { containerPort: 8080 }`", "http: { containerPort: 8080 }",
        ),
        (
            "http: 1", "servicePort: 80", "AGC0010",
            "it is a key of `http`: write `http: { containerPort: …, servicePort: 80 }`",
            "http: { containerPort: 8080, servicePort: 80 }",
        ),
        (
            "http: 1", "http: { containerPort: 8080 }, servicePort: 80", "AGC0010",
            "it is a key of `http`: move it there", "http: { containerPort: 8080, servicePort: 80 }",
        ),
    ];
    targets [
        ("files/images: read", "file/images: read", "AGC0401", "did you mean `files/images`?", "files/images: read"),
        ("files/images: read", "flies/image: read", "AGC0401", "did you mean `files/images`?", "files/images: read"),
        ("files/images: read", "images: read", "AGC0401", "did you mean `files/images`?", "files/images: read"),
    ];
    secrets_without_a_value [
        ("[api-key]", "{ api-key: }", "AGC0012", "for instance `api-key: {}`", "{ api-key: {} }"),
        ("[api-key]", "{ api-key: '' }", "AGC0012", "for instance `api-key: {}`", "{ api-key: {} }"),
        ("[api-key]", "[{ name: api-key }]", "AGC0012", "write the name alone", "[api-key]"),
        (
            "[api-key]", "{ api-key: { value: } }", "AGC0010",
            "remove it, or begin it with `x-` to keep it as a note", "{ api-key: { x-value: } }",
        ),
    ];
}

/// What is said of a spec, in each format.
fn in_every_format(checked: &Checked) -> [String; 3] {
    [
        agcgen::diagnostic::human(&checked.sources, &checked.found),
        checked.short(),
        agcgen::diagnostic::json(&checked.sources, &checked.found),
    ]
}

const LEAKED: &str = "; treat this one as leaked if it was committed";

#[test]
fn the_value_of_a_secret_is_told_as_one_however_it_is_written() {
    for secrets in [
        "{ api-key: hunter2 }",
        "{ api-key: { value: hunter2 } }",
        "{ api-key: { valeu: hunter2 } }",
        "{ api-key: { password: hunter2 } }",
        "[api-key: hunter2]",
        "[{ name: API_KEY, value: hunter2 }]",
        "[{ key: api-key, value: hunter2 }]",
        "[{ value: hunter2, id: api-key }]",
        "[other, { api-key: { value: hunter2 } }]",
    ] {
        let text = with("[api-key]", secrets);
        let checked = check(&text);
        let help = format!(
            "write `secrets: [api-key]` and give the value to the deployment in AGC_SECRET_VAULT_API_KEY{LEAKED}"
        );
        let finding = checked.found.sorted()[0];
        assert_eq!(checked.codes(), ["AGC0404"], "{secrets}");
        assert_eq!(finding.help.as_deref(), Some(help.as_str()), "{secrets}");
        for shown in in_every_format(&checked) {
            assert!(!shown.contains("hunter2"), "{shown}");
        }
    }
}

#[test]
fn a_secret_whose_name_may_be_its_value_has_none() {
    for secrets in [
        "{ 'hunter2!': { value: x } }",
        "{ Hunter2: { value: x } }",
        "[{ name: 'Hunter2', value: x }]",
        "[{ user: hunter2, pin: hunter2 }]",
    ] {
        let checked = check(&with("[api-key]", secrets));
        let help = format!(
            "write its name alone, such as `secrets: [api-key]`, and give the value to the deployment{LEAKED}"
        );
        let finding = checked.found.sorted()[0];
        assert_eq!(checked.codes(), ["AGC0404"], "{secrets}");
        assert_eq!(
            finding.message,
            "the value of a secret does not belong in the spec"
        );
        assert_eq!(finding.help.as_deref(), Some(help.as_str()));
        for shown in in_every_format(&checked) {
            assert!(!shown.to_ascii_lowercase().contains("hunter2"), "{shown}");
        }
    }
}

#[test]
fn a_secret_variable_is_not_repeated() {
    for env in [
        "{ DB_PASSWORD: { value: hunter2 } }",
        "{ A: { value: AccountKey=hunter2 } }",
        "{ db: { name: DB_PASSWORD, value: hunter2 } }",
        "{ A: { name: PASSWORD, value: hunter2, secret: 5 } }",
        "{ A: { name: PASSWORD, valeu: [hunter2] } }",
        "[{ name: PASSWORD, value: hunter2 }]",
        "{ A: [{ key: PASSWORD, value: { a: hunter2 } }] }",
    ] {
        let checked = check(&with("{ A: a }", env));
        assert_eq!(checked.found.error_count(), 1, "{env}");
        for shown in in_every_format(&checked) {
            assert!(!shown.contains("hunter2"), "{env}\n{shown}");
        }
    }
}

#[test]
fn nobody_types_a_long_help() {
    let long = "x".repeat(300);
    for env in [
        format!("{{ A: {{ value: {long}x }} }}"),
        format!("{{ {long}: {{ value: a }} }}"),
    ] {
        let checked = check(&with("{ A: a }", &env));
        assert_eq!(checked.codes(), ["AGC0012"]);
        let told = agcgen::diagnostic::json(&checked.sources, &checked.found);
        assert!(!told.contains(&long), "{told}");
    }
}

#[test]
fn no_path_is_offered_that_no_request_has() {
    for path in ["/a b", "/a//b", "/a/../b", "/*/b", "/a//", "a1", "/%zz"] {
        let text = with(
            "path: /x",
            &format!("path: {{ type: Exact, value: '{path}' }}"),
        );
        for (code, help) in errors(&text) {
            assert_eq!(code, "AGC0010", "{path}");
            assert!(!help.contains(path), "{help}");
        }
    }
}

#[test]
fn both_keys_of_a_port_are_shown_together() {
    let text = with("http: 1", "containerPort: 8080, servicePort: 80");
    let help = "it is a key of `http`: write `http: { containerPort: 8080, servicePort: 80 }`";
    let wanted = ("AGC0010".to_owned(), help.to_owned());
    assert_eq!(errors(&text), [wanted.clone(), wanted]);
}

#[test]
fn keys_near_those_of_later_versions_are_told_as_such() {
    for (written, key) in [
        ("hosts", "host"),
        ("methods", "method"),
        ("timeouts", "timeout"),
    ] {
        let text = with("path: /x", &format!("path: /x, {written}: a"));
        let help = format!(
            "`{key}` comes with a later version; leave it out until then, or keep it under a key that begins with `x-`"
        );
        assert_eq!(errors(&text), [("AGC0010".to_owned(), help)]);
    }
}

#[test]
fn a_refused_workload_may_be_meant_too() {
    let text = with("to: web", "to: wbe").replace("env:", "evn:");
    let checked = check(&text);
    let told = checked.short();
    assert!(
        told.contains("AGC0201]: unknown workload `wbe` (did you mean `web`?)"),
        "{told}"
    );
}

#[test]
fn a_route_leads_to_no_resource() {
    // Both are refused, and only one of them may be meant.
    let text = with("to: web", "to: vaul").replace("kind: keyVault", "kind: keyVault, nope: 1");
    let checked = check(&text);
    let told = checked.short();
    assert!(
        told.contains("AGC0201]: unknown workload `vaul` (name a workload of this spec)"),
        "{told}"
    );
}

#[test]
fn what_was_meant_is_asked_a_hundred_times() {
    use std::fmt::Write as _;
    let mut routes = String::new();
    for at in 0..150 {
        let _ = writeln!(routes, "  r{at}: {{ path: /r{at}, to: wbe }}");
    }
    let text = with("  web: { path: /x, to: web }\n", &routes);
    let errors = check(&text);
    let all = errors.found.sorted();
    let asked = all.iter().filter(|finding| finding.fix.is_some());
    assert_eq!((all.len(), asked.count()), (150, 100));
    assert_eq!(
        all[149].help.as_deref(),
        Some("name a workload of this spec")
    );
}

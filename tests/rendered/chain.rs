//! The passwordless chain of every connection, read back from the rendered files alone: the snapshot of the Bicep
//! compiler, the objects as kustomize prints them, and the commands of the runbook. Every link is then broken in turn, and
//! the check must name it.

use std::collections::BTreeMap;

use regex::Regex;
use serde_json::{Value, json};

use super::oracle::{Bicep, Checks, Failed, Kustomize, none};
use super::trees::{filled, late_keys, spec, value_of};

const AUDIENCE: &str = "api://AzureADTokenExchange";

/// What the rendered files say, read by others.
#[derive(Clone)]
struct Rendered {
    /// The resources of the deployment: id, type, properties.
    azure: Vec<(String, String, Value)>,
    /// The objects of the cluster, late values filled.
    objects: Vec<Value>,
    /// `az aks connection create` lines of the runbook, as words.
    commands: Vec<Vec<String>>,
    /// Key of a late value → name of the identity whose client id it is.
    identities: BTreeMap<String, String>,
    /// Client id → key of the late value that it was filled in for.
    keys: BTreeMap<String, String>,
}

/// One connection of the spec to something in Azure.
#[derive(Clone)]
struct Edge {
    workload: String,
    kind: String,
    /// Child that is named, or the only one; `None`: all of it.
    child: Option<String>,
    access: String,
}

pub(super) fn checks(checks: &mut Checks, example: &'static str) {
    checks.needing::<(Bicep, Kustomize)>(
        &format!("{example}: the chain of every connection is whole"),
        move |(bicep, kustomize)| {
            let rendered = read(example, bicep, kustomize)?;
            let edges = edges(example)?;
            assert!(!edges.is_empty());
            none(problems(&rendered, &edges))
        },
    );
    checks.needing::<(Bicep, Kustomize)>(
        &format!("{example}: a chain with any link broken is noticed"),
        move |(bicep, kustomize)| {
            let rendered = read(example, bicep, kustomize)?;
            let edges = edges(example)?;
            let mut missed = Vec::new();
            let mut broken = 0;
            for edge in &edges {
                for (link, breaks) in breaks(edge) {
                    let mut copy = rendered.clone();
                    breaks(&mut copy, edge);
                    broken += 1;
                    let found = problems(&copy, &edges);
                    // A problem begins with the workload or its identity.
                    let is_of = |problem: &&String| {
                        let owner = problem.split(' ').next();
                        owner.is_some_and(|owner| owner.ends_with(&edge.workload))
                    };
                    if !found
                        .iter()
                        .filter(is_of)
                        .any(|problem| problem.contains(link))
                    {
                        missed.push(format!(
                            "{} to {}: {link}: {found:?}",
                            edge.workload, edge.kind
                        ));
                    }
                }
            }
            assert!(
                broken >= 20 * edges.len(),
                "{broken} links of {} connections were broken",
                edges.len()
            );
            none(missed)
        },
    );
}

// ---------------------------------------------------------------------------------------------------------------------
// Reading

/// The connections to Azure, from the spec by a foreign reader.
fn edges(example: &str) -> Result<Vec<Edge>, Failed> {
    let spec: Value = serde_yaml::from_str(&std::fs::read_to_string(spec(example))?)?;
    let mut edges = Vec::new();
    for (workload, settings) in spec["workloads"].as_object().ok_or("workloads")? {
        for (target, connection) in settings["connections"].as_object().into_iter().flatten() {
            let (resource, child) = match target.split_once('/') {
                Some((resource, child)) => (resource, Some(child.to_owned())),
                None => (target.as_str(), None),
            };
            let Some(kind) = spec["resources"][resource]["kind"].as_str() else {
                continue;
            };
            let children = |key: &str| -> Vec<String> {
                match &spec["resources"][resource][key] {
                    Value::Array(list) => list
                        .iter()
                        .filter_map(|one| one.as_str().map(str::to_owned))
                        .collect(),
                    Value::Object(map) => map.keys().cloned().collect(),
                    _ => Vec::new(),
                }
            };
            let all = ["containers", "databases", "secrets"]
                .iter()
                .flat_map(|key| children(key))
                .collect::<Vec<_>>();
            let child = match (child.as_deref(), all.as_slice()) {
                (Some("*"), _) => None,
                (None, [only]) => Some(only.clone()),
                _ => child,
            };
            let access = connection
                .as_str()
                .or_else(|| connection["access"].as_str())
                .ok_or("one access")?;
            edges.push(Edge {
                workload: workload.clone(),
                kind: kind.to_owned(),
                child,
                access: access.to_owned(),
            });
        }
    }
    Ok(edges)
}

fn read(example: &str, bicep: &Bicep, kustomize: &Kustomize) -> Result<Rendered, Failed> {
    let keys = late_keys(example)?;
    let copy = filled(example, &keys, None)?;
    let infra = copy.path().join("infra");
    let snapshot = bicep.snapshot(
        infra.join("main.bicepparam"),
        &super::azure::deployment(example),
    )?;
    let azure = snapshot
        .resources
        .iter()
        .map(|resource| {
            (
                resource.id.clone(),
                resource.kind.clone(),
                resource.body.get("properties").cloned().unwrap_or_default(),
            )
        })
        .collect();
    let main = std::fs::read_to_string(infra.join("main.bicep"))?;
    let mut identities = BTreeMap::new();
    let row = Regex::new(r"key: '([A-Z0-9_]+)'[, ]+value: (\w+)\.outputs\.(\w+)")?;
    let administrator = Regex::new(r"administratorName: (\w+)")?;
    for found in row.captures_iter(&main) {
        let (key, module, output) = (&found[1], &found[2], &found[3]);
        let call = Regex::new(&format!(r"(?s)module {module} '([^']+)' = \{{(.*?)\n\}}"))?;
        let call = call
            .captures(&main)
            .ok_or_else(|| format!("module {module}"))?;
        let identity = if output == "administratorClientId" {
            let variable = administrator.captures(&call[2]).ok_or("an administrator")?;
            variable_of(&main, &variable[1]).ok_or("its name")?
        } else if call[1].starts_with("workloads/") {
            let text = std::fs::read_to_string(infra.join(&call[1]))?;
            let resource = text
                .split("Microsoft.ManagedIdentity/userAssignedIdentities@")
                .nth(1)
                .ok_or("an identity")?;
            literal(resource, "name").ok_or("its name")?
        } else {
            continue;
        };
        identities.insert(key.to_owned(), identity);
    }
    let readme = std::fs::read_to_string(copy.path().join("README.md"))?;
    let joined = readme.replace("\\\n", " ");
    let commands = joined
        .lines()
        .filter(|line| line.trim_start().starts_with("az aks connection create "))
        .filter_map(shlex::split)
        .collect();
    Ok(Rendered {
        azure,
        objects: kustomize.build(copy.path().join("k8s"))?,
        commands,
        identities,
        keys: keys
            .iter()
            .enumerate()
            .map(|(index, key)| (value_of(key, index), key.clone()))
            .collect(),
    })
}

/// The text literal that a variable stands for.
fn variable_of(main: &str, name: &str) -> Option<String> {
    let after = main.split(&format!("\nvar {name} = '")).nth(1)?;
    after.split('\'').next().map(str::to_owned)
}

/// The text literal after `key:`.
fn literal(text: &str, key: &str) -> Option<String> {
    let after = text.split(&format!("{key}: '")).nth(1)?;
    after.split('\'').next().map(str::to_owned)
}

// ---------------------------------------------------------------------------------------------------------------------
// Judging

impl Rendered {
    fn object(&self, kind: &str, name: &str) -> Option<&Value> {
        self.objects
            .iter()
            .find(|object| object["kind"] == kind && object["metadata"]["name"] == name)
    }

    fn of_type<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = (&'a str, &'a Value)> {
        self.azure
            .iter()
            .filter(move |(_, other, _)| other.eq_ignore_ascii_case(kind))
            .map(|(id, _, properties)| (id.as_str(), properties))
    }
}

/// What is wrong with the chains, each beginning with the workload.
fn problems(rendered: &Rendered, edges: &[Edge]) -> Vec<String> {
    let mut problems = Vec::new();
    for edge in edges {
        if let Err(problem) = chain(rendered, edge) {
            problems.push(format!("{} to {}: {problem}", edge.workload, edge.kind));
        }
    }
    // Nothing wider: an identity of a workload has no role but those of its connections.
    for (key, identity) in &rendered.identities {
        let roles = roles_of(rendered, identity);
        let wanted = edges
            .iter()
            .filter(|edge| {
                format!(
                    "{}_CLIENT_ID",
                    edge.workload.replace('-', "_").to_uppercase()
                ) == *key
            })
            .filter(|edge| edge.kind != "sql")
            .count();
        if roles.len() > wanted {
            problems.push(format!(
                "{identity} has {} roles for {wanted} connections",
                roles.len()
            ));
        }
    }
    problems
}

/// Scope and role id of every assignment to an identity.
fn roles_of(rendered: &Rendered, identity: &str) -> Vec<(String, String)> {
    rendered
        .of_type("Microsoft.Authorization/roleAssignments")
        .filter(|(_, properties)| {
            let principal = properties["principalId"].as_str().unwrap_or_default();
            principal.contains(&format!("/userAssignedIdentities/{identity}'"))
                && principal.ends_with(".principalId]")
        })
        .filter_map(|(id, properties)| {
            let scope = id.split("/providers/Microsoft.Authorization/").next()?;
            let role = properties["roleDefinitionId"]
                .as_str()?
                .rsplit('/')
                .next()?;
            Some((scope.to_owned(), role.to_owned()))
        })
        .collect()
}

fn chain(rendered: &Rendered, edge: &Edge) -> Result<(), String> {
    let deployment = rendered
        .object("Deployment", &edge.workload)
        .ok_or("no Deployment")?;
    let namespace = deployment["metadata"]["namespace"]
        .as_str()
        .ok_or("no namespace")?;
    let template = &deployment["spec"]["template"];
    if template["metadata"]["labels"]["azure.workload.identity/use"] != "true" {
        return Err("pod label is missing".to_owned());
    }
    let account = template["spec"]["serviceAccountName"]
        .as_str()
        .ok_or("the pod names no service account")?;
    let identity = identity_of(rendered, account, namespace)?;
    credential(rendered, &identity, namespace, account)?;
    if edge.kind == "sql" {
        database(rendered, edge, template, namespace, &identity)
    } else {
        role(rendered, edge, &identity)?;
        let name = resource_name(rendered, edge)?;
        configuration(rendered, template, namespace, &identity, &name)
    }
}

/// Service account → annotation → late value → identity.
fn identity_of(rendered: &Rendered, account: &str, namespace: &str) -> Result<String, String> {
    let object = rendered
        .objects
        .iter()
        .find(|object| {
            object["kind"] == "ServiceAccount"
                && object["metadata"]["name"] == account
                && object["metadata"]["namespace"] == namespace
        })
        .ok_or("service account does not exist")?;
    let client_id = object["metadata"]["annotations"]["azure.workload.identity/client-id"]
        .as_str()
        .ok_or("annotation of the service account is missing")?;
    let key = rendered
        .keys
        .get(client_id)
        .ok_or("annotation is no late value")?;
    rendered
        .identities
        .get(key)
        .cloned()
        .ok_or_else(|| format!("late value {key} is not the output of an identity"))
}

fn credential(
    rendered: &Rendered,
    identity: &str,
    namespace: &str,
    account: &str,
) -> Result<(), String> {
    let at = format!("/userAssignedIdentities/{identity}/federatedIdentityCredentials/");
    let credentials: Vec<&Value> = rendered
        .of_type("Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials")
        .filter(|(id, _)| id.contains(&at))
        .map(|(_, properties)| properties)
        .collect();
    let [properties] = credentials.as_slice() else {
        return Err(format!(
            "federated credential: {} of them",
            credentials.len()
        ));
    };
    if properties["audiences"] != json!([AUDIENCE]) {
        return Err("audience of the credential is another".to_owned());
    }
    if properties["subject"] != format!("system:serviceaccount:{namespace}:{account}") {
        return Err(format!(
            "subject of the credential is {}",
            properties["subject"]
        ));
    }
    let issuer = properties["issuer"].as_str().unwrap_or_default();
    if !(issuer.contains("cluster") && issuer.contains("outputs.oidcIssuerUrl.value")) {
        return Err(format!("issuer of the credential is {issuer}"));
    }
    Ok(())
}

/// The narrowest built-in role, by the vendor's own table.
fn role(rendered: &Rendered, edge: &Edge, identity: &str) -> Result<(), String> {
    let wanted = match (edge.kind.as_str(), edge.access.as_str()) {
        ("storage", "read") => "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
        ("storage", "write") => "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
        ("keyVault", "read") => "4633458b-17de-408a-b874-0445c86b69e6",
        other => return Err(format!("no role is known for {other:?}")),
    };
    let name = resource_name(rendered, edge)?;
    let scope = match (edge.kind.as_str(), &edge.child) {
        ("storage", Some(child)) => {
            format!("/storageAccounts/{name}/blobServices/default/containers/{child}")
        }
        ("storage", None) => format!("/storageAccounts/{name}"),
        ("keyVault", Some(child)) => format!("/vaults/{name}/secrets/{child}"),
        _ => format!("/vaults/{name}"),
    };
    let roles = roles_of(rendered, identity);
    if !roles.iter().any(|(_, role)| role == wanted) {
        return Err("role is missing".to_owned());
    }
    roles
        .iter()
        .any(|(at, role)| role == wanted && at.ends_with(&scope))
        .then_some(())
        .ok_or_else(|| format!("scope of the role is not {scope}"))
}

/// The one resource of the kind: the examples have one of each.
fn resource_name(rendered: &Rendered, edge: &Edge) -> Result<String, String> {
    let kind = match edge.kind.as_str() {
        "storage" => "Microsoft.Storage/storageAccounts",
        "keyVault" => "Microsoft.KeyVault/vaults",
        _ => "Microsoft.Sql/servers",
    };
    let ids: Vec<&str> = rendered.of_type(kind).map(|(id, _)| id).collect();
    match ids.as_slice() {
        [id] => Ok(id.rsplit('/').next().unwrap_or_default().to_owned()),
        _ => Err(format!("{} resources of the kind", ids.len())),
    }
}

/// Where the pods learn of the resource: a Secret that a command of the runbook makes, or a ConfigMap.
fn configuration(
    rendered: &Rendered,
    template: &Value,
    namespace: &str,
    identity: &str,
    name: &str,
) -> Result<(), String> {
    let sources = template["spec"]["containers"][0]["envFrom"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    for source in &sources {
        if let Some(map) = source["configMapRef"]["name"].as_str() {
            let holds = rendered.object("ConfigMap", map).is_some_and(|map| {
                map["metadata"]["namespace"] == namespace && map["data"].to_string().contains(name)
            });
            if holds {
                return Ok(());
            }
        }
        let Some(secret) = source["secretRef"]["name"].as_str() else {
            continue;
        };
        for words in &rendered.commands {
            let flag = |name: &str| {
                let at = words.iter().position(|word| word == name)?;
                words.get(at + 1).map(String::as_str)
            };
            let letters: String = flag("--connection")
                .unwrap_or_default()
                .chars()
                .filter(char::is_ascii_alphanumeric)
                .collect();
            if format!("sc-{letters}-secret") != secret || !words.iter().any(|word| word == name) {
                continue;
            }
            let identity_id = flag("--workload-identity").unwrap_or_default();
            if !identity_id.ends_with(&format!("/userAssignedIdentities/{identity}")) {
                return Err(format!("command of the connection acts as {identity_id}"));
            }
            if flag("--kube-namespace") != Some(namespace) {
                return Err("command of the connection writes to another namespace".to_owned());
            }
            return Ok(());
        }
    }
    Err(format!(
        "configuration does not reach the pod: no variable source for {name}"
    ))
}

/// The database user, its roles, and who may make it.
fn database(
    rendered: &Rendered,
    edge: &Edge,
    template: &Value,
    namespace: &str,
    identity: &str,
) -> Result<(), String> {
    let job = rendered
        .objects
        .iter()
        .find(|object| object["kind"] == "Job")
        .ok_or("grants Job does not exist")?;
    let pod = &job["spec"]["template"];
    let variables: BTreeMap<&str, &str> = pod["spec"]["containers"][0]["env"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|variable| Some((variable["name"].as_str()?, variable["value"].as_str()?)))
        .collect();
    let child = edge.child.as_deref().ok_or("one database")?;
    let wanted: &[&str] = match edge.access.as_str() {
        "read" => &["db_datareader"],
        "write" => &["db_datareader", "db_datawriter"],
        _ => &["db_owner"],
    };
    let mut roles = Vec::new();
    for line in variables.get("GRANTS").copied().unwrap_or_default().lines() {
        let words: Vec<&str> = line.splitn(4, ' ').collect();
        let [user, variable, role, database] = words.as_slice() else {
            return Err(format!("grants line {line:?}"));
        };
        if *user != identity || *database != child {
            continue;
        }
        let client_id = variables.get(variable).copied().unwrap_or_default();
        let key = rendered
            .keys
            .get(client_id)
            .ok_or("grants name a client id that is no late value")?;
        if rendered.identities.get(key).map(String::as_str) != Some(identity) {
            return Err("grants give the user another client id".to_owned());
        }
        roles.push(*role);
    }
    if roles != wanted {
        return Err(format!("grants give the roles {roles:?}"));
    }
    let server = resource_name(rendered, edge)?;
    let host = variables.get("SQL_SERVER").copied().unwrap_or_default();
    if !host.starts_with(&format!("{server}.")) {
        return Err(format!("grants go to the server {host}"));
    }
    let job_namespace = job["metadata"]["namespace"]
        .as_str()
        .ok_or("namespace of the Job")?;
    let account = pod["spec"]["serviceAccountName"]
        .as_str()
        .ok_or("service account of the Job")?;
    let administrator = identity_of(rendered, account, job_namespace)
        .map_err(|problem| format!("administrator: {problem}"))?;
    credential(rendered, &administrator, job_namespace, account)
        .map_err(|problem| format!("administrator: {problem}"))?;
    let sid = rendered
        .of_type("Microsoft.Sql/servers")
        .find_map(|(_, properties)| properties["administrators"]["sid"].as_str())
        .unwrap_or_default();
    if !sid.contains(&format!("/userAssignedIdentities/{administrator}'")) {
        return Err("administrator of the server is another identity than the Job's".to_owned());
    }
    configuration(rendered, template, namespace, identity, host)
}

// ---------------------------------------------------------------------------------------------------------------------
// Breaking

type Break = fn(&mut Rendered, &Edge);

/// Every link of an edge's chain: a word of the problem it must be called by, and how to break it.
fn breaks(edge: &Edge) -> Vec<(&'static str, Break)> {
    let mut links: Vec<(&'static str, Break)> = vec![
        ("no Deployment", |rendered, edge| {
            rendered.objects.retain(|object| {
                object["kind"] != "Deployment"
                    || object["metadata"]["name"] != edge.workload.as_str()
            });
        }),
        ("pod label", |rendered, edge| {
            pod(rendered, edge)["metadata"]["labels"]["azure.workload.identity/use"] =
                json!("false");
        }),
        ("names no service account", |rendered, edge| {
            pod(rendered, edge)["spec"]["serviceAccountName"] = Value::Null;
        }),
        ("service account does not exist", |rendered, edge| {
            account(rendered, &edge.workload)["kind"] = json!("Account");
        }),
        ("service account does not exist", |rendered, edge| {
            account(rendered, &edge.workload)["metadata"]["namespace"] = json!("default");
        }),
        (
            "annotation of the service account is missing",
            |rendered, edge| {
                account(rendered, &edge.workload)["metadata"]["annotations"] = json!({});
            },
        ),
        ("annotation is no late value", |rendered, edge| {
            account(rendered, &edge.workload)["metadata"]["annotations"]["azure.workload.identity/client-id"] =
                json!("somebody else");
        }),
        ("late value", |rendered, _| rendered.identities.clear()),
        ("federated credential", |rendered, edge| {
            rendered.azure.retain(|(id, kind, _)| {
                !(kind.ends_with("federatedIdentityCredentials") && is_of(id, edge))
            });
        }),
        ("2 of them", |rendered, edge| {
            let is_credential = |(id, kind, _): &&(String, String, Value)| {
                kind.ends_with("federatedIdentityCredentials") && is_of(id, edge)
            };
            let (mut id, kind, _) = rendered
                .azure
                .iter()
                .find(is_credential)
                .cloned()
                .expect("a credential");
            id.push_str("-2");
            rendered.azure.push((id, kind, json!({})));
        }),
        ("audience", |rendered, edge| {
            credential_of(rendered, edge)["audiences"] = json!(["report://AzureADTokenExchange"]);
        }),
        ("subject", |rendered, edge| {
            credential_of(rendered, edge)["subject"] =
                json!("system:serviceaccount:default:default");
        }),
        ("issuer", |rendered, edge| {
            credential_of(rendered, edge)["issuer"] = json!("https://example.com/");
        }),
        ("0 resources of the kind", |rendered, edge| {
            let name = resource_name(rendered, edge).expect("a name");
            rendered
                .azure
                .retain(|(id, _, _)| !id.ends_with(&format!("/{name}")));
        }),
        ("configuration", |rendered, edge| {
            pod(rendered, edge)["spec"]["containers"][0]["envFrom"] = json!([]);
        }),
    ];
    if edge.kind == "sql" {
        links.extend([
            (
                "grants Job",
                (|rendered, _| rendered.objects.retain(|object| object["kind"] != "Job")) as Break,
            ),
            ("grants line", |rendered, _| {
                *job_variable(rendered, "GRANTS") = json!("one two three");
            }),
            ("grants give the roles", |rendered, _| {
                *job_variable(rendered, "GRANTS") = json!("");
            }),
            (
                "grants name a client id that is no late value",
                |rendered, _| {
                    let variable = variable_of_grants(rendered);
                    *job_variable(rendered, &variable) = json!("somebody else");
                },
            ),
            (
                "grants give the user another client id",
                |rendered, edge| {
                    let is_other = |key: &String| {
                        let identity = rendered.identities.get(key);
                        identity.is_some_and(|identity| !identity.ends_with(&edge.workload))
                    };
                    let (other, _) = rendered
                        .keys
                        .iter()
                        .find(|(_, key)| is_other(key))
                        .expect("another identity");
                    let other = json!(other);
                    let variable = variable_of_grants(rendered);
                    *job_variable(rendered, &variable) = other;
                },
            ),
            ("grants go to the server", |rendered, _| {
                *job_variable(rendered, "SQL_SERVER") = json!("elsewhere.example.com");
            }),
            ("namespace of the Job", |rendered, _| {
                job(rendered)["metadata"]["namespace"] = Value::Null;
            }),
            ("service account of the Job", |rendered, _| {
                job(rendered)["spec"]["template"]["spec"]["serviceAccountName"] = Value::Null;
            }),
            (
                "administrator: service account does not exist",
                |rendered, _| {
                    let name =
                        job(rendered)["spec"]["template"]["spec"]["serviceAccountName"].clone();
                    account(rendered, name.as_str().expect("a name"))["kind"] = json!("Account");
                },
            ),
            ("administrator: federated credential", |rendered, edge| {
                rendered.azure.retain(|(id, kind, _)| {
                    !kind.ends_with("federatedIdentityCredentials") || is_of(id, edge)
                });
            }),
            ("configuration", |rendered, edge| {
                config_map(rendered, edge)["data"] = json!({});
            }),
            ("configuration", |rendered, edge| {
                config_map(rendered, edge)["metadata"]["namespace"] = json!("default");
            }),
            ("administrator of the server", |rendered, _| {
                for (_, kind, properties) in &mut rendered.azure {
                    if kind == "Microsoft.Sql/servers" {
                        properties["administrators"]["sid"] = json!("somebody else");
                    }
                }
            }),
        ]);
    } else {
        links.extend([
            (
                "role is missing",
                (|rendered, edge| {
                    rendered.azure.retain(|(_, kind, properties)| {
                        !(kind.ends_with("roleAssignments")
                            && is_of(properties["principalId"].as_str().unwrap_or_default(), edge))
                    });
                }) as Break,
            ),
            ("role is missing", |rendered, edge| {
                for (_, kind, properties) in &mut rendered.azure {
                    if kind.ends_with("roleAssignments")
                        && is_of(properties["principalId"].as_str().unwrap_or_default(), edge)
                    {
                        properties["roleDefinitionId"] =
                            json!("/x/8e3af657-a8ff-443c-a75c-2fe8c4bcb635");
                    }
                }
            }),
            ("roles for", |rendered, edge| {
                let is_role = |(_, kind, properties): &&(String, String, Value)| {
                    kind.ends_with("roleAssignments")
                        && is_of(properties["principalId"].as_str().unwrap_or_default(), edge)
                };
                let role = rendered.azure.iter().find(is_role).cloned();
                rendered.azure.push(role.expect("a role"));
            }),
            ("scope", |rendered, edge| {
                for (id, kind, properties) in &mut rendered.azure {
                    if kind.ends_with("roleAssignments")
                        && is_of(properties["principalId"].as_str().unwrap_or_default(), edge)
                    {
                        *id = id
                            .replace("/providers/Microsoft.Storage/", "/x/")
                            .replace("/vaults/", "/y/");
                        *id = id
                            .replace("/containers/", "/z/")
                            .replace("/storageAccounts/", "/w/");
                    }
                }
            }),
            ("configuration", |rendered, _| rendered.commands.clear()),
            ("configuration", |rendered, _| {
                for words in &mut rendered.commands {
                    if let Some(at) = words.iter().position(|word| word == "--connection") {
                        "another".clone_into(&mut words[at + 1]);
                    }
                }
            }),
            ("configuration", |rendered, edge| {
                let name = resource_name(rendered, edge).expect("a name");
                for word in rendered.commands.iter_mut().flatten() {
                    if *word == name {
                        "another".clone_into(word);
                    }
                }
            }),
            ("acts as", |rendered, _| {
                for words in &mut rendered.commands {
                    if let Some(at) = words.iter().position(|word| word == "--workload-identity") {
                        "/somebody/else".clone_into(&mut words[at + 1]);
                    }
                }
            }),
            ("another namespace", |rendered, _| {
                for words in &mut rendered.commands {
                    if let Some(at) = words.iter().position(|word| word == "--kube-namespace") {
                        "default".clone_into(&mut words[at + 1]);
                    }
                }
            }),
        ]);
    }
    links
}

/// The pod template of the edge's workload.
fn pod<'a>(rendered: &'a mut Rendered, edge: &Edge) -> &'a mut Value {
    &mut object(rendered, "Deployment", &edge.workload)["spec"]["template"]
}

/// The object of a kind and a name.
fn object<'a>(rendered: &'a mut Rendered, kind: &str, name: &str) -> &'a mut Value {
    rendered
        .objects
        .iter_mut()
        .find(|object| object["kind"] == kind && object["metadata"]["name"] == name)
        .unwrap_or_else(|| panic!("no {kind} {name}"))
}

fn account<'a>(rendered: &'a mut Rendered, name: &str) -> &'a mut Value {
    object(rendered, "ServiceAccount", name)
}

/// The ConfigMap that the pods of the edge's workload read.
fn config_map<'a>(rendered: &'a mut Rendered, edge: &Edge) -> &'a mut Value {
    let sources = &pod(rendered, edge)["spec"]["containers"][0]["envFrom"];
    let name = sources
        .as_array()
        .into_iter()
        .flatten()
        .find_map(|source| source["configMapRef"]["name"].as_str())
        .expect("a ConfigMap")
        .to_owned();
    object(rendered, "ConfigMap", &name)
}

/// The Job that makes database users.
fn job(rendered: &mut Rendered) -> &mut Value {
    rendered
        .objects
        .iter_mut()
        .find(|object| object["kind"] == "Job")
        .expect("a Job")
}

/// The value of a variable of the Job.
fn job_variable<'a>(rendered: &'a mut Rendered, name: &str) -> &'a mut Value {
    job(rendered)["spec"]["template"]["spec"]["containers"][0]["env"]
        .as_array_mut()
        .into_iter()
        .flatten()
        .find(|variable| variable["name"] == name)
        .map(|variable| &mut variable["value"])
        .expect("the variable")
}

/// The variable that the first line of the grants reads a client id from.
fn variable_of_grants(rendered: &mut Rendered) -> String {
    let grants = job_variable(rendered, "GRANTS").as_str();
    let word = grants.and_then(|grants| grants.split(' ').nth(1));
    word.expect("a line").to_owned()
}

/// Whether an id or a principal is of the workload's identity.
fn is_of(text: &str, edge: &Edge) -> bool {
    text.contains(&format!("-{}'", edge.workload)) || text.contains(&format!("-{}/", edge.workload))
}

fn credential_of<'a>(rendered: &'a mut Rendered, edge: &Edge) -> &'a mut Value {
    rendered
        .azure
        .iter_mut()
        .find(|(id, kind, _)| kind.ends_with("federatedIdentityCredentials") && is_of(id, edge))
        .map(|(_, _, properties)| properties)
        .expect("a credential")
}

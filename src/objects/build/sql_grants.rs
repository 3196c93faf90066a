//! The Jobs that make the users of SQL databases: one a server, with its `ConfigMap`.
//!
//! The program is the same for every system and is copied from `templates/k8s/sql-grants`. What the spec decides stands
//! in the Job as variables, not in the `ConfigMap`: a changed grant must change the Job, or tools that only run what has
//! changed would not run it again.

use super::checksum::checksum;
use super::identity;
use super::literal::literal;
use crate::kinds::Sql;
use crate::model::{Model, Resource};
use crate::objects::api::{
    Capabilities, ConfigMap, ConfigMapVolume, Container, ContainerSecurity, EmptyDir, EnvVar,
    ExecAction, Job, JobSpec, Metadata, PodMetadata, PodSecurityContext, PodSpec, PodTemplate,
    Probe, ResourceList, Resources, SeccompProfile, TextMap, Volume, VolumeMount,
};
use crate::objects::late_field::{Step, key};
use crate::objects::{LateField, Manifest, Object, Part, Topic, hole, labels};

const SCRIPT: &str = include_str!("../../../templates/k8s/sql-grants/grants.sh");
const STATEMENTS: &str = include_str!("../../../templates/k8s/sql-grants/grants.sql");

/// Where the `ConfigMap` is mounted.
const PROGRAM_FOLDER: &str = "/grants";
/// The only folder that can be written.
const WORK_FOLDER: &str = "/work";
/// Any user but root: which one the image would take is not known.
const USER: i64 = 65532;
/// Longer than the program waits for databases that wake up, which they do together.
const DEADLINE_SECONDS: u32 = 1800;
/// Failed pods stay, with their logs, until the Job is deleted.
const RETRIES: u32 = 4;
/// Seconds between two probes.
const PROBE_SECONDS: u32 = 60;

pub(super) fn build(model: &Model) -> Vec<Manifest> {
    model
        .sql_servers()
        .flat_map(|(resource, sql)| [program(model, resource, sql), job(model, resource, sql)])
        .collect()
}

fn metadata(model: &Model, sql: &Sql) -> Metadata {
    Metadata {
        name: sql.grants.job.clone(),
        namespace: Some(sql.grants.namespace.clone()),
        labels: labels(model, &sql.grants.job),
        ..Metadata::default()
    }
}

fn program(model: &Model, resource: &Resource, sql: &Sql) -> Manifest {
    Manifest {
        object: Object::ConfigMap(ConfigMap {
            metadata: metadata(model, sql),
            data: [("grants.sh", SCRIPT), ("grants.sql", STATEMENTS)]
                .map(|(file, text)| (file.to_owned(), text.to_owned()))
                .into(),
        }),
        origin: resource.origin.clone(),
        part: Part::Platform(Topic::SqlGrants),
        late: Vec::new(),
    }
}

/// What a workload may do in the databases of a server: one row a database and role.
struct GrantRow<'m> {
    user: &'m str,
    client_id_key: &'m str,
    role: &'static str,
    database: &'m str,
}

fn grant_rows<'m>(model: &'m Model, resource: &'m Resource, sql: &'m Sql) -> Vec<GrantRow<'m>> {
    let mut rows = Vec::new();
    for workload in &model.workloads {
        let Some(identity) = &workload.identity else {
            continue;
        };
        for grant in workload
            .grants
            .iter()
            .filter(|grant| grant.resource == resource.key)
        {
            rows.extend(grant.database_roles(sql).map(|(database, role)| GrantRow {
                user: &identity.name,
                client_id_key: &identity.client_id_key,
                role,
                database,
            }));
        }
    }
    rows
}

fn job(model: &Model, resource: &Resource, sql: &Sql) -> Manifest {
    let rows = grant_rows(model, resource, sql);
    let mut client_ids: Vec<&str> = Vec::new();
    for row in &rows {
        if !client_ids.contains(&row.client_id_key) {
            client_ids.push(row.client_id_key);
        }
    }
    let late = client_ids.iter().map(|client_id| {
        LateField::new(
            client_id,
            [
                key("spec"),
                key("template"),
                key("spec"),
                key("containers"),
                Step::Named(CONTAINER.to_owned()),
                key("env"),
                Step::Named((*client_id).to_owned()),
                key("value"),
            ],
        )
    });
    let annotations = [
        // A finished Job cannot be changed, so each tool is told to replace it.
        ("argocd.argoproj.io/hook", "Sync"),
        (
            "argocd.argoproj.io/hook-delete-policy",
            "BeforeHookCreation",
        ),
        ("kustomize.toolkit.fluxcd.io/force", "enabled"),
    ];
    Manifest {
        object: Object::Job(Job {
            metadata: Metadata {
                annotations: TextMap::from(annotations),
                ..metadata(model, sql)
            },
            spec: JobSpec {
                backoff_limit: RETRIES,
                active_deadline_seconds: DEADLINE_SECONDS,
                template: pod_template(model, sql, environment(model, sql, &rows, &client_ids)),
            },
        }),
        origin: resource.origin.clone(),
        part: Part::Platform(Topic::SqlGrants),
        late: late.collect(),
    }
}

/// Name of the Job's only container.
const CONTAINER: &str = "grants";

fn environment(
    model: &Model,
    sql: &Sql,
    rows: &[GrantRow<'_>],
    client_ids: &[&str],
) -> Vec<EnvVar> {
    let databases: Vec<&str> = sql
        .databases
        .iter()
        .map(|database| database.azure_name.as_str())
        .collect();
    let grants: Vec<String> = rows
        .iter()
        .map(|row| {
            format!(
                "{} {} {} {}",
                row.user, row.client_id_key, row.role, row.database
            )
        })
        .collect();
    let fixed = [
        ("SQL_SERVER", sql.host.clone()),
        ("USER_PREFIX", format!("id-{}-", model.stem)),
        ("DATABASES", literal(&databases.join("\n"))),
        ("GRANTS", literal(&grants.join("\n"))),
        ("HOME", WORK_FOLDER.to_owned()),
        ("TMPDIR", WORK_FOLDER.to_owned()),
    ]
    .map(|(name, value)| EnvVar {
        name: name.to_owned(),
        value,
    });
    let late = client_ids.iter().map(|client_id| EnvVar {
        name: (*client_id).to_owned(),
        value: hole(client_id),
    });
    fixed.into_iter().chain(late).collect()
}

/// A question that the shell answers, for deployment safeguards refuse a pod without probes. Whether the program works is
/// said by its end and by the deadline of the Job: no pod is killed earlier because it had no time for this.
fn probe() -> Probe {
    Probe {
        exec: Some(ExecAction {
            command: ["/bin/sh", "-c", ":"].map(str::to_owned).to_vec(),
        }),
        period_seconds: Some(PROBE_SECONDS),
        timeout_seconds: Some(PROBE_SECONDS),
        failure_threshold: Some(DEADLINE_SECONDS.div_ceil(PROBE_SECONDS)),
        ..Probe::default()
    }
}

fn pod_template(model: &Model, sql: &Sql, env: Vec<EnvVar>) -> PodTemplate {
    let (label, value) = identity::USES_IDENTITY;
    let mut pod_labels = labels(model, &sql.grants.job);
    pod_labels.insert(label, value);
    let quantities = |cpu: &str, memory: &str| ResourceList {
        cpu: cpu.to_owned(),
        memory: memory.to_owned(),
    };
    let program = format!("{SCRIPT}{STATEMENTS}");
    PodTemplate {
        metadata: PodMetadata {
            labels: pod_labels,
            // The Job is another one when its program is: a tool that only applies what has changed would not run it again.
            annotations: TextMap::from([("checksum/program", checksum(&program))]),
        },
        spec: PodSpec {
            service_account_name: Some(sql.administrator.service_account.clone()),
            // The webhook mounts the token for Entra; one for the Kubernetes API is not needed.
            automount_service_account_token: Some(false),
            enable_service_links: Some(false),
            // A new pod for each try: the old ones keep their logs.
            restart_policy: Some("Never".to_owned()),
            security_context: Some(PodSecurityContext {
                run_as_non_root: Some(true),
                run_as_user: Some(USER),
                run_as_group: Some(USER),
                fs_group: Some(USER),
                seccomp_profile: Some(SeccompProfile {
                    profile_type: "RuntimeDefault".to_owned(),
                }),
            }),
            containers: vec![Container {
                name: CONTAINER.to_owned(),
                image: sql.grants.image.clone(),
                command: vec!["/bin/sh".to_owned(), format!("{PROGRAM_FOLDER}/grants.sh")],
                env,
                resources: Some(Resources {
                    requests: quantities("100m", "128Mi"),
                    limits: quantities("500m", "256Mi"),
                }),
                readiness_probe: Some(probe()),
                liveness_probe: Some(probe()),
                security_context: Some(ContainerSecurity {
                    allow_privilege_escalation: Some(false),
                    read_only_root_filesystem: Some(true),
                    capabilities: Some(Capabilities {
                        drop: vec!["ALL".to_owned()],
                        add: Vec::new(),
                    }),
                }),
                volume_mounts: vec![
                    VolumeMount {
                        name: "program".to_owned(),
                        mount_path: PROGRAM_FOLDER.to_owned(),
                        read_only: Some(true),
                    },
                    VolumeMount {
                        name: "work".to_owned(),
                        mount_path: WORK_FOLDER.to_owned(),
                        read_only: None,
                    },
                ],
                ..Container::default()
            }],
            volumes: vec![
                Volume {
                    name: "program".to_owned(),
                    config_map: Some(ConfigMapVolume {
                        name: sql.grants.job.clone(),
                    }),
                    empty_dir: None,
                },
                Volume {
                    name: "work".to_owned(),
                    config_map: None,
                    empty_dir: Some(EmptyDir {
                        size_limit: Some("16Mi".to_owned()),
                    }),
                },
            ],
            ..PodSpec::default()
        },
    }
}

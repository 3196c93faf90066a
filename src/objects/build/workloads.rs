//! Workloads: Deployment, Service, disruption budget, health check of the gateway.
//!
//! What stands here passes the AKS deployment safeguards (page of 2026-06-02) and the Pod Security level of the workload
//! without being changed on admission, so that the cluster holds what git holds. One exception cannot be avoided: a
//! workload without a port has no probes. Kubernetes could only run a program inside the image, and which programs an
//! image has is not in the spec; a probe that always succeeds would please the rule and prove nothing. Such a pod counts
//! as ready while its process runs and is started again when it ends. Clusters that enforce the safeguards refuse it.

use super::checksum::checksum;
use super::identity;
use super::literal::literal;
use crate::catalog::health;
use crate::model::{Health, Model, PodSecurity, Quantities, SettingValue, Via, Workload};
use crate::objects::api::{
    Capabilities, Container, ContainerPort, ContainerSecurity, Deployment, DeploymentSpec,
    DeploymentStrategy, EnvFrom, EnvVar, HealthCheck, HealthCheckPolicy, HealthCheckPolicySpec,
    HttpGet, HttpHealthCheck, HttpHealthMatch, IntOrText, LabelSelector, Lifecycle,
    LifecycleHandler, Metadata, NameRef, PodDisruptionBudget, PodDisruptionBudgetSpec, PodMetadata,
    PodSecurityContext, PodSpec, PodTemplate, PolicyTargetRef, Probe, ResourceList, Resources,
    RollingUpdate, SeccompProfile, Service, ServicePort, ServiceSpec, SleepAction, StatusCodeRange,
    TcpSocket, TopologySpread,
};
use crate::objects::{Manifest, NAME_LABEL, Object, Part, labels};

/// Old versions kept for `kubectl rollout undo`. Git has the others.
const OLD_VERSIONS: u32 = 3;
/// Seconds that a pod keeps answering after it left the Service: the gateway hears of it a moment later.
const SECONDS_TO_LEAVE: u32 = 10;
/// Seconds that a pod then has for the requests it still holds. Kubernetes' own default for the whole way.
const SECONDS_TO_FINISH: u32 = 30;
/// Kubernetes' own default for a rollout without progress.
const SECONDS_OF_PATIENCE: u32 = 600;

/// What a root image needs to start: take over folders, listen below 1024, become another user, signal the processes of
/// that user. All of it is within Pod Security *baseline*; the rest of what container runtimes give, such as raw sockets,
/// stays away.
const CAPABILITIES_TO_START: [&str; 7] = [
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "KILL",
    "NET_BIND_SERVICE",
    "SETGID",
    "SETUID",
];

pub(super) fn build(model: &Model) -> Vec<Manifest> {
    model
        .workloads
        .iter()
        .flat_map(|workload| {
            [
                Some(Object::Deployment(deployment(model, workload))),
                service(model, workload).map(Object::Service),
                disruption_budget(model, workload).map(Object::PodDisruptionBudget),
                health_check(model, workload).map(Object::HealthCheckPolicy),
            ]
            .into_iter()
            .flatten()
            .map(|object| Manifest {
                object,
                origin: workload.origin.clone(),
                part: Part::Workload(workload.name.clone()),
                late: Vec::new(),
            })
        })
        .collect()
}

fn metadata(model: &Model, workload: &Workload, name: &str) -> Metadata {
    Metadata {
        name: name.to_owned(),
        namespace: Some(model.cluster().namespace.name.clone()),
        labels: labels(model, &workload.name),
        ..Metadata::default()
    }
}

fn selector(workload: &Workload) -> LabelSelector {
    LabelSelector {
        match_labels: [(NAME_LABEL, &workload.name)].into(),
    }
}

fn deployment(model: &Model, workload: &Workload) -> Deployment {
    let startup_seconds = workload
        .health
        .as_ref()
        .map_or(0, |health| health.startup_seconds);
    Deployment {
        metadata: metadata(model, workload, &workload.name),
        spec: DeploymentSpec {
            replicas: workload.replicas,
            revision_history_limit: OLD_VERSIONS,
            // A pod that may take long to start must not fail the rollout while it starts.
            progress_deadline_seconds: SECONDS_OF_PATIENCE.max(startup_seconds.saturating_mul(2)),
            // A new pod works before an old one goes, also with one replica.
            strategy: DeploymentStrategy {
                strategy_type: "RollingUpdate".to_owned(),
                rolling_update: RollingUpdate {
                    max_unavailable: IntOrText::Int(0),
                    max_surge: IntOrText::Text("25%".to_owned()),
                },
            },
            selector: selector(workload),
            template: pod_template(model, workload),
        },
    }
}

fn pod_template(model: &Model, workload: &Workload) -> PodTemplate {
    let mut pod_labels = labels(model, &workload.name);
    if workload.identity.is_some() {
        let (label, value) = identity::USES_IDENTITY;
        pod_labels.insert(label, value);
    }
    let called = workload.service.is_some();
    PodTemplate {
        metadata: PodMetadata {
            labels: pod_labels,
            annotations: connections_checksum(workload)
                .map(|checksum| ("checksum/connections", checksum))
                .into_iter()
                .collect(),
        },
        spec: PodSpec {
            service_account_name: workload
                .identity
                .as_ref()
                .map(|identity| identity.service_account.clone()),
            // The workload identity webhook mounts the token for Entra in a volume of its own, whatever stands here. What
            // this switch would mount is a token for the Kubernetes API, which no workload asks.
            automount_service_account_token: Some(false),
            // Variables for every Service of the namespace would collide with those of connections.
            enable_service_links: Some(false),
            restart_policy: None,
            termination_grace_period_seconds: called
                .then_some(SECONDS_TO_LEAVE + SECONDS_TO_FINISH),
            security_context: Some(PodSecurityContext {
                run_as_non_root: (workload.pod_security == PodSecurity::Restricted).then_some(true),
                seccomp_profile: Some(SeccompProfile {
                    profile_type: "RuntimeDefault".to_owned(),
                }),
                ..PodSecurityContext::default()
            }),
            topology_spread_constraints: spread(workload),
            containers: vec![container(workload)],
            volumes: Vec::new(),
        },
    }
}

fn container(workload: &Workload) -> Container {
    let probes = Probes::of(workload);
    let ports = workload.service.iter().map(|service| ContainerPort {
        name: service.port_name.clone(),
        container_port: service.container_port,
    });
    let env = workload.env.iter().map(|variable| EnvVar {
        name: variable.name.clone(),
        value: literal(&variable.value),
    });
    Container {
        name: workload.name.clone(),
        image: workload.image.clone(),
        command: workload.command.iter().map(|word| literal(word)).collect(),
        args: workload.args.iter().map(|word| literal(word)).collect(),
        ports: ports.collect(),
        env: env.collect(),
        env_from: env_from(workload),
        resources: Some(Resources {
            requests: resource_list(&workload.requests),
            limits: resource_list(&workload.limits),
        }),
        startup_probe: probes.as_ref().map(|probes| probes.startup.clone()),
        readiness_probe: probes.as_ref().map(|probes| probes.readiness.clone()),
        liveness_probe: probes.map(|probes| probes.liveness),
        lifecycle: workload.service.is_some().then_some(Lifecycle {
            pre_stop: LifecycleHandler {
                sleep: SleepAction {
                    seconds: SECONDS_TO_LEAVE,
                },
            },
        }),
        security_context: Some(container_security(workload.pod_security)),
        volume_mounts: Vec::new(),
    }
}

fn resource_list(quantities: &Quantities) -> ResourceList {
    ResourceList {
        cpu: quantities.cpu.clone(),
        memory: quantities.memory.clone(),
    }
}

/// The settings of connections: from the Secrets of Service Connector, and from the `ConfigMap` of direct connections.
fn env_from(workload: &Workload) -> Vec<EnvFrom> {
    let secrets = workload.links.iter().filter_map(|link| match &link.via {
        Via::ServiceConnector(connection) => Some(EnvFrom {
            secret_ref: Some(NameRef {
                name: connection.secret.clone(),
            }),
            ..EnvFrom::default()
        }),
        Via::Direct => None,
    });
    let config_map = workload.connections_map().map(|name| EnvFrom {
        config_map_ref: Some(NameRef { name }),
        ..EnvFrom::default()
    });
    secrets.chain(config_map).collect()
}

/// Changes when a connection changes, so that pods are replaced: what `envFrom` reads is read once, when a pod starts.
fn connections_checksum(workload: &Workload) -> Option<String> {
    let settings = workload.links.iter().flat_map(|link| {
        let carrier = match &link.via {
            Via::ServiceConnector(connection) => connection.secret.as_str(),
            Via::Direct => "",
        };
        link.settings.iter().map(move |setting| {
            let value = match &setting.value {
                SettingValue::Fixed(value) => Some(value.as_str()),
                SettingValue::ClientId => None,
            };
            (carrier, setting.name.as_str(), value)
        })
    });
    let settings: Vec<_> = settings.collect();
    if settings.is_empty() {
        return None;
    }
    // Debug text quotes and escapes, so two different lists never give the same text.
    Some(checksum(&format!("{settings:?}")))
}

fn container_security(level: PodSecurity) -> ContainerSecurity {
    let add = match level {
        PodSecurity::Restricted => Vec::new(),
        PodSecurity::Baseline => CAPABILITIES_TO_START.map(str::to_owned).to_vec(),
    };
    ContainerSecurity {
        allow_privilege_escalation: Some(false),
        read_only_root_filesystem: None,
        capabilities: Some(Capabilities {
            drop: vec!["ALL".to_owned()],
            add,
        }),
    }
}

/// Over nodes and zones, as far as there is room: a pod somewhere is better than none.
fn spread(workload: &Workload) -> Vec<TopologySpread> {
    if workload.replicas < 2 {
        return Vec::new();
    }
    ["kubernetes.io/hostname", "topology.kubernetes.io/zone"]
        .map(|topology_key| TopologySpread {
            max_skew: 1,
            topology_key: topology_key.to_owned(),
            when_unsatisfiable: "ScheduleAnyway".to_owned(),
            label_selector: selector(workload),
        })
        .to_vec()
}

/// The three probes of a container. They name the port by number: the gateway reads the readiness probe too, and
/// controllers before 1.6.7 failed on named ports (AKS issue 4861).
struct Probes {
    startup: Probe,
    readiness: Probe,
    liveness: Probe,
}

/// How often and how patiently a port is tried where the spec has no `health`: its defaults.
struct Pace {
    startup_seconds: u32,
    interval_seconds: u32,
    timeout_seconds: u32,
    unhealthy_threshold: u32,
    healthy_threshold: u32,
}

/// The defaults that the language gives `health`.
const DEFAULT_PACE: Pace = Pace {
    startup_seconds: health::STARTUP_SECONDS,
    interval_seconds: health::INTERVAL_SECONDS,
    timeout_seconds: health::TIMEOUT_SECONDS,
    unhealthy_threshold: health::UNHEALTHY_THRESHOLD,
    healthy_threshold: health::HEALTHY_THRESHOLD,
};

impl Pace {
    fn of(health: &Health) -> Self {
        Self {
            startup_seconds: health.startup_seconds,
            interval_seconds: health.interval_seconds,
            timeout_seconds: health.timeout_seconds,
            unhealthy_threshold: health.unhealthy_threshold,
            healthy_threshold: health.healthy_threshold,
        }
    }
}

impl Probes {
    fn of(workload: &Workload) -> Option<Self> {
        let port = workload.service.as_ref()?.container_port;
        let ask = Probe {
            http_get: workload.health.as_ref().map(|health| HttpGet {
                path: health.path.clone(),
                port,
            }),
            tcp_socket: workload.health.is_none().then_some(TcpSocket { port }),
            ..Probe::default()
        };
        let pace = workload.health.as_ref().map_or(DEFAULT_PACE, Pace::of);
        let interval = pace.interval_seconds.max(1);
        let base = Probe {
            period_seconds: Some(interval),
            timeout_seconds: Some(pace.timeout_seconds),
            ..ask
        };
        Some(Self {
            startup: Probe {
                // The first question comes at once, and the last one after all intervals between them.
                failure_threshold: Some(pace.startup_seconds.div_ceil(interval).saturating_add(1)),
                ..base.clone()
            },
            readiness: Probe {
                failure_threshold: Some(pace.unhealthy_threshold),
                success_threshold: (pace.healthy_threshold > 1).then_some(pace.healthy_threshold),
                ..base.clone()
            },
            // A restart costs more than a pause in traffic, so the pod leaves the Service well before it is killed.
            liveness: Probe {
                period_seconds: Some(interval.saturating_mul(2)),
                failure_threshold: Some(pace.unhealthy_threshold),
                ..base
            },
        })
    }
}

fn service(model: &Model, workload: &Workload) -> Option<Service> {
    let service = workload.service.as_ref()?;
    Some(Service {
        metadata: metadata(model, workload, &service.name),
        spec: ServiceSpec {
            selector: selector(workload).match_labels,
            ports: vec![ServicePort {
                name: service.port_name.clone(),
                port: service.port,
                target_port: IntOrText::Int(service.container_port.into()),
            }],
        },
    })
}

fn disruption_budget(model: &Model, workload: &Workload) -> Option<PodDisruptionBudget> {
    (workload.replicas >= 2).then(|| PodDisruptionBudget {
        metadata: metadata(model, workload, &workload.name),
        spec: PodDisruptionBudgetSpec {
            max_unavailable: IntOrText::Int(1),
            // Pods that do not work must not stop an upgrade of the nodes.
            unhealthy_pod_eviction_policy: Some("AlwaysAllow".to_owned()),
            selector: selector(workload),
        },
    })
}

/// The gateway's own health check. It is there for every workload with `health` and a Service, routed or not: the policy
/// belongs to the Service, and a new route must not change the workload's file.
fn health_check(model: &Model, workload: &Workload) -> Option<HealthCheckPolicy> {
    let service = workload.service.as_ref()?;
    let health = workload.health.as_ref()?;
    let (start, end) = health.status_codes;
    Some(HealthCheckPolicy {
        metadata: metadata(model, workload, &workload.name),
        spec: HealthCheckPolicySpec {
            target_ref: PolicyTargetRef {
                group: String::new(),
                kind: "Service".to_owned(),
                name: service.name.clone(),
            },
            default: HealthCheck {
                interval: format!("{}s", health.interval_seconds),
                timeout: format!("{}s", health.timeout_seconds),
                healthy_threshold: health.healthy_threshold,
                unhealthy_threshold: health.unhealthy_threshold,
                http: HttpHealthCheck {
                    path: health.path.clone(),
                    matching: HttpHealthMatch {
                        status_codes: vec![StatusCodeRange { start, end }],
                    },
                },
            },
        },
    })
}

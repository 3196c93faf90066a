//! Kubernetes, Gateway API and alb objects as typed structs: what agcgen writes of them, field by field.
//!
//! In: builders fill these structs, or strict reading does. Out: the trees that the YAML printer prints, in the order in
//! which people write the fields. A field that agcgen does not write is not here, so reading an object that has it fails
//! instead of losing it. Nothing here decides anything.

mod alb;
mod apps;
mod batch;
mod core;
mod gateway;
mod meta;
mod pod;
mod policy;
mod text_map;

pub use self::alb::{
    ApplicationLoadBalancer, ApplicationLoadBalancerSpec, HealthCheck, HealthCheckPolicy,
    HealthCheckPolicySpec, HttpHealthCheck, HttpHealthMatch, PolicyTargetRef, StatusCodeRange,
};
pub use self::apps::{Deployment, DeploymentSpec, DeploymentStrategy, RollingUpdate};
pub use self::batch::{Job, JobSpec};
pub use self::core::{ConfigMap, Namespace, Service, ServiceAccount, ServicePort, ServiceSpec};
pub use self::gateway::{
    AllowedRoutes, BackendRef, Gateway, GatewayAddress, GatewaySpec, HttpPathMatch, HttpRoute,
    HttpRouteFilter, HttpRouteMatch, HttpRouteRule, HttpRouteSpec, Listener, ParentRef,
    PathModifier, RouteNamespaces, UrlRewrite,
};
pub use self::meta::{IntOrText, LabelSelector, Metadata};
pub use self::pod::{
    Capabilities, ConfigMapVolume, Container, ContainerPort, ContainerSecurity, EmptyDir, EnvFrom,
    EnvVar, ExecAction, HttpGet, Lifecycle, LifecycleHandler, NameRef, PodMetadata,
    PodSecurityContext, PodSpec, PodTemplate, Probe, ResourceList, Resources, SeccompProfile,
    SleepAction, TcpSocket, TopologySpread, Volume, VolumeMount,
};
pub use self::policy::{PodDisruptionBudget, PodDisruptionBudgetSpec};
pub use self::text_map::TextMap;

//! One fault an object kind, where the kind allows of the sort that no type tells: the ALB Controller's own kinds have
//! nothing but types.

use serde_json::{Value, json};

use super::oracle::{Cluster, Failed};
use super::{kinds, pod_of};

/// A value put where it does not belong, and a part of what the server says of it.
struct Fault {
    kind: &'static str,
    pointer: &'static str,
    value: fn() -> Value,
    refusal: &'static str,
}

const FAULTS: &[Fault] = &[
    Fault {
        kind: "ApplicationLoadBalancer",
        pointer: "/spec/associations",
        value: || json!("a subnet alone"),
        refusal: ".spec.associations: expected list",
    },
    Fault {
        kind: "ConfigMap",
        pointer: "/data",
        value: || json!({ "a key": "" }),
        refusal: "a valid config key must consist of",
    },
    Fault {
        kind: "Deployment",
        pointer: "/spec/template/spec/containers/0/resources/limits/memory",
        value: || json!("1Mi"),
        refusal: "must be less than or equal to memory limit",
    },
    Fault {
        kind: "Gateway",
        pointer: "/spec/listeners/0/tls",
        value: || json!({ "mode": "Terminate" }),
        refusal: "tls must not be specified for protocols",
    },
    Fault {
        kind: "HTTPRoute",
        pointer: "/spec/rules/0/matches",
        value: || json!([{ "path": { "type": "PathPrefix", "value": "no-slash" } }]),
        refusal: "value must be an absolute path and start with '/'",
    },
    Fault {
        kind: "HealthCheckPolicy",
        pointer: "/spec/default/interval",
        value: || json!(5),
        refusal: ".spec.default.interval: expected string",
    },
    Fault {
        kind: "Job",
        pointer: "/spec/template/spec/restartPolicy",
        value: || json!("Always"),
        refusal: "Required value: valid values: \"OnFailure\", \"Never\"",
    },
    Fault {
        kind: "Namespace",
        pointer: "/metadata/labels/planted",
        value: || json!("not a label"),
        refusal: "a valid label must be",
    },
    Fault {
        kind: "Pod",
        pointer: "/spec/containers/0/securityContext/allowPrivilegeEscalation",
        value: || json!(true),
        refusal: "violates PodSecurity \"restricted",
    },
    Fault {
        kind: "PodDisruptionBudget",
        pointer: "/spec/minAvailable",
        value: || json!(1),
        refusal: "minAvailable and maxUnavailable cannot be both set",
    },
    Fault {
        kind: "Service",
        pointer: "/spec/ports/0/targetPort",
        value: || json!(70_000),
        refusal: "must be between 1 and 65535",
    },
    Fault {
        kind: "ServiceAccount",
        pointer: "/metadata/name",
        value: || json!("Not_A_Name"),
        refusal: "a lowercase RFC 1123 subdomain must consist of",
    },
];

/// Plants each fault that concerns a kind of these objects. The sound object goes first, under the same new name: so
/// neither that name nor a field that cannot change is what is refused.
pub(super) fn are_refused(cluster: &Cluster, objects: &[Value]) -> Result<(), Failed> {
    let pods: Vec<Value> = objects.iter().filter_map(pod_of).collect();
    let objects = [objects, &pods].concat();
    for kind in kinds(&objects) {
        let fault = FAULTS
            .iter()
            .find(|fault| fault.kind == kind)
            .ok_or_else(|| format!("no fault is written for {kind}: add one to FAULTS"))?;
        let mut object = objects
            .iter()
            .find(|object| object["kind"] == kind)
            .expect("it has this kind")
            .clone();
        object["metadata"]["name"] = json!("planted");
        cluster.apply(&object, true)?.accepted()?;
        plant(&mut object, fault)?;
        match cluster.apply(&object, true)?.accepted() {
            Ok(_) => return Err(format!("{kind}: the fault at {} is taken", fault.pointer).into()),
            Err(reason) if reason.contains(fault.refusal) => {}
            Err(reason) => {
                return Err(format!("{kind} is refused for another reason: {reason}").into());
            }
        }
    }
    Ok(())
}

fn plant(object: &mut Value, fault: &Fault) -> Result<(), Failed> {
    let (parent, key) = fault.pointer.rsplit_once('/').ok_or("a pointer")?;
    let parent = object
        .pointer_mut(parent)
        .and_then(Value::as_object_mut)
        .ok_or_else(|| format!("{} has no {parent}", fault.kind))?;
    parent.insert(key.to_owned(), (fault.value)());
    Ok(())
}

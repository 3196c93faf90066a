//! The API server: what it refuses is named and stops nothing else, and what is only tried is not kept.

use serde_json::{Value, json};

use crate::oracle::{ApiServer, Checks};

fn config_map(name: &str, key: &str) -> Value {
    json!({
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": { "name": name, "namespace": "default" },
        "data": { key: "1" },
    })
}

pub(crate) fn add(checks: &mut Checks) {
    checks.needing::<ApiServer>("api server: refuses one, takes the others", |server| {
        let cluster = server.start("v1.5.1")?;
        let objects = [
            config_map("first", "a"),
            config_map("second", "not a key"),
            config_map("third", "a"),
        ];
        for dry_run in [true, false] {
            let refused = cluster.refused(&objects, dry_run)?;
            assert_eq!(refused.len(), 1, "{refused:?}");
            assert!(
                refused[0].contains("\"second\" is invalid: data[not a key]"),
                "{refused:?}"
            );
            let kept = cluster.kept(&[config_map("first", "a"), config_map("third", "a")]);
            assert_eq!(kept.is_ok(), !dry_run);
        }
        Ok(())
    });
    checks.needing::<ApiServer>("api server: a warning is no assent", |server| {
        let cluster = server.start("v1.5.1")?;
        let namespace = json!({
            "apiVersion": "v1",
            "kind": "Namespace",
            "metadata": {
                "name": "strict",
                "labels": { "pod-security.kubernetes.io/warn": "restricted" },
            },
        });
        let labels = json!({ "app": "web" });
        let deployment = json!({
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": { "name": "web", "namespace": "strict" },
            "spec": {
                "selector": { "matchLabels": labels },
                "template": {
                    "metadata": { "labels": labels },
                    "spec": { "containers": [{ "name": "web", "image": "web" }] },
                },
            },
        });
        cluster.apply(&namespace, false)?.accepted()?;
        let reason = cluster.apply(&deployment, true)?.accepted().err();
        let reason = reason.ok_or("its pods would break the rules, and it is taken")?;
        assert!(reason.contains("would violate PodSecurity"), "{reason}");
        Ok(())
    });
}

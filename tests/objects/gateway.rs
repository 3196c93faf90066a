//! Gateways, routes and the controller that acts on them.

use serde_json::json;

use super::oracle::{Checks, asserting};
use super::systems::cloud_native;
use super::{ARM_ID, all_models, documents, files, managed, only, rendered_objects, text};

pub(crate) fn add(checks: &mut Checks) {
    asserting!(
        checks,
        a_gateway_of_bicep_names_traffic_controller_and_frontend,
        a_gateway_of_the_controller_names_the_load_balancer_that_exists,
        routes_reach_listeners_and_services_that_exist,
        the_values_of_the_chart,
    );
}

fn a_gateway_of_bicep_names_traffic_controller_and_frontend() {
    let mut model = cloud_native();
    let objects = rendered_objects(&model);
    let gateway = only(&objects, "Gateway", "cloud-native-gateway");
    assert_eq!(gateway["spec"]["gatewayClassName"], "azure-alb-external");
    assert_eq!(
        gateway["spec"]["addresses"],
        json!([{ "type": "alb.networking.azure.io/alb-frontend", "value": "main" }])
    );
    assert_eq!(
        gateway["metadata"]["annotations"],
        json!({ "alb.networking.azure.io/alb-id": "<AGC_ID of late-values.env>" })
    );
    assert_eq!(
        gateway["spec"]["listeners"],
        json!([{ "name": "http", "protocol": "HTTP", "port": 80, "allowedRoutes": { "namespaces": { "from": "Same" } } }])
    );
    model.azure.subscription = Some("11111111-2222-3333-4444-555555555555".to_owned());
    let objects = rendered_objects(&model);
    let gateway = only(&objects, "Gateway", "cloud-native-gateway");
    assert_eq!(
        gateway["metadata"]["annotations"]["alb.networking.azure.io/alb-id"],
        ARM_ID
    );
}

fn a_gateway_of_the_controller_names_the_load_balancer_that_exists() {
    let mut model = managed();
    let objects = rendered_objects(&model);
    let gateway = only(&objects, "Gateway", "cloud-native-gateway");
    let annotations = &gateway["metadata"]["annotations"];
    assert_eq!(annotations.as_object().unwrap().len(), 2);
    let balancer = only(
        &objects,
        "ApplicationLoadBalancer",
        annotations["alb.networking.azure.io/alb-name"]
            .as_str()
            .unwrap(),
    );
    assert_eq!(
        annotations["alb.networking.azure.io/alb-namespace"],
        balancer["metadata"]["namespace"]
    );
    assert_eq!(gateway["spec"].get("addresses"), None);
    assert_eq!(
        balancer["spec"]["associations"],
        json!(["<GATEWAY_SUBNET_ID of late-values.env>"])
    );
    model.azure.subscription = Some("11111111-2222-3333-4444-555555555555".to_owned());
    let objects = rendered_objects(&model);
    let balancer = only(&objects, "ApplicationLoadBalancer", "cloud-native-gateway");
    assert_eq!(
        balancer["spec"]["associations"],
        json!([
            "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/rg-cloud-native/providers/Microsoft.Network/virtualNetworks/vnet-cloud-native/subnets/snet-agc"
        ])
    );
}

fn routes_reach_listeners_and_services_that_exist() {
    for (name, model) in all_models() {
        let objects = rendered_objects(&model);
        for route in objects
            .iter()
            .filter(|object| object["kind"] == "HTTPRoute")
        {
            for parent in route["spec"]["parentRefs"].as_array().unwrap() {
                let gateway = only(&objects, "Gateway", parent["name"].as_str().unwrap());
                let listeners = gateway["spec"]["listeners"].as_array().unwrap();
                assert!(
                    listeners
                        .iter()
                        .any(|listener| listener["name"] == parent["sectionName"]),
                    "{name}"
                );
            }
            for rule in route["spec"]["rules"].as_array().unwrap() {
                for backend in rule["backendRefs"].as_array().unwrap() {
                    let service = only(&objects, "Service", backend["name"].as_str().unwrap());
                    assert_eq!(
                        service["spec"]["ports"][0]["port"], backend["port"],
                        "{name}"
                    );
                    let target = &service["spec"]["ports"][0]["targetPort"];
                    let workload = service["spec"]["selector"]["app.kubernetes.io/name"]
                        .as_str()
                        .unwrap();
                    let container = &only(&objects, "Deployment", workload)["spec"]["template"]["spec"]
                        ["containers"][0];
                    assert_eq!(&container["ports"][0]["containerPort"], target, "{name}");
                }
            }
        }
    }
    let objects = rendered_objects(&cloud_native());
    assert_eq!(
        only(&objects, "HTTPRoute", "api-route")["spec"]["rules"],
        json!([{
            "matches": [{ "path": { "type": "PathPrefix", "value": "/api" } }],
            "filters": [{
                "type": "URLRewrite",
                "urlRewrite": { "path": { "type": "ReplacePrefixMatch", "replacePrefixMatch": "/" } },
            }],
            "backendRefs": [{ "name": "api-service", "port": 8080 }],
        }])
    );
    let frontend = &only(&objects, "HTTPRoute", "frontend-route")["spec"]["rules"][0];
    assert_eq!(frontend.get("filters"), None);
    assert_eq!(
        frontend["backendRefs"],
        json!([{ "name": "frontend-service", "port": 80 }])
    );
}

fn the_values_of_the_chart() {
    let files = files(&cloud_native());
    let values = text(&files, "controller/values.yaml");
    assert_eq!(
        documents(values),
        [
            json!({ "albController": { "namespace": "azure-alb-system", "installGatewayApiCRDs": true } })
        ]
    );
    for said in [
        "oci://mcr.microsoft.com/application-lb/charts/alb-controller",
        "1.12.1",
        "ALB_CONTROLLER_CLIENT_ID",
    ] {
        assert!(values.contains(said), "{values}");
    }
}

//! `controller/values.yaml`: how Helm installs the ALB Controller.
//!
//! In: the model. Out: one file, or none where somebody else installs the controller. The client id of the controller's
//! identity is not in it: it exists only after the deployment and is given on Helm's command line.

use serde_json::json;

use crate::catalog::controller::{CHART, CLIENT_ID_VALUE, RELEASE, RELEASE_NAMESPACE};
use crate::late::{ALB_CONTROLLER_CLIENT_ID, PATH};
use crate::model::{Controller, Model};
use crate::output::{BadPath, Mode, OutputFile, OutputPath, Owner};
use crate::print::yaml::{Document, stream};

/// The Helm values, if Helm installs the controller.
///
/// # Errors
///
/// None in practice: the path is fixed.
pub fn file(model: &Model) -> Result<Option<OutputFile>, BadPath> {
    let Controller::Helm {
        version, namespace, ..
    } = &model.cluster().gateway.controller
    else {
        return Ok(None);
    };
    let header = [
        super::k8s::generated_by(model),
        String::new(),
        "Values of the Helm chart of the ALB Controller:".to_owned(),
        format!("  chart    {CHART}"),
        format!("  version  {version}"),
        format!("  release  {RELEASE}, in namespace {RELEASE_NAMESPACE}"),
        "The client id of its identity exists only after the deployment. It is given on the command line:".to_owned(),
        format!("  --set-string {CLIENT_ID_VALUE}=<{ALB_CONTROLLER_CLIENT_ID} of {PATH}>"),
    ];
    // The chart also installs the custom resources of Gateway API. They need one owner; the cluster has none, because its
    // `ingressProfile` is left out.
    let values = json!({
        "albController": {
            "namespace": namespace,
            "installGatewayApiCRDs": true,
        },
    });
    let document = Document {
        comment: vec![
            "The chart is the one owner of the custom resources of Gateway API: AKS does not install them here.".to_owned(),
        ],
        value: values,
    };
    Ok(Some(OutputFile {
        path: OutputPath::new("controller/values.yaml")?,
        text: stream(&header, &[document]),
        mode: Mode::Plain,
        owner: Owner::Generated,
    }))
}

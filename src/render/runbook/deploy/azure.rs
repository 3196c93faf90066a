//! Steps in Azure: from signing in to the values that only the deployment knows.

use super::Step;
use crate::catalog::{name_rules, network};
use crate::facts::What;
use crate::kinds::Kind;
use crate::late::{self, late_values};
use crate::model::Resource;
use crate::print::markdown::{Inline, code, text};
use crate::print::shell::{NulInArgument, Reference};
use crate::render::runbook::page::{Markdown, codes, counted, file, paragraph, say};
use crate::render::runbook::script::{Line, Script};
use crate::render::runbook::system::{HOME, System, block};

/// Title of the step that asks for the values of secrets.
pub(super) const SECRETS: &str = "Give the values of secrets";

/// Settings of a user may make every delete interactive, every apply a dry run, and every difference none.
const KUBECTL_AS_IT_IS: &str = "export KUBERC=off; unset KUBECTL_EXTERNAL_DIFF";

const PROVIDER: Reference = Reference::variable("PROVIDER");

pub(super) fn sign_in(system: System<'_>) -> Result<Step, NulInArgument> {
    let mut body = Vec::new();
    let known = system.model.azure.subscription.as_deref();
    if let Some(subscription) = known {
        body.push(
            Script::new(Line::new("az login"))
                .then(Line::new("az account set --subscription").text(subscription))
                .then(kubeconfig(system))
                .code(KUBECTL_AS_IT_IS)
                .block()?,
        );
    } else {
        body.push(paragraph(
            "The spec names no subscription. Choose one while you sign in, or with `az account set`; every command below \
             names the one that is chosen here.",
            [],
        ));
        body.push(
            Script::new(Line::new("az login"))
                .code("SUBSCRIPTION=$(az account show --query id --output tsv)")
                .code("export SUBSCRIPTION")
                .then(kubeconfig(system))
                .code(KUBECTL_AS_IT_IS)
                .block()?,
        );
    }
    body.push(paragraph(
        "A new shell needs all of this again but `az login`; the last line keeps settings of your own out of `kubectl`. **It worked when** this shows the subscription that you mean:",
        [],
    ));
    body.push(block(
        system
            .az("az account show")
            .words("--query")
            .text("{name: name, id: id, tenant: tenantId, user: user.name}")
            .words("--output table"),
    )?);
    Ok(("Sign in", body))
}

fn kubeconfig(system: System<'_>) -> Line {
    Line::new("export").joined(
        "KUBECONFIG=",
        HOME,
        &format!("/.kube/{}", system.cluster().name),
    )
}

pub(super) fn providers(system: System<'_>) -> Result<Step, NulInArgument> {
    let each = || {
        system
            .providers()
            .into_iter()
            .fold(Line::empty(), Line::text)
            .between("for PROVIDER in ", "; do")
    };
    let register = system
        .az("az provider register --namespace")
        .argument(PROVIDER)
        .words("--wait")
        .between("  ", "");
    let show = system
        .az("az provider show --namespace")
        .argument(PROVIDER)
        .words("--query")
        .text("[namespace, registrationState]")
        .words("--output tsv")
        .between("  ", "");
    Ok((
        "Register resource providers",
        vec![
            paragraph(
                "Once a subscription. What is registered already stays as it is.",
                [],
            ),
            Script::new(each()).then(register).code("done").block()?,
            paragraph("**It worked when** this says `Registered` of each:", []),
            Script::new(each()).then(show).code("done").block()?,
        ],
    ))
}

pub(super) fn features(system: System<'_>) -> Result<Step, NulInArgument> {
    let register = system.features().iter().map(|feature| {
        system
            .az("az feature register --namespace Microsoft.ContainerService")
            .flag("--name", feature)
    });
    let show = |feature: &&str| {
        system
            .az("az feature show --namespace Microsoft.ContainerService")
            .flag("--name", feature)
            .words("--query properties.state --output tsv")
    };
    let wait = system.features().iter().map(|feature| {
        show(feature).between(
            "for _ in $(seq 60); do [ \"$(",
            ")\" = Registered ] && break; sleep 30; done",
        )
    });
    let propagate = system.az("az provider register --namespace Microsoft.ContainerService --wait");
    Ok((
        "Register preview features",
        vec![
            paragraph(
                "The ALB Controller add-on is a preview of AKS. Once a subscription; it can take a quarter of an hour, and half an hour is \
                 waited for each.",
                [],
            ),
            Script::default()
                .all(register)
                .all(wait)
                .then(propagate)
                .block()?,
            paragraph("**It worked when** this says `Registered` of each:", []),
            Script::default()
                .all(system.features().iter().map(show))
                .block()?,
        ],
    ))
}

pub(super) fn resource_group(system: System<'_>) -> Result<Step, NulInArgument> {
    let azure = &system.model.azure;
    let mut body = Vec::new();
    if azure.resource_group.created {
        // az reads a file where an argument begins with `@`, and an option where it begins with `-`.
        let (unsayable, tags): (Vec<_>, Vec<_>) = azure
            .tags
            .iter()
            .partition(|(name, _)| name.starts_with(['@', '-']));
        let is_missing = system
            .az("az group exists")
            .flag("--name", system.group())
            .between("if [ \"$(", ")\" = false ]; then");
        let mut create = system
            .az("az group create")
            .flag("--name", system.group())
            .flag("--location", &azure.location);
        if !tags.is_empty() {
            create = tags
                .iter()
                .fold(create.words("--tags"), |line, (name, value)| {
                    line.text(&format!("{name}={value}"))
                });
        }
        body.push(paragraph(
            "Made once: `az group create` takes from a group that is there the tags that others have given it, the driver's too.",
            [],
        ));
        body.push(
            Script::new(is_missing)
                .then(create.words("--output none").between("  ", ""))
                .code("fi")
                .block()?,
        );
        if !unsayable.is_empty() {
            body.push(paragraph(
                "The tags {} cannot be given to `az`: their names begin with `@` or `-`. The resources get them all the same.",
                [codes(unsayable.iter().map(|(name, _)| name.as_str()))],
            ));
        }
    } else {
        body.push(paragraph(
            "The group {} was there before this system. Nothing is made here, and nothing below deletes it.",
            [code(system.group())],
        ));
    }
    body.push(paragraph("**It worked when** this prints `Succeeded`:", []));
    body.push(block(
        system
            .az("az group show")
            .flag("--name", system.group())
            .words("--query properties.provisioningState --output tsv"),
    )?);
    Ok(("Make the resource group", body))
}

/// Variables of secrets that the deployment writes.
fn secret_variables(system: System<'_>) -> Vec<&str> {
    system
        .about(|what| match what {
            What::Secret(secret) => Some(secret),
            _ => None,
        })
        .filter_map(|secret| secret.variable.as_deref())
        .collect()
}

pub(super) fn secrets(system: System<'_>) -> Result<Option<Step>, NulInArgument> {
    let variables = secret_variables(system);
    if variables.is_empty() {
        return Ok(None);
    }
    let mut body = vec![paragraph(
        "The deployment reads the values from the environment of this shell, and they stand in no file. **At the first \
         deployment give them all:** a secret without a value does not exist, and its readers fail. Later, a variable that is not \
         set leaves its secret as it is. Paste these **one at a time**, each waits for the value:",
        [],
    )];
    for variable in &variables {
        let ask = Line::new("printf")
            .text("%s: ")
            .text(variable)
            .between("", "; ");
        let read = Line::new("read -rs").text(variable).between("", "; ");
        let export = Line::new("export").text(variable).between("", "; echo");
        body.push(Script::default().joined_line([ask, read, export]).block()?);
    }
    body.push(paragraph("**It worked when** this lists them all:", []));
    body.push(block(
        Line::new("cut -d= -f1").between("env | ", " | grep '^AGC_SECRET_'"),
    )?);
    Ok(Some((SECRETS, body)))
}

pub(super) fn deployment(system: System<'_>) -> Result<Step, NulInArgument> {
    let name = system.model.deployment_name();
    let deploy = |words| {
        system
            .az_in_group(words)
            .flag("--name", &name)
            .words("--parameters infra/main.bicepparam")
    };
    let mut body = vec![
        paragraph(
            "First what would change, then the change. The first time takes 10 to 20 minutes. A second run is meant to change nothing, but for secrets: each value that is set \
             becomes a new version. What-if also lists properties that Azure fills in by itself. Of a network that is there, what-if says that its subnets would be removed \
             (Azure/arm-template-whatif#439): none is.",
            [],
        ),
        block(deploy("az deployment group what-if"))?,
        block(deploy("az deployment group create").words("--output none"))?,
        paragraph("**It worked when** this prints `Succeeded`:", []),
        block(
            system
                .az_in_group("az deployment group show")
                .flag("--name", &name)
                .words("--query properties.provisioningState --output tsv"),
        )?,
        paragraph("If it fails, run it again once the cause is gone:", []),
        Markdown::list(&causes_of_failure(system)),
    ];
    let variables = secret_variables(system);
    if !variables.is_empty() {
        body.push(paragraph("Then forget the values:", []));
        body.push(block(
            variables
                .iter()
                .fold(Line::new("unset"), |line, variable| line.text(variable)),
        )?);
    }
    Ok(("Deploy to Azure", body))
}

/// Why a deployment fails that is right in itself.
fn causes_of_failure(system: System<'_>) -> Vec<Inline> {
    let model = system.model;
    let mut causes = vec![text(
        "A principal does not exist: a new identity takes a minute to be known everywhere.",
    )];
    let nodes = &system.cluster().nodes;
    causes.push(say(
        "There are too few cores for {} of {}, and {} more during an upgrade: ask for more under *Quotas* in the portal, \
         or, before there is a cluster, set another `cluster.nodes.size`.",
        [
            counted(nodes.count),
            code(&nodes.size),
            text(&nodes.count.div_ceil(network::SURGE_DIVISOR).to_string()),
        ],
    ));
    let named: Vec<&Resource> = model
        .resources
        .iter()
        .filter(|resource| resource.is_made())
        .filter(|resource| {
            name_rules::find(resource.kind.facets().resource_type()).is_some_and(|rule| rule.global)
        })
        .collect();
    if !named.is_empty() {
        let is_vault = |resource: &&Resource| matches!(resource.kind, Kind::KeyVault(_));
        causes.push(say(
            "A name is taken: {} must be unique in the world{}. Give that resource another `azureName`; before the first \
             deployment another `azure.suffix` does it for all that have none. Later, either makes a new and empty one.",
            [
                codes(named.iter().map(|resource| resource.azure_name.as_str())),
                text(if named.iter().any(is_vault) {
                    ", and a deleted vault keeps its name for a while"
                } else {
                    ""
                }),
            ],
        ));
    }
    causes
}

pub(super) fn late(system: System<'_>) -> Result<Option<Step>, NulInArgument> {
    let values = late_values(system.model);
    if values.is_empty() {
        return Ok(None);
    }
    let read = system
        .az_in_group("az deployment group show")
        .flag("--name", &system.model.deployment_name())
        .words("--query")
        .text("properties.outputs.lateValues.value[].[key, value]")
        .words("--output tsv")
        .between("VALUES=$(", ") &&");
    let script = Script::new(read)
        .code("  {")
        .then(
            Line::new("grep")
                .text("^#")
                .words(late::PATH)
                .between("    ", ""),
        )
        .code("    printf '%s\\n' \"$VALUES\" | tr '\\t' = | LC_ALL=C sort")
        .code("  } > late-values.new &&")
        .then(
            Line::new("mv late-values.new")
                .words(late::PATH)
                .between("  ", ""),
        );
    let body = vec![
        paragraph(
            "They go into {} ({}). None of them is secret: commit the file.",
            [
                file(late::PATH),
                codes(values.iter().map(|value| value.key.as_str())),
            ],
        ),
        script.block()?,
        paragraph(
            "**It worked when** this prints {}, and the line after it `complete`:",
            [code(&values.len().to_string())],
        ),
        Script::new(Line::new("grep -c").text("^[A-Z].*=.").words(late::PATH))
            .code("kubectl kustomize k8s/platform > /dev/null && echo complete")
            .block()?,
    ];
    Ok(Some(("Read what only the deployment knows", body)))
}

//! How every part of the page says a command: its subscription, its namespace, its ids.

use super::page::Markdown;
use super::script::{Line, Script};
use crate::catalog::controller;
use crate::facts::ArmPlace;
use crate::late;
use crate::objects::Phase;
pub(super) use crate::operation::System;
use crate::print::shell::{NulInArgument, Reference};

/// Variables that the reader's shell holds between two blocks.
pub(super) const SUBSCRIPTION: Reference = Reference::variable("SUBSCRIPTION");
pub(super) const HOME: Reference = Reference::variable("HOME");
pub(super) const AGC_ID: Reference = Reference::variable("AGC_ID");
pub(super) const HOST: Reference = Reference::variable("HOST");
pub(super) const POD: Reference = Reference::variable("POD");

impl System<'_> {
    /// A call of az, which names the subscription.
    pub(super) fn az(self, words: &'static str) -> Line {
        self.az_in(words, None)
    }

    /// A call of az about something that may be in another subscription.
    pub(super) fn az_in(self, words: &'static str, subscription: Option<&str>) -> Line {
        let line = Line::new(words);
        match subscription.or(self.model.azure.subscription.as_deref()) {
            Some(subscription) => line.lastly_text("--subscription", subscription),
            None => line.lastly("--subscription", SUBSCRIPTION),
        }
    }

    /// A call of az about the system's resource group.
    pub(super) fn az_in_group(self, words: &'static str) -> Line {
        self.az(words).flag("--resource-group", self.group())
    }

    /// A call of az about the cluster.
    pub(super) fn az_on_cluster(self, words: &'static str) -> Line {
        self.az_in_group(words).flag("--name", &self.cluster().name)
    }

    /// A call of kubectl about the namespace of the workloads.
    pub(super) fn kubectl(self, words: &'static str) -> Line {
        Line::new(words).lastly_text("--namespace", self.namespace())
    }

    /// A resource id as an argument.
    pub(super) fn id(self, line: Line, place: &ArmPlace) -> Line {
        let path = place.path();
        match place
            .subscription
            .as_ref()
            .or(self.model.azure.subscription.as_ref())
        {
            Some(subscription) => line.text(&format!("/subscriptions/{subscription}{path}")),
            None => line.joined("/subscriptions/", SUBSCRIPTION, &path),
        }
    }

    /// Prints the host name of a Gateway.
    pub(super) fn host(self, gateway: &str) -> Line {
        self.kubectl("kubectl get")
            .text(&format!("gateway/{gateway}"))
            .words("--output jsonpath={.status.addresses[0].value}")
    }
}

/// A line that reads a late value: `sed -n s/^KEY=//p k8s/platform/late-values.env`.
pub(super) fn late_value(key: &str) -> Line {
    Line::new("sed -n")
        .text(&format!("s/^{key}=//p"))
        .words(late::PATH)
}

/// Applies a folder of objects.
pub(super) fn apply(phase: Phase) -> Line {
    Line::new("kubectl apply --server-side --kustomize").text(phase.folder())
}

/// Waits for the class of Gateways that the ALB Controller serves.
pub(super) fn wait_for_class(condition: &'static str, timeout: &'static str) -> Line {
    Line::new("kubectl wait")
        .text(&format!("gatewayclass/{}", controller::GATEWAY_CLASS))
        .words(condition)
        .words(timeout)
}

/// A block of one command.
pub(super) fn block(line: Line) -> Result<Markdown, NulInArgument> {
    Script::new(line).block()
}

//! One variable has one source.

use std::collections::BTreeMap;

use crate::catalog::kubernetes::SET_BY_WORKLOAD_IDENTITY;
use crate::diagnostic::{Code, Findings};
use crate::model::{SettingValue, Workload};
use crate::names;
use crate::source::Span;

/// What a variable is set to.
#[derive(PartialEq)]
enum Source {
    Text(String),
    /// The client id of the workload's identity: the same for every connection.
    ClientId,
}

/// Where a variable was set first.
struct First {
    span: Span,
    source: Source,
    /// What it is connected to, of a variable of a connection.
    target: Option<Target>,
}

/// A resource, and its child where the settings name one.
#[derive(PartialEq)]
struct Target {
    resource: String,
    child: Option<String>,
}

/// Reports two sources of one variable with different values; the same value twice is kept once.
pub(super) fn check(workload: &mut Workload, found: &mut Findings) {
    let has_identity = workload.identity.is_some();
    let mut first: BTreeMap<String, First> = BTreeMap::new();
    let mut set = |name: &str, span: Span, source: Source, target: Option<Target>| -> bool {
        if has_identity && SET_BY_WORKLOAD_IDENTITY.contains(&name) {
            found
                .report(
                    Code::AGC0406,
                    span,
                    format!("two sources set the variable `{name}`"),
                )
                .label("workload identity sets it in every pod that has an identity")
                .help("rename it, or remove it");
            return true;
        }
        let Some(earlier) = first.get(name) else {
            first.insert(
                name.to_owned(),
                First {
                    span,
                    source,
                    target,
                },
            );
            return true;
        };
        if earlier.source == source {
            return false;
        }
        let help = match (target, &earlier.target) {
            // A prefix would stand before both.
            (Some(target), Some(earlier)) if target == *earlier => {
                "the connection's `rename` gives two variables this name; change one".to_owned()
            }
            // Spring's variables have dots and no part that a prefix could replace.
            (Some(_), Some(_)) if name.contains('.') => {
                format!("give one of the two another name with `rename: {{ {name}: … }}`")
            }
            (Some(target), Some(earlier)) => {
                let own = match &target.child {
                    Some(child) if target.resource == earlier.resource => child,
                    _ => &target.resource,
                };
                format!(
                    "add `prefix: {}` to one of the two connections",
                    names::variable(own)
                )
            }
            _ => "rename one of them".to_owned(),
        };
        found
            .report(
                Code::AGC0406,
                span,
                format!("two sources set the variable `{name}`"),
            )
            .label("sets it")
            .related(earlier.span, "sets it, too")
            .help(help);
        true
    };
    workload.env.retain(|variable| {
        let source = Source::Text(variable.value.clone());
        set(&variable.name, variable.origin.span, source, None)
    });
    for link in &workload.links {
        for setting in &link.settings {
            let source = match &setting.value {
                SettingValue::Fixed(text) => Source::Text(text.clone()),
                SettingValue::ClientId => Source::ClientId,
            };
            let target = Target {
                resource: link.resource.clone(),
                child: link.child.clone(),
            };
            set(&setting.name, link.origin.span, source, Some(target));
        }
    }
}

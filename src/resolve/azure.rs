//! Where in Azure the system lives, and where its logs go.

use std::collections::BTreeSet;

use super::Resolver;
use crate::catalog::{arm_types, name_rules, regions};
use crate::diagnostic::Code;
use crate::model::{
    Azure, CreatedWorkspace, Diagnostics, Provision, ResourceGroup, ResourceId, Workspace,
};
use crate::names::default_suffix;
use crate::source::At;
use crate::spec::{DiagnosticsWord, Reference, Tags};

impl Resolver<'_> {
    pub(super) fn azure(&mut self) -> Azure {
        let spec = self.spec;
        let at = At::root().key("azure");
        let location = spec.azure.location.clone();
        if regions::find(&location).is_none() {
            let here = at.key("location");
            let span = self.value_span(&here);
            let folded = location.replace(' ', "").to_ascii_lowercase();
            let names = regions::REGIONS.iter().map(|region| region.name);
            self.report(
                Code::AGC0307,
                &here,
                format!("unknown region {}", crate::diagnostic::quoted(&location)),
            )
            .label("not a region of Azure's public cloud")
            .help("`az account list-locations -o table` lists them")
            .did_you_mean(&folded, span, names);
        }
        let resource_group = ResourceGroup {
            name: self.group_name(),
            created: spec
                .azure
                .resource_group
                .as_ref()
                .is_none_or(|group| group.existing.is_none()),
        };
        let subscription = spec
            .azure
            .subscription
            .as_ref()
            .map(|id| id.to_ascii_lowercase());
        let suffix = spec.azure.suffix.clone().unwrap_or_else(|| {
            default_suffix(&spec.name, &resource_group.name, subscription.as_deref())
        });
        let here = at.key("tags");
        let tags = self.tags(&here, &spec.azure.tags);
        // The driver adds its own to those of the group.
        let count = tags.len() + name_rules::TAGS_OF_DRIVER.len();
        self.check_tag_count(
            &here,
            count,
            "with two that the driver keeps at the group, ",
        );
        Azure {
            origin: self.value_origin(&at.key("location")),
            location,
            resource_group,
            suffix,
            subscription,
            tags,
        }
    }

    /// Name of the group that the deployment goes to.
    fn group_name(&self) -> String {
        self.spec
            .azure
            .resource_group
            .as_ref()
            .and_then(|group| group.name.clone().or_else(|| group.existing.clone()))
            .unwrap_or_else(|| format!("rg-{}", self.stem()))
    }

    /// A subscription, if it is another than the one that is deployed to.
    fn other_subscription(&self, id: &str) -> Option<String> {
        let own = self.spec.azure.subscription.as_deref();
        let other = own.is_none_or(|own| !own.eq_ignore_ascii_case(id));
        other.then(|| id.to_ascii_lowercase())
    }

    /// Reports more tags than one resource may have. `with` says whose are counted with them.
    pub(super) fn check_tag_count(&mut self, at: &At, count: usize, with: &str) {
        if count > name_rules::TAGS_MOST {
            self.report_key(Code::AGC0108, at, format!("{count} tags are too many"))
                .label(format!("{with}Azure takes {}", name_rules::TAGS_MOST))
                .help(format!(
                    "remove {} of them",
                    count.saturating_sub(name_rules::TAGS_MOST)
                ));
        }
    }

    /// Tags, each checked by Azure's rules.
    pub(super) fn tags(&mut self, at: &At, tags: &Tags) -> Vec<(String, String)> {
        let mut seen = BTreeSet::new();
        for (name, value) in &tags.0 {
            let here = at.key(name);
            let folded = name.to_ascii_lowercase();
            let twice = !seen.insert(folded.clone());
            let reserved = name_rules::TAG_RESERVED_PREFIXES
                .iter()
                .find(|prefix| folded.starts_with(**prefix));
            let problem = if name.is_empty() || name.chars().count() > name_rules::TAG_NAME_MOST {
                Some(format!(
                    "a tag's name has 1 to {} characters",
                    name_rules::TAG_NAME_MOST
                ))
            } else if name.contains(name_rules::TAG_NAME_FORBIDDEN) {
                Some("a tag's name holds none of `<>%&\\?/`".to_owned())
            } else if name.contains('=') {
                Some("a tag's name holds no `=`: az takes what follows for its value".to_owned())
            } else if name_rules::TAGS_OF_DRIVER.contains(&folded.as_str()) {
                Some("the driver keeps this tag for itself".to_owned())
            } else if name.contains(['\n', '\t']) || value.contains(['\n', '\t']) {
                Some("a tag is one line".to_owned())
            } else if twice {
                Some("it stands twice: case does not matter in a tag's name".to_owned())
            } else if let Some(prefix) = reserved {
                Some(format!("names that begin with `{prefix}` are Azure's own"))
            } else if value.chars().count() > name_rules::TAG_VALUE_MOST {
                Some(format!(
                    "a tag's value has at most {} characters",
                    name_rules::TAG_VALUE_MOST
                ))
            } else {
                None
            };
            if let Some(problem) = problem {
                let help = if twice {
                    "keep one of the two"
                } else {
                    "change it, or remove it"
                };
                self.report_key(
                    Code::AGC0108,
                    &here,
                    format!("Azure refuses the tag {}", crate::diagnostic::quoted(name)),
                )
                .label(problem)
                .help(help);
            }
            self.no_credential(&here, value);
        }
        tags.0
            .iter()
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect()
    }

    pub(super) fn workspace(&mut self) -> Workspace {
        let spec = &self.spec.observability;
        let at = At::root().key("observability").key("workspace");
        let existing = spec.workspace.existing.as_ref().and_then(|reference| {
            self.reference(&at.key("existing"), reference, arm_types::WORKSPACE)
        });
        if spec.workspace.existing.is_some() {
            self.settings_of_existing(&at, &["existing"]);
        }
        let workspace = match existing {
            Some(id) => Provision::Existing(id),
            None => Provision::Create(CreatedWorkspace {
                name: spec
                    .workspace
                    .azure_name
                    .clone()
                    .unwrap_or_else(|| format!("log-{}", self.stem())),
                retention_days: spec
                    .workspace
                    .retention_days
                    .unwrap_or(self.by_profile(30, 90)),
            }),
        };
        Workspace {
            workspace,
            diagnostics: diagnostics(spec.diagnostics),
        }
    }

    /// A setting that only the maker of a resource decides.
    pub(super) fn not_of_existing(&mut self, at: &At, key: &str) {
        let related = self.key_span(&at.key("existing"));
        self.report_key(
            Code::AGC0507,
            &at.key(key),
            format!("`{key}` cannot be set on something that is there already"),
        )
        .label("decided by whoever made it")
        .related(related, "it is there already")
        .help(format!("remove `{key}`"));
    }

    /// The id of something that is there already.
    pub(super) fn reference(
        &mut self,
        at: &At,
        reference: &Reference,
        resource_type: &str,
    ) -> Option<ResourceId> {
        match (&reference.id, &reference.name) {
            (Some(id), None) => {
                for (key, stands) in [
                    ("resourceGroup", reference.resource_group.is_some()),
                    ("subscription", reference.subscription.is_some()),
                ] {
                    if stands {
                        self.report_key(
                            Code::AGC0507,
                            &at.key(key),
                            format!("`{key}` stands beside an `id` that already says it"),
                        )
                        .label("said twice")
                        .help(format!("remove `{key}`"));
                    }
                }
                // The schema holds the form: /subscriptions/<s>/resourceGroups/<g>/providers/<p>/<t>/<name>.
                let parts: Vec<&str> = id.split('/').collect();
                let [_, _, subscription, _, group, _, provider, kind, name] = parts.as_slice()
                else {
                    return None;
                };
                let written = format!("{provider}/{kind}");
                let name_fits =
                    name_rules::find(resource_type).is_none_or(|rule| rule.allows(name));
                let type_fits = written.eq_ignore_ascii_case(resource_type);
                if !type_fits || !name_fits {
                    self.report(
                        Code::AGC0017,
                        at,
                        format!("this is not the id of a {resource_type}"),
                    )
                    .label(if type_fits {
                        "a name that the type does not take"
                    } else {
                        "another type"
                    })
                    .help(format!("an id ends in `/providers/{resource_type}/<name>`"));
                    return None;
                }
                Some(ResourceId {
                    subscription: self.other_subscription(subscription),
                    resource_group: (*group).to_owned(),
                    resource_type: resource_type.to_owned(),
                    name: (*name).to_owned(),
                })
            }
            (None, Some(name)) => {
                if let Some(rule) =
                    name_rules::find(resource_type).filter(|rule| !rule.allows(name))
                {
                    self.report(
                        Code::AGC0105,
                        &at.key("name"),
                        format!("{} cannot be its name", crate::diagnostic::quoted(name)),
                    )
                    .label(rule.rule)
                    .help(format!(
                        "`az resource list --resource-type {resource_type} -o table` lists the names that there are"
                    ));
                    return None;
                }
                Some(ResourceId {
                    subscription: reference
                        .subscription
                        .as_ref()
                        .and_then(|id| self.other_subscription(id)),
                    resource_group: reference
                        .resource_group
                        .clone()
                        .unwrap_or_else(|| self.group_name()),
                    resource_type: resource_type.to_owned(),
                    name: name.clone(),
                })
            }
            _ => {
                self.report(
                    Code::AGC0017,
                    at,
                    "say what is there already by `id` or by `name`, not both",
                )
                .label("neither, or both")
                .help("`existing: /subscriptions/…` or `existing: { name: …, resourceGroup: … }`");
                None
            }
        }
    }
}

/// The model's word for the spec's.
pub(super) fn diagnostics(word: DiagnosticsWord) -> Diagnostics {
    match word {
        DiagnosticsWord::All => Diagnostics::All,
        DiagnosticsWord::Audit => Diagnostics::Audit,
        DiagnosticsWord::None => Diagnostics::None,
    }
}

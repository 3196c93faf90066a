//! What workloads connect to: kinds with their settings decided.

use indexmap::IndexMap;

use super::Resolver;
use super::azure::diagnostics;
use super::quantity::{bytes, decimal, thousandths};
use crate::catalog::{images, name_rules, regions, sql as sizes};
use crate::diagnostic::{Code, Finding, listed, quoted};
use crate::kinds::{
    Child, ChildSpec, Database, DatabaseSku, DatabaseSpec, KeyVault, KeyVaultSpec, Kind, Secret,
    Sql, SqlAdministrator, SqlGrants, SqlSpec, Storage, StorageSku, StorageSpec, VaultSku,
    pauses_after,
};
use crate::model::{Azure, Provision, Resource};
use crate::names;
use crate::source::At;
use crate::spec;

impl Resolver<'_> {
    pub(super) fn resources(&mut self, azure: &Azure) -> Vec<Resource> {
        let spec = self.spec;
        let mut resources = Vec::new();
        for (key, resource) in &spec.resources.0 {
            let at = At::root().key("resources").key(key);
            match self.resource(&at, key, resource, azure) {
                Some(resource) => resources.push(resource),
                None => self.refused.insert(key.clone()),
            }
        }
        resources
    }

    fn resource(
        &mut self,
        at: &At,
        key: &str,
        resource: &spec::Resource,
        azure: &Azure,
    ) -> Option<Resource> {
        let common = resource.common();
        let derived = match resource {
            spec::Resource::Storage(_) => names::storage_account(self.stem(), key, &azure.suffix),
            spec::Resource::Sql(_) => names::global("sql", self.stem(), key, &azure.suffix, 63),
            spec::Resource::KeyVault(_) => names::key_vault(self.stem(), key, &azure.suffix),
        };
        let wanted = common.azure_name.unwrap_or(&derived).to_owned();
        let kind = match resource {
            spec::Resource::Storage(spec) => Kind::Storage(self.storage(at, spec, azure)),
            spec::Resource::Sql(spec) => Kind::Sql(self.sql(at, key, spec, &wanted)?),
            spec::Resource::KeyVault(spec) => Kind::KeyVault(self.key_vault(at, key, spec)),
        };
        let facets = kind.facets();
        let (title, resource_type) = (facets.title(), facets.resource_type());
        let (refuses_existing, children_key) = (facets.refuses_existing(), facets.children_key());
        let provision = match common.existing {
            None => Provision::Create(()),
            Some(reference) => {
                if let Some(why) = refuses_existing {
                    self.report_key(
                        Code::AGC0507,
                        &at.key("existing"),
                        format!("a {title} that is there already cannot be used"),
                    )
                    .label(why)
                    .help("remove `existing`, and let the deployment make it");
                    return None;
                }
                self.settings_of_existing(at, &["kind", "existing", children_key]);
                Provision::Existing(self.reference(
                    &at.key("existing"),
                    reference,
                    resource_type,
                )?)
            }
        };
        let azure_name = match &provision {
            Provision::Existing(id) => id.name.clone(),
            Provision::Create(()) => {
                let pinned = common.azure_name.is_some();
                self.check_azure_name(at, &wanted, resource_type, pinned)?;
                wanted
            }
        };
        let mut tags = azure.tags.clone();
        for (name, value) in self.tags(&at.key("tags"), common.tags) {
            match tags
                .iter_mut()
                .find(|(other, _)| other.eq_ignore_ascii_case(&name))
            {
                Some(same) => *same = (name, value),
                None => tags.push((name, value)),
            }
        }
        if !common.tags.0.is_empty() {
            self.check_tag_count(&at.key("tags"), tags.len(), "with those of `azure.tags`; ");
        }
        Some(Resource {
            origin: self.origin(at),
            key: key.to_owned(),
            azure_name,
            provision,
            tags,
            diagnostics: diagnostics(
                common
                    .diagnostics
                    .unwrap_or(self.spec.observability.diagnostics),
            ),
            kind,
        })
    }

    /// Whatever stands beside `existing` but the `allowed` keys is the maker's to decide.
    pub(super) fn settings_of_existing(&mut self, at: &At, allowed: &[&str]) {
        let (node, _) = self.tree.follow(at.steps());
        let keys: Vec<String> = node
            .entries()
            .iter()
            .map(|entry| entry.key.clone())
            .filter(|key| !allowed.contains(&key.as_str()))
            .collect();
        for key in keys {
            self.not_of_existing(at, &key);
        }
    }

    /// Reports something about a name in Azure: where it is pinned, or at the key that it follows from.
    fn report_name(&mut self, code: Code, at: &At, pinned: bool, message: String) -> &mut Finding {
        if pinned {
            self.report(code, &at.key("azureName"), message)
        } else {
            self.report_key(code, at, message)
        }
    }

    /// Checks a name, pinned or derived, against Azure's rule and its reserved words.
    fn check_azure_name(
        &mut self,
        at: &At,
        name: &str,
        resource_type: &str,
        pinned: bool,
    ) -> Option<()> {
        let help = if pinned {
            "choose another name"
        } else {
            "choose another name, or pin one with `azureName`"
        };
        let rule = name_rules::find(resource_type)?;
        if !rule.allows(name) {
            let message = if resource_type == "Microsoft.KeyVault/vaults/secrets" {
                // Below `secrets` it may be a value.
                let span = self.value_span(&at.key("azureName"));
                self.found.hide(span);
                "Azure refuses the name of this secret".to_owned()
            } else {
                format!("Azure refuses the name {}", quoted(name))
            };
            self.report_name(Code::AGC0105, at, pinned, message)
                .label(rule.rule)
                .help(help);
            return None;
        }
        if let Some(word) = name_rules::reserved_word(name).filter(|_| rule.global) {
            let message = format!("Azure reserves `{word}`, which is in {}", quoted(name));
            self.report_name(Code::AGC0106, at, pinned, message)
                .label("a name with an address of its own")
                .help(help);
            return None;
        }
        Some(())
    }

    /// A child's name in Azure, checked.
    fn child_name(
        &mut self,
        at: &At,
        key: &str,
        azure_name: Option<&String>,
        resource_type: &str,
    ) -> String {
        let name = azure_name.map_or(key, String::as_str);
        let _ = self.check_azure_name(at, name, resource_type, azure_name.is_some());
        name.to_owned()
    }

    /// Children that have nothing but a name.
    fn plain_children(
        &mut self,
        at: &At,
        children: &IndexMap<String, ChildSpec>,
        resource_type: &str,
    ) -> Vec<Child> {
        children
            .iter()
            .map(|(key, child)| Child {
                azure_name: self.child_name(
                    &at.key(key),
                    key,
                    child.azure_name.as_ref(),
                    resource_type,
                ),
                key: key.clone(),
            })
            .collect()
    }

    fn storage(&mut self, at: &At, spec: &StorageSpec, azure: &Azure) -> Storage {
        let zones = regions::find(&azure.location).is_some_and(|region| region.zones);
        let sku = match spec.sku {
            Some(StorageSku::Standard_ZRS) => "Standard_ZRS",
            Some(StorageSku::Standard_GRS) => "Standard_GRS",
            Some(StorageSku::Standard_GZRS) => "Standard_GZRS",
            // Without zones there is no ZRS. A copy in a second region costs more and takes the data out of the region: that is for
            // people to decide.
            None if zones => self.by_profile("Standard_LRS", "Standard_ZRS"),
            Some(StorageSku::Standard_LRS) | None => "Standard_LRS",
        };
        Storage {
            sku: sku.to_owned(),
            lacks_zones: spec.sku.is_none() && !zones && self.by_profile(false, true),
            soft_delete_days: spec.soft_delete_days.unwrap_or(self.by_profile(7, 14)),
            versioning: spec.versioning.unwrap_or(self.by_profile(false, true)),
            containers: self.plain_children(
                &at.key("containers"),
                &spec.containers.0,
                "Microsoft.Storage/storageAccounts/blobServices/containers",
            ),
        }
    }

    fn key_vault(&mut self, at: &At, key: &str, spec: &KeyVaultSpec) -> KeyVault {
        let secrets = self.plain_children(
            &at.key("secrets"),
            &spec.secrets.0,
            "Microsoft.KeyVault/vaults/secrets",
        );
        KeyVault {
            sku: match spec.sku {
                Some(VaultSku::Premium) => "premium",
                Some(VaultSku::Standard) | None => "standard",
            }
            .to_owned(),
            purge_protection: self.by_profile(false, true),
            soft_delete_days: self.by_profile(7, 90),
            secrets: secrets
                .into_iter()
                .map(|secret| Secret {
                    variable: names::secret_variable(key, &secret.key),
                    key: secret.key,
                    azure_name: secret.azure_name,
                })
                .collect(),
        }
    }

    fn sql(&mut self, at: &At, key: &str, spec: &SqlSpec, server: &str) -> Option<Sql> {
        let mut databases = Vec::new();
        let mut whole = true;
        for (name, database) in &spec.databases.0 {
            match self.database(&at.key("databases").key(name), name, database) {
                Some(database) => databases.push(database),
                None => whole = false,
            }
        }
        if let Some(image) = &spec.grants_image {
            self.check_image(&at.key("grantsImage"), image);
        }
        let account = format!("{key}-administrator");
        let namespace = format!("{}-sql-grants", self.spec.name);
        whole.then(|| Sql {
            host: format!("{server}.database.windows.net"),
            databases,
            administrator: SqlAdministrator {
                identity: format!("id-{}-{account}", self.stem()),
                credential: format!("fc-{account}"),
                client_id_key: names::client_id_key(&account),
                service_account: account,
            },
            grants: SqlGrants {
                namespace,
                job: format!("{key}-grants"),
                image: spec
                    .grants_image
                    .clone()
                    .unwrap_or_else(|| images::SQL_GRANTS.to_owned()),
                image_is_default: spec.grants_image.is_none(),
            },
        })
    }

    fn database(&mut self, at: &At, key: &str, spec: &DatabaseSpec) -> Option<Database> {
        let written = spec
            .sku
            .clone()
            .unwrap_or_else(|| self.by_profile("GP_S_Gen5_1", "GP_Gen5_2").to_owned());
        let sku = self.database_sku(&at.key("sku"), spec, &written);
        let name = spec.azure_name.as_deref().unwrap_or(key);
        if name_rules::RESERVED_DATABASES
            .iter()
            .any(|taken| taken.eq_ignore_ascii_case(name))
        {
            let message = format!("a database cannot be called {}", quoted(name));
            self.report_name(Code::AGC0106, at, spec.azure_name.is_some(), message)
                .label("SQL Server keeps it for itself")
                .help("choose another name");
        }
        let azure_name = self.child_name(
            at,
            key,
            spec.azure_name.as_ref(),
            "Microsoft.Sql/servers/databases",
        );
        let sku = sku?;
        let auto_pause_minutes = self.auto_pause(&at.key("autoPause"), spec, &sku);
        let min_capacity = self.min_capacity(&at.key("minCapacity"), spec, &sku);
        let max_size_bytes = self.max_size(&at.key("maxSize"), spec, &sku);
        Some(Database {
            key: key.to_owned(),
            azure_name,
            auto_pause_minutes: auto_pause_minutes?,
            min_capacity: min_capacity?,
            max_size_bytes: max_size_bytes?,
            zone_redundant: spec.zone_redundant,
            sku,
        })
    }

    fn database_sku(&mut self, at: &At, spec: &DatabaseSpec, written: &str) -> Option<DatabaseSku> {
        let found = sizes::FAMILIES.iter().find_map(|family| {
            let cores = written.strip_prefix(family.prefix)?;
            let plain = cores.bytes().all(|byte| byte.is_ascii_digit()) && !cores.starts_with('0');
            Some((family, cores.parse::<u32>().ok().filter(|_| plain)?))
        });
        let Some((family, cores)) = found else {
            let prefixes = sizes::FAMILIES
                .iter()
                .map(|family| format!("{}<cores>", family.prefix));
            let span = self.value_span(at);
            let finding = self.report(
                Code::AGC0508,
                at,
                format!("{} is not a size of a database", quoted(written)),
            );
            finding.label(format!("sizes: {}", listed(prefixes)));
            // Only a serverless size takes these.
            let pauses = spec.auto_pause.is_some() || spec.min_capacity.is_some();
            match sizes::size_meant(written).filter(|size| !pauses || sizes::is_serverless(size)) {
                Some(size) => finding.fix(format!("write `{size}`"), span, size),
                None if sizes::is_in_dtus(written) => finding.help(
                    "Basic and the sizes in DTUs cannot pause and scale by cores: write `GP_S_Gen5_1`",
                ),
                None => finding.help("for instance `sku: GP_S_Gen5_1`"),
            };
            return None;
        };
        if !family.cores.contains(&cores) {
            let known: Vec<String> = family.cores.iter().map(u32::to_string).collect();
            let span = self.value_span(at);
            let finding = self.report(
                Code::AGC0508,
                at,
                format!("{} does not come with {cores} cores", family.name),
            );
            finding.label(format!("it comes with {}", known.join(", ")));
            if let Some(near) = family.size(cores) {
                finding.fix(format!("write `{near}`"), span, near);
            }
            return None;
        }
        Some(DatabaseSku {
            written: written.to_owned(),
            name: family.name.to_owned(),
            tier: family.tier.to_owned(),
            family: family.family.to_owned(),
            capacity: cores,
            serverless: family.serverless,
        })
    }

    /// `None`: wrong. `Some(None)`: it never pauses.
    #[allow(clippy::option_option)] // Wrong, never, after so long: three answers.
    fn auto_pause(
        &mut self,
        at: &At,
        spec: &DatabaseSpec,
        sku: &DatabaseSku,
    ) -> Option<Option<u32>> {
        let Some(stated) = &spec.auto_pause else {
            return Some(if sku.serverless {
                self.by_profile(Some(60), None)
            } else {
                None
            });
        };
        if !sku.serverless {
            self.only_serverless(at, "autoPause", sku);
            return None;
        }
        let Some(minutes) = pauses_after(stated) else {
            self.report(
                Code::AGC0508,
                at,
                format!("a database cannot pause after {}", quoted(&stated.0)),
            )
            .label(format!(
                "{} to {} whole minutes",
                sizes::AUTO_PAUSE_LEAST,
                sizes::AUTO_PAUSE_MOST
            ))
            .help("write `60m`, or `0s` for never");
            return None;
        };
        // 0: never.
        Some(u32::try_from(minutes).ok().filter(|minutes| *minutes > 0))
    }

    #[allow(clippy::option_option)] // Wrong, none, so many: three answers.
    fn min_capacity(
        &mut self,
        at: &At,
        spec: &DatabaseSpec,
        sku: &DatabaseSku,
    ) -> Option<Option<String>> {
        let least = sizes::least_capacity_millis(sku.capacity);
        let Some(stated) = &spec.min_capacity else {
            return Some(sku.serverless.then(|| decimal(least)));
        };
        if !sku.serverless {
            self.only_serverless(at, "minCapacity", sku);
            return None;
        }
        let millis = thousandths(&stated.0);
        let most = u64::from(sku.capacity) * 1_000;
        let Some(millis) = millis.filter(|millis| (least..=most).contains(millis)) else {
            self.report(
                Code::AGC0508,
                at,
                format!("{} cannot keep {} cores", sku.written, quoted(&stated.0)),
            )
            .label(format!("{} to {} cores", decimal(least), sku.capacity))
            .help(format!(
                "write a number from {} to {}, in quotes where it has a fraction",
                decimal(least),
                sku.capacity
            ));
            return None;
        };
        Some(Some(decimal(millis)))
    }

    fn only_serverless(&mut self, at: &At, key: &str, sku: &DatabaseSku) {
        self.report_key(
            Code::AGC0508,
            at,
            format!("`{key}` does not go with {}", sku.written),
        )
        .label("only a serverless size grows and pauses")
        .help(format!(
            "use a size that begins with `GP_S_`, or remove `{key}`"
        ));
    }

    fn max_size(&mut self, at: &At, spec: &DatabaseSpec, sku: &DatabaseSku) -> Option<u64> {
        let Some(stated) = &spec.max_size else {
            return Some(32 * sizes::GIB);
        };
        let most = sizes::most_gib(sku.capacity);
        let written = bytes(&stated.0);
        let size = written.filter(|size| {
            size % sizes::GIB == 0 && (sizes::GIB..=most * sizes::GIB).contains(size)
        });
        if size.is_none() {
            let help = if written > Some(most * sizes::GIB) {
                format!("write `{most}Gi` or less, or take a size with more cores")
            } else {
                "write `32Gi`".to_owned()
            };
            self.report(
                Code::AGC0508,
                at,
                format!(
                    "{} cannot be the largest size of a database of {}",
                    quoted(&stated.0),
                    sku.written
                ),
            )
            .label(format!("whole Gi, 1Gi to {most}Gi"))
            .help(help);
        }
        size
    }
}

//! The modules that are the same for every system, and which of them a system needs.

use std::collections::BTreeSet;

/// A complete module, copied as it is.
struct Module {
    /// Name of its file, without folder and ending.
    name: &'static str,
    /// Its text.
    text: &'static str,
    /// The modules that it calls.
    calls: &'static [&'static str],
}

macro_rules! modules {
    ($($name:literal $(calls $($called:literal)*)?;)*) => {
        /// Every module of `templates/infra/modules`.
        const MODULES: &[Module] = &[$(Module {
            name: $name,
            text: include_str!(concat!("../../../templates/infra/modules/", $name, ".bicep")),
            calls: &[$($($called),*)?],
        }),*];
    };
}

modules! {
    "alb-controller" calls "resource-group-reader" "traffic-controller-configurator";
    "cluster";
    "cluster-with-addon";
    "collection-rule";
    "federated-credential";
    "gateway-subnet-access";
    "key-vault";
    "key-vault-access";
    "key-vault-secret";
    "network";
    "resource-group-reader";
    "sql";
    "storage";
    "storage-access";
    "traffic-controller";
    "traffic-controller-configurator";
    "workspace";
}

/// The compiler's settings, which every folder of Bicep files carries.
pub(super) const CONFIGURATION: &str = include_str!("../../../templates/infra/bicepconfig.json");

/// Path of a module, from `main.bicep`.
pub(crate) fn path(name: &str) -> String {
    format!("modules/{name}.bicep")
}

/// Paths (from `main.bicep`) and texts of the modules that a system needs: those of `called`, which are paths from any
/// file of it, and whatever these call. Sorted by name.
pub(super) fn needed<'a>(called: impl IntoIterator<Item = &'a str>) -> Vec<(String, &'static str)> {
    let mut names = BTreeSet::new();
    let mut open: Vec<&str> = called
        .into_iter()
        .filter_map(|path| path.rsplit_once("modules/"))
        .filter_map(|(_, file)| file.strip_suffix(".bicep"))
        .collect();
    while let Some(name) = open.pop() {
        if names.insert(name) {
            let module = MODULES.iter().find(|module| module.name == name);
            open.extend(module.map(|module| module.calls).unwrap_or_default());
        }
    }
    MODULES
        .iter()
        .filter(|module| names.contains(module.name))
        .map(|module| (path(module.name), module.text))
        .collect()
}

#[cfg(test)]
#[allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test fails where it panics, and reads the folder"
)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/templates/infra/modules");

    #[test]
    fn every_module_that_lies_in_the_folder_is_known() {
        let mut found = BTreeMap::new();
        for entry in std::fs::read_dir(FOLDER).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            found.insert(name, std::fs::read_to_string(&path).unwrap());
        }
        let known: BTreeMap<String, String> = MODULES
            .iter()
            .map(|module| (format!("{}.bicep", module.name), module.text.to_owned()))
            .collect();
        // Names first: a difference of whole texts names nothing.
        let names = |modules: &BTreeMap<String, String>| -> Vec<String> {
            modules.keys().cloned().collect()
        };
        assert_eq!(names(&found), names(&known));
        assert_eq!(found, known);
        assert_eq!(
            known.len(),
            MODULES.len(),
            "a module stands in the table twice"
        );
    }

    #[test]
    fn calls_are_those_of_the_text() {
        for module in MODULES {
            let mut called: Vec<&str> = module
                .text
                .lines()
                .filter(|line| line.starts_with("module ") || line.starts_with("import "))
                .map(|line| {
                    line.split('\'')
                        .nth(1)
                        .unwrap()
                        .strip_suffix(".bicep")
                        .unwrap()
                })
                .collect();
            called.sort_unstable();
            assert_eq!(called, module.calls, "{}", module.name);
        }
    }

    #[test]
    fn what_is_called_is_needed_too() {
        let names = |called: &[&str]| -> Vec<String> {
            needed(called.iter().copied())
                .into_iter()
                .map(|(path, _)| path)
                .collect()
        };
        assert_eq!(names(&["workloads/web.bicep"]), Vec::<String>::new());
        assert_eq!(
            names(&[
                "../modules/storage-access.bicep",
                "modules/alb-controller.bicep"
            ]),
            [
                "modules/alb-controller.bicep",
                "modules/resource-group-reader.bicep",
                "modules/storage-access.bicep",
                "modules/traffic-controller-configurator.bicep",
            ]
        );
    }
}

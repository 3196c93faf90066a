//! The examples of the reference: each one, put where it belongs, is taken.

use agcgen::diagnostic::Severity;
use agcgen::spec::reference;

use super::check;
use super::field_specs::spec_with;

#[test]
fn every_example_of_the_reference_is_taken_where_it_belongs() {
    let fields = reference();
    let mut wrong: Vec<String> = Vec::new();
    for field in &fields {
        let spec = spec_with(field, &fields);
        let errors = check(&spec.to_string()).places(Severity::Error);
        if !errors.is_empty() {
            wrong.push(format!("{}: {errors:?} in {spec}", field.path));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(fields.len() > 120, "{} fields were tried", fields.len());
}

#[test]
fn the_example_of_a_kind_is_the_kind() {
    let kinds: Vec<String> = reference()
        .iter()
        .filter(|field| field.path.ends_with(").kind"))
        .map(|field| format!("{} {}", field.path, field.example))
        .collect();
    assert_eq!(
        kinds,
        [
            "resources.<name>(storage).kind \"storage\"",
            "resources.<name>(sql).kind \"sql\"",
            "resources.<name>(keyVault).kind \"keyVault\"",
        ]
    );
}

#[test]
fn a_route_goes_to_one_name() {
    let to = reference()
        .into_iter()
        .find(|field| field.path == "routes.<name>.to");
    assert_eq!(
        to.expect("it is there").types,
        "name, list of names, or map"
    );
}

/// It is refused with a reason (AGC0507), so nobody is told to write it.
#[test]
fn a_setting_that_is_always_refused_is_not_listed() {
    let listed: Vec<String> = reference()
        .into_iter()
        .map(|field| field.path)
        .filter(|path| path.ends_with(").existing"))
        .collect();
    assert_eq!(
        listed,
        [
            "resources.<name>(storage).existing",
            "resources.<name>(keyVault).existing"
        ]
    );
}

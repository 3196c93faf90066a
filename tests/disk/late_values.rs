//! The file whose values are the user's.

use super::*;

fn two_slots() -> Render {
    Render::of(vec![seeded(vec![
        slot("API_CLIENT_ID", "API_CLIENT_ID: the identity of api"),
        slot("DB_CLIENT_ID", "DB_CLIENT_ID: the identity of db"),
    ])])
}

const OPEN: &str = "# Late values of shop.\n\n# API_CLIENT_ID: the identity of api\n\n# DB_CLIENT_ID: the identity of db\n";

#[test]
fn open_late_values_have_comments_and_no_key() {
    let dir = folder();
    two_slots().done(dir.path());
    assert_eq!(read(dir.path(), LATE), OPEN);
}

#[test]
fn values_are_kept_wherever_they_stand() {
    let dir = folder();
    two_slots().done(dir.path());
    let bound = format!("{OPEN}API_CLIENT_ID={GUID}\nDB_CLIENT_ID={OTHER_GUID}\n");
    let crlf = bound.replace('\n', "\r\n");
    let cut = bound.trim_end().to_owned();
    let marked = format!("\u{feff}{bound}");
    for text in [bound, crlf, cut, marked] {
        put(dir.path(), LATE, &text);
        assert!(two_slots().kinds(dir.path()).is_empty());
        assert_eq!(two_slots().apply(dir.path()).unwrap(), Vec::<String>::new());
        assert_eq!(read(dir.path(), LATE), text);
    }
}

#[test]
fn open_values_are_those_that_no_line_gives() {
    let open = |dir: &Path| two_slots().plan(dir).unwrap().open_values().clone();
    let both = ["API_CLIENT_ID".to_owned(), "DB_CLIENT_ID".to_owned()];
    let dir = folder();
    let before = open(dir.path());
    assert_eq!(before[&path(LATE)], both, "also before the file is there");
    two_slots().done(dir.path());
    assert_eq!(open(dir.path()), before);
    // The byte order mark stands directly before the key.
    for given in [
        format!("API_CLIENT_ID={GUID}\n{OPEN}"),
        format!("\u{feff}API_CLIENT_ID={GUID}\n{OPEN}").replace('\n', "\r\n"),
        format!("{OPEN}# DB_CLIENT_ID=\n  API_CLIENT_ID={GUID}"),
    ] {
        put(dir.path(), LATE, &given);
        assert_eq!(open(dir.path())[&path(LATE)], both[1..], "{given:?}");
    }
    put(
        dir.path(),
        LATE,
        format!("DB_CLIENT_ID={OTHER_GUID}\nAPI_CLIENT_ID={GUID}\n"),
    );
    assert!(open(dir.path()).is_empty());
}

#[test]
fn comments_are_rewritten_and_values_kept() {
    let dir = folder();
    two_slots().done(dir.path());
    let lock = read(dir.path(), LOCK);
    put(
        dir.path(),
        LATE,
        format!("\u{feff}# my comment\r\nDB_CLIENT_ID={OTHER_GUID}\r\n  API_CLIENT_ID={GUID}"),
    );
    assert_eq!(
        two_slots().kinds(dir.path()),
        [(LATE.to_owned(), DifferenceKind::Stale)]
    );
    assert_eq!(two_slots().done(dir.path()), [format!("~ {LATE}")]);
    assert_eq!(
        read(dir.path(), LATE),
        format!(
            "# Late values of shop.\n\n# API_CLIENT_ID: the identity of api\nAPI_CLIENT_ID={GUID}\n\n\
             # DB_CLIENT_ID: the identity of db\nDB_CLIENT_ID={OTHER_GUID}\n"
        )
    );
    assert_eq!(
        read(dir.path(), LOCK),
        lock,
        "the lock knows nothing of values"
    );
}

#[test]
fn keys_that_nothing_uses_are_reported_and_removed() {
    let dir = folder();
    two_slots().done(dir.path());
    put(
        dir.path(),
        LATE,
        format!("{OPEN}API_CLIENT_ID={GUID}\nOLD_CLIENT_ID={OTHER_GUID}\n"),
    );
    let differences = two_slots().differences(dir.path());
    let [difference] = &differences[..] else {
        panic!("{differences:?}")
    };
    let DifferenceKind::Values(problems) = &difference.kind else {
        panic!("{difference:?}")
    };
    assert_eq!(problems.len(), 1);
    assert_eq!(
        (problems[0].line, problems[0].key.as_str()),
        (7, "OLD_CLIENT_ID")
    );
    assert_eq!(problems[0].kind, ValueProblemKind::Unknown);
    assert!(difference.diff().unwrap().contains("-OLD_CLIENT_ID"));
    assert_eq!(
        two_slots().plan(dir.path()).unwrap().removed_keys(),
        ["OLD_CLIENT_ID"]
    );
    two_slots().done(dir.path());
    let text = read(dir.path(), LATE);
    assert!(
        text.contains(&format!("API_CLIENT_ID={GUID}")) && !text.contains("OLD_CLIENT_ID"),
        "{text}"
    );
}

#[test]
fn wrong_lines_are_reported_and_a_render_loses_nothing() {
    let arm = Shape::ResourceId("Microsoft.ServiceNetworking/trafficControllers".to_owned());
    let mut render = two_slots();
    if let Owner::Seeded(slots) = &mut render.files[0].owner {
        slots.push(Slot {
            key: "AGC_ID".to_owned(),
            shape: arm.clone(),
            of: Vec::new(),
            comment: vec![],
        });
    }
    let group = format!("/subscriptions/{GUID}/resourceGroups/rg-shop");
    let agc = format!("{group}/providers/Microsoft.ServiceNetworking/trafficControllers/agc");
    let client = || ValueProblemKind::IllFormed(Shape::ClientId);
    let id = || ValueProblemKind::IllFormed(arm.clone());
    let cases = [
        ("API_CLIENT_ID".to_owned(), ValueProblemKind::NoEquals),
        ("API_CLIENT_ID=".to_owned(), ValueProblemKind::Empty),
        (format!("API_CLIENT_ID=\"{GUID}\""), client()),
        (format!("API_CLIENT_ID={GUID} "), client()),
        (format!("API_CLIENT_ID= {GUID}"), client()),
        (format!("API_CLIENT_ID={{{GUID}}}"), client()),
        (format!("API_CLIENT_ID={}", GUID.replace('-', "")), client()),
        (
            format!("API_CLIENT_ID={}", GUID.replace('6', "g")),
            client(),
        ),
        (
            "API_CLIENT_ID=00000000-0000-0000-0000-000000000000".to_owned(),
            client(),
        ),
        (format!("API_CLIENT_ID ={GUID}"), ValueProblemKind::NotAKey),
        (format!("={GUID}"), ValueProblemKind::NotAKey),
        (
            format!("export API_CLIENT_ID={GUID}"),
            ValueProblemKind::NotAKey,
        ),
        ("<<<<<<< HEAD".to_owned(), ValueProblemKind::Conflict),
        (
            format!("API_CLIENT_ID={GUID}\nAPI_CLIENT_ID={GUID}"),
            ValueProblemKind::Twice,
        ),
        (format!("AGC_ID={GUID}"), id()),
        (format!("AGC_ID={group}"), id()),
        (format!("AGC_ID={agc}/"), id()),
        (format!("AGC_ID={agc}/frontends/main"), id()),
        (
            format!("AGC_ID={group}/providers/Microsoft.Network/virtualNetworks/v"),
            id(),
        ),
        (format!("AGC_ID=https://portal.azure.com{agc}"), id()),
    ];
    for (line, expected) in cases {
        let dir = folder();
        render.done(dir.path());
        put(
            dir.path(),
            LATE,
            format!("# mine\nDB_CLIENT_ID={OTHER_GUID}\n{line}\n"),
        );
        for render in [render.clone(), render.clone().forced()] {
            let refusal = render.refused(dir.path());
            let DifferenceKind::Values(problems) = &refusal.files[0].kind else {
                panic!("{line}: {refusal:?}")
            };
            assert_eq!(problems.len(), 1, "{line}: {problems:?}");
            assert_eq!(problems[0].kind, expected, "{line}");
            let last = 2 + line.lines().count();
            assert_eq!(problems[0].line, last, "{line}");
            let text = refusal.to_string();
            assert!(
                text.contains(LATE) && text.contains(&format!("line {last}")),
                "{text}"
            );
            assert!(!text.contains(GUID), "a value is repeated: {text}");
        }
    }
    let dir = folder();
    render.done(dir.path());
    put(
        dir.path(),
        LATE,
        format!("{OPEN}AGC_ID={}\n", agc.to_lowercase()),
    );
    assert!(
        render.kinds(dir.path()).is_empty(),
        "case does not matter in an ARM id"
    );
}

#[test]
fn late_values_that_are_no_text_are_reported() {
    let dir = folder();
    two_slots().done(dir.path());
    put(dir.path(), LATE, b"# x\nAPI_CLIENT_ID=\xff\n");
    let refusal = two_slots().refused(dir.path());
    let DifferenceKind::Values(problems) = &refusal.files[0].kind else {
        panic!("{refusal:?}")
    };
    assert_eq!(
        (problems[0].line, &problems[0].kind),
        (2, &ValueProblemKind::NotText)
    );
}

#[test]
fn late_values_without_a_lock_are_adopted_unless_something_would_be_lost() {
    let dir = folder();
    put(dir.path(), LATE, format!("API_CLIENT_ID={GUID}\n"));
    two_slots().done(dir.path());
    assert!(read(dir.path(), LATE).contains(&format!("API_CLIENT_ID={GUID}\n")));

    let dir = folder();
    put(
        dir.path(),
        LATE,
        format!("API_CLIENT_ID={GUID}\nTHEIRS=1\n"),
    );
    let refusal = two_slots().refused(dir.path());
    assert_eq!(refusal.files[0].kind, DifferenceKind::Unknown);
    assert_eq!(
        refusal.files[0].diff(),
        None,
        "it shows what may be a secret"
    );
    two_slots().forced().done(dir.path());
    assert!(!read(dir.path(), LATE).contains("THEIRS"));
}

#[test]
fn a_conflict_that_git_left_in_late_values_is_one_problem() {
    let dir = folder();
    two_slots().done(dir.path());
    put(
        dir.path(),
        LATE,
        format!(
            "# Late.\n<<<<<<< HEAD\nAPI_CLIENT_ID={GUID}\n=======\nAPI_CLIENT_ID={OTHER_GUID}\n>>>>>>> theirs\n"
        ),
    );
    for render in [two_slots(), two_slots().forced()] {
        let refusal = render.refused(dir.path());
        let said: Vec<String> = refusal.files.iter().map(ToString::to_string).collect();
        let expected =
            format!("{LATE}: line 2: git's conflict markers; keep one side, and remove them");
        assert_eq!(said, [expected]);
    }
}

#[test]
fn late_values_that_nothing_needs_any_more_are_removed() {
    let dir = folder();
    two_slots().done(dir.path());
    put(dir.path(), LATE, format!("{OPEN}API_CLIENT_ID={GUID}\n"));
    assert_eq!(
        Render::of(vec![]).done(dir.path()),
        ["~ agcgen.lock".to_owned(), format!("- {LATE}")]
    );

    let dir = folder();
    two_slots().done(dir.path());
    put(dir.path(), LATE, "notes of mine\n");
    let refusal = Render::of(vec![]).refused(dir.path());
    assert_eq!(refusal.files[0].kind, DifferenceKind::HandEditedOrphan);
}

#[test]
fn hostile_comments_stay_comments() {
    let dir = folder();
    let mut render = Render::of(vec![seeded(vec![slot("A", "one\nB=2\r\nC=3")])]);
    render.files[0].text = "no hash sign\nX=1".to_owned();
    render.done(dir.path());
    for line in read(dir.path(), LATE).lines() {
        assert!(line.is_empty() || line.starts_with('#'), "{line}");
    }
}

#[test]
fn a_generated_file_may_become_a_seeded_one_and_back() {
    let dir = folder();
    let generated = Render::of(vec![plain(LATE, "generated: text\n")]);
    generated.done(dir.path());
    two_slots().done(dir.path());
    assert_eq!(read(dir.path(), LATE), OPEN);
    // The values are the user's: they are not thrown away silently.
    let refusal = generated.refused(dir.path());
    assert_eq!(refusal.files[0].kind, DifferenceKind::HandEdited);
    generated.forced().done(dir.path());
}

#[test]
fn a_value_of_something_that_has_another_name_now_goes() {
    let of = |name: &str| {
        let slots = ["API", "DB"].map(|key| Slot {
            of: vec![format!("id-{name}-{key}"), format!("rg-{name}")],
            ..slot(
                &format!("{key}_ID"),
                &format!("{key}_ID: client id of id-{name}-{key} in rg-{name}"),
            )
        });
        Render::of(vec![seeded(slots.to_vec())])
    };
    let dir = folder();
    of("old").done(dir.path());
    let filled = format!(
        "{}API_ID={GUID}\n\n# Mine: rg-new\nDB_ID={OTHER_GUID}\n",
        read(dir.path(), LATE)
    );
    put(dir.path(), LATE, &filled);
    // The same names: everything stays, also where a comment is gone.
    for same in ["old", "Old"] {
        assert_eq!(of(same).plan(dir.path()).unwrap().outdated_keys(), [""; 0]);
    }
    let new = of("new");
    let plan = new.plan(dir.path()).unwrap();
    assert_eq!(plan.outdated_keys(), ["API_ID", "DB_ID"]);
    assert_eq!(plan.open_values()[&path(LATE)], ["API_ID", "DB_ID"]);
    assert!(plan.refusal().is_none());
    new.done(dir.path());
    let text = read(dir.path(), LATE);
    assert!(!text.contains(GUID) && !text.contains(OTHER_GUID), "{text}");

    // Without comments nobody knows of what a value is, and it is the user's.
    put(
        dir.path(),
        LATE,
        format!("API_ID={GUID}\nDB_ID={OTHER_GUID}\n"),
    );
    assert_eq!(new.plan(dir.path()).unwrap().outdated_keys(), [""; 0]);
    new.done(dir.path());
    assert!(read(dir.path(), LATE).contains(&format!("API_ID={GUID}")));
}

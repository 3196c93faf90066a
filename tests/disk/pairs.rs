//! Two renders into one folder at once.

use std::process::{Child, Output, Stdio};
use std::thread::sleep;
use std::time::Duration;

use agcgen::disk::Hold;

use super::systems::{Ran, System, ran, repaired, same};
use super::*;

const BUSY: &str = "Another agcgen renders into ";

fn start(system: &System, out: &Path) -> Child {
    let mut command = system.command(out, assert_cmd::cargo::cargo_bin!("agcgen"));
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().unwrap()
}

/// Whether a render did its work. If not, it was turned away.
fn worked(output: &Output) -> bool {
    let said = String::from_utf8_lossy(&output.stderr);
    match output.status.code() {
        Some(0) => true,
        Some(2) if said.contains(BUSY) => false,
        code => panic!("{code:?}: {said}"),
    }
}

#[test]
fn of_two_renders_at_once_one_writes_a_whole_tree() {
    let pairs: u32 = if environment::in_ci() { 100 } else { 20 };
    let systems = [System::of("before", 0..15), System::of("after", 5..20)];
    let dir = folder();
    let out = dir.path().join("out");
    repaired(&out, &systems[0]);
    let mut turned_away = 0;
    for pair in 0..pairs {
        let first = start(&systems[1], &out);
        sleep(Duration::from_millis(u64::from(pair % 5)));
        let second = start(&systems[0], &out);
        let outputs = [first, second].map(|child| child.wait_with_output().unwrap());
        let all = outputs.iter().filter(|output| worked(output)).count();
        assert!(all >= 1, "pair {pair}: nobody rendered");
        turned_away += 2 - all;
        let tree = everything(&out);
        let whole = systems.iter().filter(|system| system.tree == tree).count();
        assert_eq!(whole, 1, "pair {pair}: a mix, or litter");
        // Nothing counts as edited by a person.
        repaired(&out, &systems[0]);
    }
    say(&format!(
        "{turned_away} of {pairs} pairs met (100 pairs with CI=true)\n"
    ));
    assert!(turned_away > 0, "no two renders ever met");
}

#[test]
fn a_render_waits_for_nobody_and_says_who_is_there() {
    let dir = folder();
    let out = dir.path().join("out");
    let (small, large) = (System::small(), System::large());
    let checked = || {
        let mut command = small.command(&out, assert_cmd::cargo::cargo_bin!("agcgen"));
        ran(command.arg("--check"))
    };
    let is_turned_away = |ran: &Ran| {
        assert_eq!(ran.code, Some(2), "{}", ran.stderr);
        let said = format!(
            "error: {BUSY}{} now.\n       Wait for it and type the command again. Nothing was written.\n",
            out.display()
        );
        assert!(ran.stderr.ends_with(&said), "{}", ran.stderr);
    };
    let hold = Hold::alone(&out).unwrap();
    is_turned_away(&small.render_by_binary(&out));
    is_turned_away(&checked());
    assert_eq!(names(&out), Vec::<String>::new());
    drop(hold);
    repaired(&out, &small);

    let hold = Hold::shared(&out).unwrap();
    is_turned_away(&large.render_by_binary(&out));
    assert_eq!(checked().code, Some(0), "two may read at once");
    drop(hold);
    same(&out, &small.tree);
    repaired(&out, &large);
}

#[test]
fn a_check_makes_no_folder() {
    let dir = folder();
    let hold = Hold::shared(&dir.path().join("out")).unwrap();
    drop(hold);
    assert_eq!(names(dir.path()), Vec::<String>::new());
}

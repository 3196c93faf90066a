//! Disks that fail for real, met by the real binary: full, without room for one more file, read-only. A tree that changes everywhere is rendered onto each, forth and back.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use super::systems::{Far, System, judge, repaired, same};
use super::*;

/// A file system of its own, in the memory, seen by nobody else: it goes with the shell that mounted it.
struct Disk {
    shell: Child,
    orders: ChildStdin,
    answers: BufReader<ChildStdout>,
    place: TempDir,
}

impl Disk {
    /// None, once it was said why, where this machine does not let the test mount anything.
    fn new(what: &str) -> Option<Self> {
        // Root may mount; another user is root in a name space of its own, if that is allowed.
        let mut why = String::new();
        for user in ["", "--map-root-user"] {
            match Self::mounted(user) {
                Ok(disk) => return Some(disk),
                Err(problem) => why = problem,
            }
        }
        not_checked(what, why.trim());
        None
    }

    fn mounted(user: &str) -> Result<Self, String> {
        let mut shell = Command::new("sh")
            .args(["-c", &format!("exec unshare --mount {user} sh 2>&1")])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| error.to_string())?;
        let mut disk = Self {
            orders: shell.stdin.take().unwrap(),
            answers: BufReader::new(shell.stdout.take().unwrap()),
            shell,
            place: folder(),
        };
        let place = disk.place.path().display().to_string();
        disk.order(&format!("mount -t tmpfs -o size=64m none {place}"))?;
        Ok(disk)
    }

    /// What a command says inside; what it says as it fails.
    fn order(&mut self, command: &str) -> Result<String, String> {
        // A shell that never was cannot read.
        let _ = self
            .orders
            .write_all(format!("{command}; echo \"ended $?\"\n").as_bytes());
        let mut said = String::new();
        loop {
            let mut line = String::new();
            if self.answers.read_line(&mut line).unwrap() == 0 {
                return Err(said);
            }
            match line.trim_end().strip_prefix("ended ") {
                Some("0") => return Ok(said),
                Some(_) => return Err(said),
                None => said.push_str(&line),
            }
        }
    }

    /// Where it is for those outside.
    fn path(&self) -> PathBuf {
        let place = self.place.path().strip_prefix("/").unwrap();
        PathBuf::from(format!("/proc/{}/root", self.shell.id())).join(place)
    }

    fn remount(&mut self, options: &str) {
        let place = self.place.path().display().to_string();
        self.order(&format!("mount -o remount,{options} none {place}"))
            .unwrap();
    }

    /// How many blocks and how many files are in use.
    fn used(&mut self) -> (u64, u64) {
        let place = self.place.path().display().to_string();
        let said = self
            .order(&format!("stat -f -c '%S %b %f %c %d' {place}"))
            .unwrap();
        let numbers: Vec<u64> = said
            .split_whitespace()
            .map(|it| it.parse().unwrap())
            .collect();
        assert_eq!(numbers[0], PAGE);
        (numbers[1] - numbers[2], numbers[3] - numbers[4])
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = self.shell.kill();
        let _ = self.shell.wait();
    }
}

/// What a disk in the memory counts in.
const PAGE: u64 = 4096;
/// As good as endless here.
const LARGE: &str = "size=64m,nr_inodes=10000,rw";

/// Renders onto a disk that has room for so many pages or files more, from 0 up, until it is enough. How far each came.
fn with_ever_more_room(
    disk: &mut Disk,
    from: &System,
    to: &System,
    limit: impl Fn((u64, u64), u64) -> String,
) -> Vec<Far> {
    let out = disk.path().join("out");
    let mut reached = Vec::new();
    for room in 0..200 {
        from.render.done(&out);
        same(&out, &from.tree);
        let used = disk.used();
        disk.remount(&limit(used, room));
        let ran = to.render_by_binary(&out);
        let enough = ran.code == Some(0);
        if !enough {
            reached.push(judge(
                &ran,
                &out,
                &from.tree,
                to,
                "Make room on that disk (`df -h`, `df -i`)",
            ));
        }
        disk.remount(LARGE);
        to.render.done(&out);
        same(&out, &to.tree);
        if enough {
            return reached;
        }
    }
    panic!("200 pages or files more are not enough: {reached:?}");
}

/// Whether there is room for the lock where there was none for two files at once is chance. `failing` fails there each time.
fn failed_early_and_midway(reached: &[Far]) {
    for (far, least) in [(Far::Nowhere, 2), (Far::Midway, 2)] {
        let count = reached.iter().filter(|it| **it == far).count();
        assert!(count >= least, "{far:?}: {count} of {reached:?}");
    }
}

#[test]
fn on_a_full_disk_every_file_is_old_or_new_and_the_next_render_repairs() {
    let Some(mut disk) = Disk::new("a full disk") else {
        return;
    };
    let (small, large) = (System::small(), System::of("after", 0..9));
    let mut reached = Vec::new();
    for (from, to) in [(&small, &large), (&large, &small)] {
        reached.extend(with_ever_more_room(
            &mut disk,
            from,
            to,
            |(blocks, _), room| format!("size={}", (blocks + 2 * room) * PAGE),
        ));
    }
    failed_early_and_midway(&reached);
}

#[test]
fn where_no_file_can_be_added_every_file_is_old_or_new_and_the_next_render_repairs() {
    let Some(mut disk) = Disk::new("a disk with no place for another file") else {
        return;
    };
    let (small, large) = (System::small(), System::large());
    let mut reached = Vec::new();
    for (from, to) in [(&small, &large), (&large, &small)] {
        reached.extend(with_ever_more_room(
            &mut disk,
            from,
            to,
            |(_, files), room| format!("nr_inodes={}", files + room),
        ));
    }
    failed_early_and_midway(&reached);
}

#[test]
fn a_first_render_onto_a_full_disk_is_finished_by_the_next() {
    let Some(mut disk) = Disk::new("a full disk") else {
        return;
    };
    let to = System::small();
    let out = disk.path().join("out");
    let mut failed = 0;
    for pages in [2, 5, 20, 30] {
        disk.remount(&format!("size={}", pages * PAGE));
        let ran = to.render_by_binary(&out);
        judge(&ran, &out, &Contents::new(), &to, "Make room on that disk");
        failed += 1;
        disk.remount(LARGE);
        repaired(&out, &to);
        fs::remove_dir_all(&out).unwrap();
    }
    assert_eq!(failed, 4);
}

#[test]
fn on_a_read_only_disk_nothing_changes() {
    let Some(mut disk) = Disk::new("a read-only disk") else {
        return;
    };
    let (small, large) = (System::small(), System::large());
    let out = disk.path().join("out");
    small.render.done(&out);
    disk.remount("ro");
    let ran = large.render_by_binary(&out);
    assert_eq!(
        judge(&ran, &out, &small.tree, &large, "Make that disk writable"),
        Far::Nowhere
    );
    // What is right already needs no writing.
    assert_eq!(small.render_by_binary(&out).code, Some(0));
    let ran = large.render_by_binary(&disk.path().join("new"));
    assert_eq!(ran.code, Some(2));
    assert!(
        ran.stderr
            .contains("new cannot be used: Read-only file system"),
        "{}",
        ran.stderr
    );
    disk.remount(LARGE);
    repaired(&out, &large);
}

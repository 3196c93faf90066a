//! The real binary, killed at random moments of a render that changes nearly every file of a large tree.
//!
//! When a kill comes is random, but from a fixed seed. What it meets is the machine's: so it is counted.

use std::os::unix::fs::MetadataExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::systems::{Far, System, how_far, repaired, same};
use super::*;

const SIGKILL: i32 = 9;
const SEED: u64 = 20_261_128;

/// The generator called `SplitMix64`.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Up to so long.
    fn within(&mut self, longest: Duration) -> Duration {
        let part = u32::try_from(self.next() % 1000).unwrap();
        longest * part / 1000
    }
}

/// A render that runs.
struct Running {
    child: Child,
    lock: PathBuf,
    /// Which file the lock was when it was last looked at: a new one is renamed onto its place.
    seen: Option<u64>,
}

impl Running {
    fn start(to: &System, out: &Path) -> Self {
        let lock = out.join(LOCK);
        let seen = fs::metadata(&lock).ok().map(|it| it.ino());
        let mut command = to.command(out, assert_cmd::cargo::cargo_bin!("agcgen"));
        command.stdout(Stdio::null()).stderr(Stdio::null());
        Self {
            child: command.spawn().unwrap(),
            lock,
            seen,
        }
    }

    /// Until the lock is a new file: first the journal, then what holds in the end. Or until the render is over.
    fn until_a_new_lock(&mut self) {
        while self.child.try_wait().unwrap().is_none() {
            let now = fs::metadata(&self.lock).ok().map(|it| it.ino());
            if now != self.seen {
                self.seen = now;
                return;
            }
            sleep(Duration::from_micros(50));
        }
    }

    fn kill(mut self) -> ExitStatus {
        self.child.kill().unwrap();
        self.child.wait().unwrap()
    }
}

/// How long a render takes before it writes, and while it does.
fn phases(to: &System, out: &Path) -> (Duration, Duration) {
    let start = Instant::now();
    let mut running = Running::start(to, out);
    running.until_a_new_lock();
    let (thinking, written) = (start.elapsed(), Instant::now());
    assert!(running.child.wait().unwrap().success());
    (thinking, written.elapsed())
}

#[test]
fn killed_at_any_moment_every_file_is_old_or_new_and_the_next_render_finishes() {
    const ALL: usize = 200;
    let (kills, workloads) = if environment::in_ci() {
        (ALL, 20)
    } else {
        (20, 15)
    };
    let mut random = Random(SEED);
    let systems = [
        System::of("before", 0..workloads),
        System::of("after", 5..workloads + 5),
    ];
    let dir = folder();
    let out = dir.path().join("out");
    systems[0].render.done(&out);
    let (mut thinking, mut writing) = phases(&systems[1], &out);

    let mut met: BTreeMap<Far, usize> = BTreeMap::new();
    let (mut killed, mut runs, mut littered) = (0, 0, 0);
    while killed < kills {
        // The tree is that of the other system each time.
        let (from, to) = (&systems[(runs + 1) % 2], &systems[runs % 2]);
        assert!(
            runs < 3 * ALL,
            "only {killed} of {runs} met a render that ran"
        );
        let mut running = Running::start(to, &out);
        match runs % 5 {
            0 => sleep(random.within(thinking)),
            // The end of the writing, or just after it.
            4 => {
                running.until_a_new_lock();
                running.until_a_new_lock();
            }
            _ => {
                running.until_a_new_lock();
                sleep(random.within(writing));
            }
        }
        let status = running.kill();
        killed += usize::from(status.signal() == Some(SIGKILL));
        if status.success() {
            // It outran its kill: the machine was busy when the time was taken.
            match runs % 5 {
                0 => thinking = thinking * 3 / 4,
                4 => {}
                _ => writing = writing * 3 / 4,
            }
        }
        assert!(
            status.success() || status.signal() == Some(SIGKILL),
            "{status}"
        );
        let litter = names(&out)
            .into_iter()
            .filter(|name| name.contains(".agcgen-"))
            .count();
        assert!(
            litter <= 2,
            "{litter} files are left, and two are written at a time"
        );
        littered += litter;
        *met.entry(how_far(&out, &from.tree, to)).or_default() += 1;
        if runs % 10 == 0 {
            repaired(&out, to);
        } else {
            to.render.done(&out);
            same(&out, &to.tree);
        }
        runs += 1;
    }
    say(&format!(
        "{killed} kills of {runs} renders of {workloads} workloads ({ALL} of 20 with CI=true), seed {SEED}, writing {writing:?} of {:?}: {met:?}, {littered} left a file behind\n",
        thinking + writing
    ));
    for (far, least) in [
        (Far::Nowhere, kills / 20),
        (Far::Midway, kills / 4),
        (Far::Done, kills / 20),
    ] {
        let count = met.get(&far).copied().unwrap_or_default();
        assert!(count >= least, "{far:?}: {met:?}");
    }
}

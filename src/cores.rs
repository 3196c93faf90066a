//! Threads that run beside the one that starts them, from their beginning.
//!
//! Linux moves a thread to an idle core when it next balances them, and in a virtual machine it mostly starts it on the core of
//! the thread that starts it: an idle core of a guest looks as if it were taken (`available_idle_cpu` in kernel/sched/sched.h).
//! Two threads of 2 ms took 4 ms there in four runs of five, and 2.1 to 2.5 ms with what is below (Linux 6.18 in KVM, 2 cores,
//! 2026-11). A whole `render` takes less than 10.

use std::panic::resume_unwind;
use std::thread::{self, Scope, ScopedJoinHandle};

/// Starts a thread on another core than this one's, where there is another.
pub(crate) fn spawn<'scope, T: Send + 'scope>(
    scope: &'scope Scope<'scope, '_>,
    work: impl FnOnce() -> T + Send + 'scope,
) -> ScopedJoinHandle<'scope, T> {
    let taken = current();
    let thread = scope.spawn(move || {
        leave(taken);
        work()
    });
    // Until it has run here it cannot leave, and a thread that is at work is not interrupted for a new one.
    thread::yield_now();
    thread
}

/// What a thread has made.
pub(crate) fn joined<T>(thread: ScopedJoinHandle<'_, T>) -> T {
    thread.join().unwrap_or_else(|panic| resume_unwind(panic))
}

#[cfg(target_os = "linux")]
fn current() -> usize {
    rustix::thread::sched_getcpu()
}

/// Goes on on another core. Afterwards this thread may run on each core as before. Where that cannot be, it stays.
#[cfg(target_os = "linux")]
fn leave(core: usize) {
    use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

    if core >= CpuSet::MAX_CPU {
        return;
    }
    let Ok(all) = sched_getaffinity(None) else {
        return;
    };
    let mut others = all;
    others.unset(core);
    if others.count() > 0 && sched_setaffinity(None, &others).is_ok() {
        _ = sched_setaffinity(None, &all);
    }
}

#[cfg(not(target_os = "linux"))]
fn current() {}

#[cfg(not(target_os = "linux"))]
fn leave((): ()) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_thread_has_made_comes_back() {
        let text = "a".to_owned();
        let made = thread::scope(|scope| joined(spawn(scope, || text.clone() + "b")));
        assert_eq!(made, "ab");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_thread_may_run_where_its_parent_may() {
        let cores = || rustix::thread::sched_getaffinity(None).ok();
        let of_thread = thread::scope(|scope| joined(spawn(scope, cores)));
        assert!(of_thread.is_some());
        assert_eq!(of_thread, cores());
    }
}

//! Two pieces of work at a time, each on a core of its own from its beginning.
//!
//! In a virtual machine Linux mostly started a thread on the core of the thread that starts it, though the other was idle, and
//! moved it only when it next balanced them. Two threads of 2 ms took 4 ms there in most runs, and 2.1 to 2.5 ms with what is
//! below (Linux 6.18 in KVM, 2 cores, measured 2026-11; why is not established). A whole `render` takes less than 10 ms.

use std::panic::resume_unwind;
use std::sync::{Mutex, PoisonError};
use std::thread;

/// Does one thing here and another beside it; both here where no thread can be had.
pub(crate) fn both<A, B: Send>(
    here: impl FnOnce() -> A,
    beside: impl FnOnce() -> B + Send,
) -> (A, B) {
    let beside = Mutex::new(Some(beside));
    let do_it = || {
        let work = beside.lock().unwrap_or_else(PoisonError::into_inner).take();
        work.map(|work| work())
    };
    let (here, beside) = thread::scope(|scope| {
        let taken = current();
        let started = thread::Builder::new().spawn_scoped(scope, move || {
            leave(taken);
            do_it()
        });
        // Until it has run here it cannot leave, and a thread that is at work is not interrupted for a new one.
        thread::yield_now();
        let here = here();
        let beside = match started {
            Ok(thread) => thread.join().unwrap_or_else(|panic| resume_unwind(panic)),
            Err(_) => do_it(),
        };
        (here, beside)
    });
    (here, beside.expect("it is done once"))
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
    fn both_are_done() {
        let text = "a".to_owned();
        let made = both(|| text.len(), || text.clone() + "b");
        assert_eq!(made, (1, "ab".to_owned()));
    }

    #[test]
    #[should_panic(expected = "beside")]
    fn a_panic_beside_is_one_here() {
        both(|| (), || panic!("beside"));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_thread_may_run_where_its_parent_may() {
        let cores = || rustix::thread::sched_getaffinity(None).ok();
        let (here, beside) = both(cores, cores);
        assert!(here.is_some());
        assert_eq!(here, beside);
    }
}

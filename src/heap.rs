//! Room on the heap, asked of the system at once.
//!
//! The allocator of glibc asks for more room whenever what it has is used up: in the first thread for 128 kB, in any other for
//! a page or two, each time with a system call that no other thread may touch memory during. A render that asks beforehand
//! asks once a thread. Room costs no memory before it is used. Other allocators take it for a short-lived block.

use std::hint::black_box;

/// More than 500 workloads need, and half of what glibc takes for too large for a heap at the most
/// (`DEFAULT_MMAP_THRESHOLD_MAX` in malloc.c).
const ROOM: usize = 16 << 20;

/// Makes room in this thread's heap, where there is any to be had.
pub(crate) fn make_room() {
    let mut room = Vec::<u8>::new();
    _ = room.try_reserve_exact(ROOM);
    drop(black_box(room));
}

/// The same for the first thread of a program, before any other is started.
///
/// The first block of this size is no part of the heap; when it is gone, glibc knows that such blocks come and go, and puts the
/// next into the heap (`M_MMAP_THRESHOLD` in mallopt(3)). So large texts, too, then use again what others have left.
pub(crate) fn make_first_room() {
    make_room();
    make_room();
}

//! Two halves of a list at a time.
//!
//! In: a list whose elements can be dealt with in any order. Out: what became of its first half, and of its second.

use crate::cores;

/// Bytes below which a second thread costs more than it saves.
const WORTH_A_THREAD: usize = 256 * 1024;

/// Bytes that are read or written while a file is found, opened and closed.
pub(super) const FILE: usize = 16 * 1024;

/// Does the same with both halves of a list, each half as heavy as the other; `weight` is the work that an element is, as bytes
/// that are read, hashed or written. What is worth no thread is all in the first half.
pub(super) fn both<T: Sync, R: Send>(
    list: &[T],
    weight: impl Fn(&T) -> usize,
    work: impl Fn(&[T]) -> R + Sync,
) -> [R; 2] {
    let whole: usize = list.iter().map(&weight).sum();
    if whole < WORTH_A_THREAD {
        return [work(list), work(&[])];
    }
    let mut weighed = 0;
    let middle = list.iter().position(|element| {
        weighed += weight(element);
        weighed * 2 > whole
    });
    let (one, other) = list.split_at(middle.unwrap_or(list.len()));
    let (one, other) = cores::both(|| work(one), || work(other));
    [one, other]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_element_is_in_one_half() {
        let large = WORTH_A_THREAD;
        for (first, second) in [
            (&[][..], &[][..]),
            (&[1, 2, 3], &[]),
            (&[], &[large, 1, 2]),
            (&[1], &[large]),
            (&[large], &[large, large]),
        ] {
            let list = [first, second].concat();
            let halves = both(&list, |size| *size, <[usize]>::to_vec);
            assert_eq!(halves, [first, second]);
        }
    }
}

//! Places for what a pass finds, one per leaf of a plan, without an allocation for a plan of ordinary size.

/// So many stand on the stack.
const INLINE: usize = 16;

/// Calls `f` with `len` empty slots.
pub(crate) fn with_slots<T: Default, R>(len: usize, f: impl FnOnce(&mut [T]) -> R) -> R {
    if len <= INLINE {
        let mut slots: [T; INLINE] = std::array::from_fn(|_| T::default());
        f(&mut slots[..len])
    } else {
        let mut slots: Vec<T> = std::iter::repeat_with(T::default).take(len).collect();
        f(&mut slots)
    }
}

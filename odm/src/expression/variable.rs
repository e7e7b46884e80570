//! Variables of closures: `$$v1`, one deeper `$$v2`.

use std::{cell::Cell, thread::LocalKey};

use crate::path::{Field, Handle, Path, Reading, Required};

/// The handle of a variable of type `T` in an expression over `R`.
pub(super) type Variable<R, T> = <T as Field>::Handle<Reading, R, T, Required>;

thread_local! {
    /// How many closures are being called, one in the other.
    static DEPTH: Cell<usize> = const { Cell::new(0) };
}

/// Counts a closure until it is left, by a panic too.
pub(crate) struct Inside(&'static LocalKey<Cell<usize>>);

impl Inside {
    /// Enters a closure; how deep it is.
    pub(crate) fn enter(depth: &'static LocalKey<Cell<usize>>) -> (Self, usize) {
        depth.set(depth.get() + 1);
        (Self(depth), depth.get())
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        self.0.set(self.0.get() - 1);
    }
}

/// Calls a closure with a variable that no closure around it has; the result is its name and what
/// the closure makes.
pub(super) fn with_variable<R, T: Field, U>(body: impl FnOnce(Variable<R, T>) -> U) -> (String, U) {
    let (_inside, depth) = Inside::enter(&DEPTH);
    let name = format!("v{depth}");
    let made = body(Handle::from_path(Path::of_variable(&format!("${name}"))));
    (name, made)
}

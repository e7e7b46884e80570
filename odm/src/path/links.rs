//! The steps of a path as a list, which needs no memory of its own for a usual path.

use std::ops::Deref;

use super::Link;

/// Longer paths have a list in memory of its own.
const FEW: usize = 8;

/// The steps of a path, the first one first.
#[derive(Clone, Debug)]
pub(crate) enum Links<'a> {
    /// The first ones of these; what follows repeats the last step.
    Few([&'a Link; FEW], usize),
    /// Any number, and none.
    Listed(Vec<&'a Link>),
}

impl<'a> Links<'a> {
    /// The steps up to the last one.
    pub(super) fn to(last: Option<&'a Link>) -> Self {
        let steps = || std::iter::successors(last, |link| link.before.as_deref());
        let length = steps().count();
        match last {
            Some(last) if length <= FEW => {
                let mut few = [last; FEW];
                few[..length].iter_mut().rev().zip(steps()).for_each(|(place, link)| *place = link);
                Self::Few(few, length)
            }
            _ => {
                let mut listed: Vec<_> = steps().collect();
                listed.reverse();
                Self::Listed(listed)
            }
        }
    }
}

impl<'a> Deref for Links<'a> {
    type Target = [&'a Link];

    fn deref(&self) -> &Self::Target {
        match self {
            Self::Few(few, length) => &few[..*length],
            Self::Listed(listed) => listed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Path, Step, Value};

    #[test]
    fn a_path_of_any_length_has_its_steps_in_order() {
        for length in [0, 1, 2, 7, 8, 9, 40] {
            let name = |at: usize| format!("s{at}");
            let path = (0..length)
                .fold(Path::root(), |path, at| path.then(Step::Key(name(at)), Value::default()));
            let steps: Vec<_> = (0..length).map(name).collect();
            assert_eq!((path.links().len(), path.to_string()), (length, steps.join(".")));
        }
    }
}

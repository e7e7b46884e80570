//! Indexes of statements, as sorted ranges.

use std::ops::Range;

use crate::error::FailedWrite;

/// The refused statements in the caller's order.
pub(super) fn sorted(mut failures: Vec<FailedWrite>) -> Vec<FailedWrite> {
    failures.sort_by_key(|failed| failed.index);
    failures
}

/// Indexes in any order as ranges in ascending order.
pub(super) fn ranges(mut indexes: Vec<usize>) -> Vec<Range<usize>> {
    indexes.sort_unstable();
    let mut ranges: Vec<Range<usize>> = Vec::new();
    for index in indexes {
        match ranges.last_mut() {
            Some(last) if last.end == index => last.end += 1,
            _ => ranges.push(index..index + 1),
        }
    }
    ranges
}

/// What is in none of the ranges.
pub(super) fn gaps(ranges: &[Range<usize>], count: usize) -> Vec<Range<usize>> {
    let starts = std::iter::once(0).chain(ranges.iter().map(|range| range.end));
    let ends = ranges.iter().map(|range| range.start).chain(std::iter::once(count));
    starts.zip(ends).filter(|(start, end)| start < end).map(|(start, end)| start..end).collect()
}

//! The codec: what is written, what is read, what is refused and in which words.

mod derived;
mod errors;
mod fields;
mod hostile;
mod natural;
mod nesting;
mod order;
mod round_trip;
mod support;
mod truncated;
mod unordered;

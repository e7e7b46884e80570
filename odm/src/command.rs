//! Write commands of our own: many statements, few commands.
//!
//! Knows the server's `insert`, `update` and `delete` commands, and sessions. Does not know
//! builders.
//!
//! ```text
//! statements ──► plan: few commands ──► assemble ──► send, once more if that is safe ──► reply
//!  (one arena)     (by order, kind,      (slices)      (with a number of our own)          │
//!                   count and bytes)                        report: by the caller's index ◄┘
//! ```

mod assemble;
mod exchange;
mod lane;
mod number;
mod plan;
mod progress;
mod reply;
mod report;
mod run;
mod server;
mod single;
mod statements;
mod work;

pub(crate) use self::{
    report::Written,
    run::{preview, run},
    single::{FindAndModify, Single},
    statements::Kind,
    work::Work,
};

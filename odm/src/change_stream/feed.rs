//! The cursor of a change stream.

use crate::{
    cursor::{Command, Cursor, Opened},
    error::{Access, Result},
    executor::{Call, Purpose},
};

use super::plan::{Plan, Position, Scope};

const WATCH: Purpose = Purpose::new(Access::Read, "watch");

/// Sends the `aggregate` that starts at the position. The driver repeats it once if the connection
/// fails, with the same position.
pub(super) async fn open(plan: &Plan, position: &Position) -> Result<Opened> {
    let target = &plan.target;
    let database = match plan.scope {
        Scope::Collection => None,
        Scope::Database => Some(target.commands().name().to_owned()),
        Scope::Deployment => Some("admin".to_owned()),
    };
    let (stages, options) = (plan.stages(position), Box::new(plan.cursor.for_driver()));
    let call = Call::begin(target.clone(), WATCH).await?;
    Cursor::open(call, WATCH, Command::Aggregate { database, stages, options }).await
}

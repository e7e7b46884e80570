//! Collections that keep images of their documents.

use mongodb::{
    bson::doc,
    error::{Error as DriverError, ErrorKind},
};

use crate::{
    error::{Access, Error, Result, code},
    executor::Target,
};

/// Makes the collection keep images of documents before and after each change, and creates the
/// collection if it is not there yet.
pub(super) async fn ensure_images(target: &Target) -> Result<()> {
    let collection = target.collection();
    let database = collection.client().database(&collection.namespace().db);
    let images = doc! { "enabled": true };
    let change =
        doc! { "collMod": collection.name(), "changeStreamPreAndPostImages": images.clone() };
    let done = match database.run_command(change).await {
        Err(error) if is(&error, code::NAMESPACE_NOT_FOUND) => {
            let create =
                doc! { "create": collection.name(), "changeStreamPreAndPostImages": images };
            database.run_command(create).await
        }
        done => done,
    };
    done.map(drop).map_err(|error| {
        Error::from_driver(error, Access::Read).during("keep images in", &target.namespace())
    })
}

fn is(error: &DriverError, code: i32) -> bool {
    matches!(&*error.kind, ErrorKind::Command(command) if command.code == code)
}

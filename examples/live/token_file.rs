//! Where to go on after a restart, in a file.

use std::{
    fs::{self, File},
    io::{self, ErrorKind, Write},
    path::{Path, PathBuf},
};

use odm::ResumeToken;
use serde_json::{Value, json};

use crate::{
    Failure,
    hub::{Mark, Place},
};

/// The file, of one namespace.
#[derive(Clone)]
pub(crate) struct TokenFile {
    path: PathBuf,
    namespace: String,
}

impl TokenFile {
    pub(crate) fn new(path: &Path, namespace: String) -> Self {
        Self { path: path.to_owned(), namespace }
    }

    /// `None` if there is no such file.
    pub(crate) fn read(&self) -> Result<Option<Place>, Failure> {
        let text = match fs::read_to_string(&self.path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(self.refuse(error)),
        };
        let saved: Value = serde_json::from_str(&text).map_err(|error| self.refuse(error))?;
        if saved["namespace"] != self.namespace.as_str() {
            return Err(self.refuse(format!("it is of {}", saved["namespace"])));
        }
        let place = place(&saved).ok_or_else(|| self.refuse("it has no place to go on from"))?;
        Ok(Some(place))
    }

    /// In one step: after a crash at any moment, either the old or the new file is there, whole.
    pub(crate) fn write(&self, place: &Place) -> io::Result<()> {
        let text = json!({
            "namespace": self.namespace,
            "series": place.series,
            "floor": { "seq": place.floor.seq, "token": place.floor.token },
            "last": { "seq": place.last.seq, "token": place.last.token },
        });
        let new = self.path.with_extension("new");
        let mut file = File::create(&new)?;
        writeln!(file, "{text:#}")?;
        file.sync_all()?;
        fs::rename(new, &self.path)
    }

    fn refuse(&self, reason: impl std::fmt::Display) -> Failure {
        format!("{}: {reason}; --fresh begins anew", self.path.display()).into()
    }
}

fn place(saved: &Value) -> Option<Place> {
    let series = saved["series"].as_str()?.to_owned();
    Some(Place { series, floor: mark(&saved["floor"])?, last: mark(&saved["last"])? })
}

fn mark(saved: &Value) -> Option<Mark> {
    let token: ResumeToken = saved["token"].as_str()?.parse().ok()?;
    Some(Mark { seq: saved["seq"].as_u64()?, token: Some(token) })
}

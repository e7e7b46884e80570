//! Documents that a collection's validation rules refuse.

use std::fmt;

use mongodb::bson::{Bson, Document};

/// A document that the collection's validation rules refuse.
///
/// The text of the error and the debug output name the fields that break a rule, where the server
/// names them. The values are in [`details`](Self::details) only.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct ValidationFailure {
    /// The server's explanation (`errInfo.details`), if it gave one.
    pub details: Option<Document>,
    message: String,
}

impl ValidationFailure {
    /// Of the server's text and `errInfo`.
    pub(super) fn new(message: &str, info: Option<&Document>) -> Self {
        let details = info.and_then(|info| info.get_document("details").ok());
        Self { details: details.or(info).cloned(), message: message.to_owned() }
    }

    /// The server's text.
    pub(super) fn message(&self) -> &str {
        &self.message
    }

    /// The names of the fields that break a rule.
    fn fields(&self) -> Vec<&str> {
        let mut fields = Vec::new();
        if let Some(details) = &self.details {
            collect(details, &mut fields);
        }
        fields
    }
}

/// Where the explanation of a rule has those of its parts. All other keys may have values.
const PARTS: [&str; 4] =
    ["schemaRulesNotSatisfied", "propertiesNotSatisfied", "details", "clausesNotSatisfied"];

fn collect<'a>(details: &'a Document, fields: &mut Vec<&'a str>) {
    let missing = details.get_array("missingProperties").into_iter().flatten();
    for name in details.get("propertyName").into_iter().chain(missing).filter_map(Bson::as_str) {
        if !fields.contains(&name) {
            fields.push(name);
        }
    }
    for part in PARTS.iter().filter_map(|part| details.get(part)) {
        match part {
            Bson::Document(part) => collect(part, fields),
            Bson::Array(parts) => {
                parts.iter().filter_map(Bson::as_document).for_each(|part| collect(part, fields));
            }
            _ => {}
        }
    }
}

impl fmt::Display for ValidationFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the document fails the collection's validation")?;
        match self.fields().as_slice() {
            [] => Ok(()),
            fields => write!(f, ": {}", fields.join(", ")),
        }
    }
}

impl fmt::Debug for ValidationFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("ValidationFailure");
        debug.field("fields", &self.fields()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use mongodb::bson::doc;

    use super::*;

    #[test]
    fn only_the_names_of_fields_are_told() {
        let info = doc! {
            "failingDocumentId": 1,
            "details": {
                "operatorName": "$jsonSchema",
                "schemaRulesNotSatisfied": [
                    {
                        "operatorName": "properties",
                        "propertiesNotSatisfied": [{
                            "propertyName": "email",
                            "details": [{
                                "operatorName": "minLength",
                                "specifiedAs": { "minLength": 3 },
                                "consideredValue": { "propertyName": "s3cret" },
                            }],
                        }],
                    },
                    { "operatorName": "required", "missingProperties": ["age"] },
                ],
            },
        };
        let failure = ValidationFailure::new("Document failed validation", Some(&info));
        let text = "the document fails the collection's validation: email, age";
        assert_eq!(failure.to_string(), text);
        assert!(!format!("{failure:?}").contains("s3cret"));
    }
}

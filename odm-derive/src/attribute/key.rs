//! Keys, and which of them belong where.

use proc_macro2::Span;
use syn::{Attribute, Meta, Token, punctuated::Punctuated, spanned::Spanned};

use super::{ContainerKeys, FieldKeys, VariantKeys};
use crate::errors::{Errors, suggestion};

/// Which attribute a key was in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    Serde,
    Model,
}

/// What an attribute is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Container,
    Field,
    Variant,
}

/// One `key`, `key = value` or `key(…)`.
pub(crate) struct Key {
    pub(crate) origin: Origin,
    pub(crate) name: String,
    pub(crate) meta: Meta,
}

impl Key {
    /// Where the key stands.
    pub(crate) fn span(&self) -> Span {
        self.meta.path().span()
    }

    /// The key as the user knows it: `#[serde(tag)]`.
    pub(crate) fn shown(&self) -> String {
        let attribute = if self.origin == Origin::Serde { "serde" } else { "model" };
        format!("`#[{attribute}({})]`", self.name)
    }
}

impl Place {
    /// The keys of `#[model(…)]`.
    fn known(self) -> &'static [&'static str] {
        match self {
            Self::Container => ContainerKeys::NAMES,
            Self::Field => FieldKeys::NAMES,
            Self::Variant => VariantKeys::NAMES,
        }
    }

    /// Why a key of serde's is refused here.
    fn refusal(self, name: &str) -> Option<&'static str> {
        match (self, name) {
            (Self::Container | Self::Variant, "untagged") => Some(
                "nothing stored would say which variant it is, and no path could name one; \
                 use `tag = \"…\"`",
            ),
            (Self::Container, "from" | "try_from" | "into") => Some(
                "what is stored would not have the fields that paths name; derive `Embedded` for \
                 the stored type, or mark fields of this type `#[model(serde)]`",
            ),
            (Self::Container, "remote") | (Self::Field, "getter") => Some(
                "paths need the type itself, not a copy of it; mark fields of the remote type \
                 `#[model(with = \"…\")]`",
            ),
            (Self::Field, "alias") => Some(
                "filters and updates know the field by one name, so a document read by the alias \
                 would get both; rename the stored field with `$rename`",
            ),
            (Self::Variant, "with" | "serialize_with" | "deserialize_with") => {
                Some("paths go into the data of a variant; put it on the variant's field")
            }
            _ => None,
        }
    }

    fn noun(self) -> &'static str {
        match self {
            Self::Container => "the struct or enum",
            Self::Field => "a field",
            Self::Variant => "a variant",
        }
    }
}

/// The keys in `attributes`, serde's first, without those of serde's that `#[model(…)]` overrides.
pub(crate) fn keys_of(attributes: &[Attribute], place: Place, errors: &mut Errors) -> Vec<Key> {
    let mut keys = read(attributes, "serde", Origin::Serde, errors);
    let own = read(attributes, "model", Origin::Model, errors);
    keys.retain(|key| !own.iter().any(|own| overrides(&own.name, &key.name)));
    keys.extend(own);
    refuse_repeated(&keys, errors);
    keys.retain(|key| is_usable(key, place, errors));
    keys
}

fn read(attributes: &[Attribute], name: &str, origin: Origin, errors: &mut Errors) -> Vec<Key> {
    let mut keys = Vec::new();
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident(name)) {
        let parse = Punctuated::<Meta, Token![,]>::parse_terminated;
        match attribute.parse_args_with(parse) {
            Ok(metas) => keys.extend(metas.into_iter().map(|meta| key(meta, origin))),
            Err(error) => errors.push(error),
        }
    }
    keys
}

fn key(meta: Meta, origin: Origin) -> Key {
    let segments = meta.path().segments.iter().map(|segment| segment.ident.to_string());
    Key { origin, name: segments.collect::<Vec<_>>().join("::"), meta }
}

/// Whether a key of `#[model(…)]` takes the place of one of `#[serde(…)]`.
fn overrides(own: &str, serde: &str) -> bool {
    const ENCODINGS: [&str; 5] =
        ["with", "serialize_with", "deserialize_with", "serde", "truncate"];
    match own {
        "alias" => false,
        "id" => serde == "rename",
        _ if ENCODINGS.contains(&own) => ENCODINGS.contains(&serde),
        _ => own == serde,
    }
}

/// A key is given once, `alias` aside.
fn refuse_repeated(keys: &[Key], errors: &mut Errors) {
    for (index, key) in keys.iter().enumerate() {
        let same = |other: &Key| other.name == key.name && other.origin == key.origin;
        if key.name != "alias" && keys[..index].iter().any(same) {
            errors.add(key.span(), format!("`{}` is given twice", key.name));
        }
    }
}

/// Whether a key is known here and can be honoured; of serde's, unknown ones are left to serde.
fn is_usable(key: &Key, place: Place, errors: &mut Errors) -> bool {
    if let Some(reason) = place.refusal(&key.name) {
        errors.add(key.span(), format!("{} cannot be honoured: {reason}", key.shown()));
        if place == Place::Container {
            errors.refuse_shape();
        }
        return false;
    }
    let is_known = place.known().contains(&key.name.as_str());
    if key.origin == Origin::Serde {
        // Serde's own `crate` names serde.
        return is_known && key.name != "crate";
    }
    if !is_known {
        errors.add(key.span(), unknown(&key.name, place));
    }
    is_known
}

fn unknown(name: &str, place: Place) -> String {
    let elsewhere = [Place::Container, Place::Field, Place::Variant]
        .into_iter()
        .find(|other| *other != place && other.known().contains(&name));
    match elsewhere {
        Some(other) => format!("`{name}` belongs on {}, not on {}", other.noun(), place.noun()),
        None => format!("unknown attribute `{name}`{}", suggestion(name, place.known())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use syn::parse_quote;

    fn names(attributes: &[Attribute], place: Place) -> (Vec<String>, Vec<String>) {
        let mut errors = Errors::default();
        let keys = keys_of(attributes, place, &mut errors);
        (keys.into_iter().map(|key| key.name).collect(), errors.messages())
    }

    #[test]
    fn a_misspelt_key_gets_a_suggestion() {
        let (keys, errors) = names(&[parse_quote!(#[model(colection = "a")])], Place::Container);
        assert!(keys.is_empty());
        assert_eq!(errors, ["unknown attribute `colection`, did you mean `collection`?"]);
    }

    #[test]
    fn a_key_in_the_wrong_place_is_sent_to_the_right_one() {
        let (_, errors) = names(&[parse_quote!(#[model(collection = "a")])], Place::Field);
        assert_eq!(errors, ["`collection` belongs on the struct or enum, not on a field"]);
    }

    #[test]
    fn unknown_keys_of_serde_are_left_to_serde() {
        let (keys, errors) = names(&[parse_quote!(#[serde(borrow, renam = "a")])], Place::Field);
        assert!(keys.is_empty() && errors.is_empty());
    }

    #[test]
    fn what_cannot_be_honoured_is_refused_by_name() {
        let (_, errors) = names(&[parse_quote!(#[serde(untagged)])], Place::Container);
        assert!(errors[0].starts_with("`#[serde(untagged)]` cannot be honoured: "), "{errors:?}");
    }

    #[test]
    fn own_keys_override_those_of_serde() {
        let (keys, _) = names(
            &[parse_quote!(#[serde(rename = "a", with = "b")]), parse_quote!(#[model(id, serde)])],
            Place::Field,
        );
        assert_eq!(keys, ["id", "serde"]);
    }

    #[test]
    fn every_mistake_is_reported() {
        let (_, errors) = names(
            &[
                parse_quote!(#[model(idd, skipp)]),
                parse_quote!(#[model(rename = "a", rename = "b")]),
            ],
            Place::Field,
        );
        assert_eq!(errors.len(), 3, "{errors:?}");
    }
}

//! The table of the keys of one place: the list that mistakes are measured by, and their values.

/// Makes a struct with a value for each key. A key is named once, with the field that keeps it and
/// the function of [`Key`](super::Key) that reads it.
macro_rules! keys {
    (
        $(#[$documentation:meta])*
        $keys:ident on $place:ident {
            $($name:literal => $field:ident: $value:ty = $read:ident;)*
        }
        $(several { $($one:literal => $many:ident: $item:ty = $read_one:ident;)* })?
    ) => {
        $(#[$documentation])*
        #[derive(Default)]
        pub(crate) struct $keys {
            $(pub(crate) $field: $value,)*
            $($(pub(crate) $many: Vec<$item>,)*)?
        }

        impl $keys {
            /// The keys of `#[model(…)]`.
            pub(super) const NAMES: &'static [&'static str] = &[$($name,)* $($($one,)*)?];

            /// Reads the attributes.
            pub(crate) fn read(attributes: &[syn::Attribute], errors: &mut Errors) -> Self {
                let mut keys = Self::default();
                for key in keys_of(attributes, Place::$place, errors) {
                    match key.name.as_str() {
                        $($name => keys.$field = key.$read(errors),)*
                        $($($one => keys.$many.extend(key.$read_one(errors)),)*)?
                        // Only the names above are known here.
                        _ => {}
                    }
                }
                keys
            }
        }
    };
}

pub(super) use keys;

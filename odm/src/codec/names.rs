//! Which names a flattened value has, known when its type is compiled.

use mongodb::bson::spec::ElementType;

use super::Encoder;

/// The names of the elements of a type, with those of its flattened fields.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Names {
    /// The type, for messages: `Order`, `Shape::Circle`.
    of: &'static str,
    own: &'static [&'static str],
    parts: &'static [&'static Self],
    variants: &'static [Self],
    /// Whether the fields of the variants stand among those of the enum.
    is_inline: bool,
    /// Whether other names are known only when the value is.
    is_open: bool,
}

impl Names {
    /// Any names: those of a map.
    pub const fn any() -> Self {
        Self { is_open: true, ..Self::of("", &[], &[]) }
    }

    /// A struct or a variant with its own names and its flattened parts.
    pub const fn of(
        of: &'static str,
        own: &'static [&'static str],
        parts: &'static [&'static Self],
    ) -> Self {
        Self { of, own, parts, variants: &[], is_inline: false, is_open: false }
    }

    /// An enum whose variants are documents with these names.
    pub const fn with_variants(self, variants: &'static [Self], is_inline: bool) -> Self {
        Self { variants, is_inline, ..self }
    }

    /// The names in the document of a variant.
    pub const fn variant(&self, index: usize) -> &Self {
        &self.variants[index]
    }

    /// Whether a map is among the parts.
    pub const fn is_open(&self) -> bool {
        let mut is_open = self.is_open;
        let mut index = 0;
        while index < self.parts.len() {
            is_open |= self.parts[index].is_open();
            index += 1;
        }
        let mut index = 0;
        while self.is_inline && index < self.variants.len() {
            is_open |= self.variants[index].is_open();
            index += 1;
        }
        is_open
    }

    /// Whether a name is among these.
    pub(crate) const fn has(&self, name: &str) -> bool {
        let mut index = 0;
        while index < self.own.len() {
            if is_equal(self.own[index], name) {
                return true;
            }
            index += 1;
        }
        let mut index = 0;
        while index < self.parts.len() {
            if self.parts[index].has(name) {
                return true;
            }
            index += 1;
        }
        let mut index = 0;
        while self.is_inline && index < self.variants.len() {
            if self.variants[index].has(name) {
                return true;
            }
            index += 1;
        }
        false
    }

    /// Whether a name is one of the type's own, not one of what is flattened.
    pub(crate) fn is_own(&self, name: &str) -> bool {
        self.own.contains(&name)
    }

    /// Whether a name is among these, without those of one part.
    pub(crate) fn has_beside(&self, part: usize, name: &str) -> bool {
        let mut parts = self.parts.iter().enumerate();
        self.own.contains(&name) || parts.any(|(index, names)| index != part && names.has(name))
    }

    /// Fails if a key of a part is a name of another one.
    pub(super) fn refuse_keys(
        &self,
        part: usize,
        is_key: &dyn Fn(&str) -> bool,
        out: &mut Encoder,
    ) {
        if let Some(key) = self.find_beside(part, is_key) {
            // The failure's path ends with the key.
            out.element(key, |out| {
                out.fail(self.taken(key));
                ElementType::Null
            });
        }
    }

    /// Why a flattened map cannot have a key.
    pub(crate) fn taken(&self, key: &str) -> String {
        format!("key {key:?} of the flattened map is a field of `{}`", self.of)
    }

    /// The first name that `is_found`, without those of one part.
    fn find_beside(&self, part: usize, is_found: &dyn Fn(&str) -> bool) -> Option<&'static str> {
        let own = self.own.iter().copied().find(|name| is_found(name));
        let parts = self.parts.iter().enumerate().filter(|(index, _)| *index != part);
        own.or_else(|| parts.into_iter().find_map(|(_, names)| names.find(is_found)))
    }

    fn find(&self, is_found: &dyn Fn(&str) -> bool) -> Option<&'static str> {
        let own = self.own.iter().copied().find(|name| is_found(name));
        let variants = self.variants.iter().filter(|_| self.is_inline);
        own.or_else(|| self.parts.iter().find_map(|names| names.find(is_found)))
            .or_else(|| variants.into_iter().find_map(|names| names.find(is_found)))
    }

    /// Refuses, when the type is compiled, a part that has a name of the type or of an earlier
    /// part.
    #[track_caller]
    pub const fn check(&self, part: usize) {
        let names = self.parts[part];
        let mut found = names.first_in(self.own);
        let mut earlier = 0;
        while earlier < part {
            if found.is_none() {
                found = names.first_shared(self.parts[earlier]);
            }
            if names.is_open() && self.parts[earlier].is_open() {
                fail([
                    "`",
                    self.of,
                    "` has two flattened maps: no key says which it is of",
                    "",
                    "",
                ]);
            }
            earlier += 1;
        }
        if let Some(name) = found {
            fail([
                "`",
                name,
                "` would be stored twice in `",
                self.of,
                "`: what is flattened has it too",
            ]);
        }
    }

    const fn first_in(&self, names: &'static [&'static str]) -> Option<&'static str> {
        let mut index = 0;
        while index < names.len() {
            if self.has(names[index]) {
                return Some(names[index]);
            }
            index += 1;
        }
        None
    }

    /// A name that both have.
    const fn first_shared(&self, other: &Self) -> Option<&'static str> {
        if let Some(name) = self.first_in(other.own) {
            return Some(name);
        }
        let mut index = 0;
        while index < other.parts.len() {
            if let Some(name) = self.first_shared(other.parts[index]) {
                return Some(name);
            }
            index += 1;
        }
        let mut index = 0;
        while other.is_inline && index < other.variants.len() {
            if let Some(name) = self.first_shared(&other.variants[index]) {
                return Some(name);
            }
            index += 1;
        }
        None
    }
}

pub(crate) const fn is_equal(left: &str, right: &str) -> bool {
    let (left, right) = (left.as_bytes(), right.as_bytes());
    if left.len() != right.len() {
        return false;
    }
    let mut index = 0;
    while index < left.len() {
        if left[index] != right[index] {
            return false;
        }
        index += 1;
    }
    true
}

/// Ends the compilation with a text of several pieces; what is too long is cut off.
#[track_caller]
const fn fail(pieces: [&str; 5]) -> ! {
    let mut text = [0; 512];
    let mut length = 0;
    let mut piece = 0;
    while piece < pieces.len() {
        let bytes = pieces[piece].as_bytes();
        let mut index = 0;
        while index < bytes.len() && length < text.len() {
            text[length] = bytes[index];
            length += 1;
            index += 1;
        }
        piece += 1;
    }
    match std::str::from_utf8(text.split_at(length).0) {
        Ok(text) => panic!("{}", text),
        Err(_) => panic!("a name is stored twice"),
    }
}

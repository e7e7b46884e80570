//! Names: the rules of `rename_all`, exactly serde's, and our own snake case.

/// A rule of `rename_all`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Rule {
    Lower,
    Upper,
    Pascal,
    Camel,
    Snake,
    ScreamingSnake,
    Kebab,
    ScreamingKebab,
}

/// The rules by the names that serde gives them.
pub(crate) const RULES: [(&str, Rule); 8] = [
    ("lowercase", Rule::Lower),
    ("UPPERCASE", Rule::Upper),
    ("PascalCase", Rule::Pascal),
    ("camelCase", Rule::Camel),
    ("snake_case", Rule::Snake),
    ("SCREAMING_SNAKE_CASE", Rule::ScreamingSnake),
    ("kebab-case", Rule::Kebab),
    ("SCREAMING-KEBAB-CASE", Rule::ScreamingKebab),
];

impl Rule {
    /// The rule of a name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        RULES.iter().find(|(known, _)| *known == name).map(|(_, rule)| *rule)
    }

    /// The stored name of a field.
    pub(crate) fn field(self, name: &str) -> String {
        match self {
            Self::Lower | Self::Snake => name.to_owned(),
            Self::Upper | Self::ScreamingSnake => name.to_ascii_uppercase(),
            Self::Pascal => pascal(name),
            Self::Camel => lower_first(&pascal(name)),
            Self::Kebab => name.replace('_', "-"),
            Self::ScreamingKebab => name.to_ascii_uppercase().replace('_', "-"),
        }
    }

    /// The stored name of a variant.
    pub(crate) fn variant(self, name: &str) -> String {
        match self {
            Self::Pascal => name.to_owned(),
            Self::Lower => name.to_ascii_lowercase(),
            Self::Upper => name.to_ascii_uppercase(),
            Self::Camel => lower_first(name),
            Self::Snake => underscored(name),
            Self::ScreamingSnake => underscored(name).to_ascii_uppercase(),
            Self::Kebab => underscored(name).replace('_', "-"),
            Self::ScreamingKebab => underscored(name).to_ascii_uppercase().replace('_', "-"),
        }
    }
}

/// The name of a type or variant in snake case, for methods and collections: `HTTPError` is
/// `http_error` here, while serde's rule makes `h_t_t_p_error` of it.
pub(crate) fn snake(name: &str) -> String {
    let chars: Vec<char> = name.chars().collect();
    let mut snake = String::new();
    for (index, char) in chars.iter().enumerate() {
        let after_small = index > 0 && !chars[index - 1].is_uppercase() && chars[index - 1] != '_';
        let before_small = chars.get(index + 1).is_some_and(|next| next.is_lowercase());
        let after_capital = index > 0 && chars[index - 1].is_uppercase();
        if char.is_uppercase() && (after_small || (after_capital && before_small)) {
            snake.push('_');
        }
        snake.extend(char.to_lowercase());
    }
    snake
}

/// The name of a field in upper camel case, for the types made for it.
pub(crate) fn pascal(name: &str) -> String {
    name.split('_').map(upper_first).collect()
}

fn upper_first(part: &str) -> String {
    let mut chars = part.chars();
    chars.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(chars).collect()
}

fn lower_first(name: &str) -> String {
    let mut chars = name.chars();
    chars.next().map(|first| first.to_ascii_lowercase()).into_iter().chain(chars).collect()
}

fn underscored(name: &str) -> String {
    let mut snake = String::new();
    for (index, char) in name.char_indices() {
        if index > 0 && char.is_uppercase() {
            snake.push('_');
        }
        snake.push(char.to_ascii_lowercase());
    }
    snake
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(apply: impl Fn(Rule) -> String) -> Vec<String> {
        RULES.iter().map(|(_, rule)| apply(*rule)).collect()
    }

    #[test]
    fn fields_are_renamed_as_serde_does() {
        assert_eq!(
            all(|rule| rule.field("very_tasty")),
            [
                "very_tasty",
                "VERY_TASTY",
                "VeryTasty",
                "veryTasty",
                "very_tasty",
                "VERY_TASTY",
                "very-tasty",
                "VERY-TASTY",
            ]
        );
        assert_eq!(
            all(|rule| rule.field("z42")),
            ["z42", "Z42", "Z42", "z42", "z42", "Z42", "z42", "Z42"]
        );
    }

    #[test]
    fn variants_are_renamed_as_serde_does() {
        assert_eq!(
            all(|rule| rule.variant("VeryTasty")),
            [
                "verytasty",
                "VERYTASTY",
                "VeryTasty",
                "veryTasty",
                "very_tasty",
                "VERY_TASTY",
                "very-tasty",
                "VERY-TASTY",
            ]
        );
        assert_eq!(Rule::Snake.variant("HTTPError"), "h_t_t_p_error");
    }

    #[test]
    fn methods_are_named_in_readable_snake_case() {
        for (name, expected) in [
            ("Circle", "circle"),
            ("HTTPError", "http_error"),
            ("PlainHTTP", "plain_http"),
            ("V2Point", "v2_point"),
            ("OrderItem", "order_item"),
            ("Already_Snake", "already_snake"),
            ("A", "a"),
        ] {
            assert_eq!(snake(name), expected);
        }
    }
}

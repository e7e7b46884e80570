//! Which statements share a command: as few commands as order and limits allow.

use super::statements::{Family, Kind, Statements};

/// `maxWriteBatchSize`, the same on every server.
pub(super) const MOST_STATEMENTS: usize = 100_000;
/// The bytes of a whole command, with what the driver adds.
const COMMAND_BYTES: usize = 16 * 1024 * 1024 + 16 * 1024;
/// The bytes that are added to the statements: names, session, cluster time, signature.
const MARGIN: usize = 4 * 1024;

/// The rules by which statements are grouped.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rules {
    /// Only neighbours share a command.
    pub(super) is_ordered: bool,
    /// Statements on many documents get their own commands. They would prevent the repetition of
    /// the others.
    pub(super) keeps_multi_apart: bool,
    /// The bytes of a command's options.
    pub(super) option_bytes: usize,
}

/// The statements of one command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Group {
    pub(super) kind: Kind,
    pub(super) collection: usize,
    /// Whether a statement is on many documents: the server does not take such a command twice.
    pub(super) has_multi: bool,
    /// The caller's indexes, in ascending order.
    pub(super) indexes: Vec<usize>,
}

/// A command that is being filled.
struct Open {
    family: Family,
    group: Group,
    bytes: usize,
}

/// The commands, in the order in which they are sent.
pub(super) fn plan(statements: &Statements, rules: Rules) -> Vec<Group> {
    let mut filled: Vec<Open> = Vec::new();
    // Without order, each family fills a command of its own: the last one of that family.
    for index in 0..statements.len() {
        let family = rules.family(statements.family(index));
        let bytes = statements.get(index).len() + key_bytes(index);
        let open = match rules.is_ordered {
            true => filled.last_mut().filter(|open| open.family == family),
            false => filled.iter_mut().rev().find(|open| open.family == family),
        };
        match open.filter(|open| open.has_room(bytes, rules)) {
            Some(open) => open.add(index, bytes, statements.family(index).is_multi),
            None => filled.push(Open::new(family, index, bytes, statements)),
        }
    }
    filled.into_iter().map(|open| open.group).collect()
}

impl Rules {
    fn family(self, family: Family) -> Family {
        Family { is_multi: family.is_multi && self.keeps_multi_apart, ..family }
    }

    fn most_bytes(self) -> usize {
        COMMAND_BYTES.saturating_sub(MARGIN + self.option_bytes)
    }
}

impl Open {
    fn new(family: Family, index: usize, bytes: usize, statements: &Statements) -> Self {
        let Family { kind, is_multi, collection } = statements.family(index);
        let group = Group { kind, collection, has_multi: is_multi, indexes: vec![index] };
        Self { family, group, bytes }
    }

    fn has_room(&self, bytes: usize, rules: Rules) -> bool {
        self.group.indexes.len() < MOST_STATEMENTS && self.bytes + bytes <= rules.most_bytes()
    }

    fn add(&mut self, index: usize, bytes: usize, is_multi: bool) {
        self.group.indexes.push(index);
        self.group.has_multi |= is_multi;
        self.bytes += bytes;
    }
}

/// Type, digits and NUL of an array's key; by the caller's index, which is at least as long.
fn key_bytes(index: usize) -> usize {
    index.checked_ilog10().map_or(1, |digits| digits as usize + 1) + 2
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::Encoder;

    const PLAIN: Rules = Rules { is_ordered: true, keeps_multi_apart: true, option_bytes: 0 };

    /// `i`, `u`, `U` (many), `d`, `D` (many); on collection `a`, or on `b` after a `.`.
    fn statements(kinds: &str) -> Statements {
        let mut statements = Statements::default();
        let mut collection = "a";
        for kind in kinds.chars() {
            let is_multi = kind.is_uppercase();
            let kind = match kind.to_ascii_lowercase() {
                'i' => Kind::Insert,
                'u' => Kind::Update,
                'd' => Kind::Delete,
                _ => {
                    collection = "b";
                    continue;
                }
            };
            statements.push(collection, (kind, is_multi), |_| Ok(())).unwrap();
        }
        statements
    }

    fn planned(kinds: &str, rules: Rules) -> Vec<Vec<usize>> {
        plan(&statements(kinds), rules).into_iter().map(|group| group.indexes).collect()
    }

    #[test]
    fn neighbours_of_a_kind_share_a_command() {
        assert_eq!(planned("iiuudi", PLAIN), [vec![0, 1], vec![2, 3], vec![4], vec![5]]);
        assert_eq!(planned("uu.u", PLAIN), [vec![0, 1], vec![2]]);
        assert!(planned("", PLAIN).is_empty());
    }

    #[test]
    fn without_order_all_of_a_kind_share_a_command() {
        let rules = Rules { is_ordered: false, ..PLAIN };
        assert_eq!(planned("iuidu.u", rules), [vec![0, 2], vec![1, 4], vec![3], vec![5]]);
    }

    #[test]
    fn statements_on_many_documents_are_kept_apart_where_others_can_be_repeated() {
        assert_eq!(planned("uUuD", PLAIN), [vec![0], vec![1], vec![2], vec![3]]);
        let rules = Rules { is_ordered: false, ..PLAIN };
        assert_eq!(planned("uUuU", rules), [vec![0, 2], vec![1, 3]]);
        let together = Rules { keeps_multi_apart: false, ..PLAIN };
        assert_eq!(planned("uUudD", together), [vec![0, 1, 2], vec![3, 4]]);
        let groups = plan(&statements("uUudD"), together);
        assert!(groups.iter().all(|group| group.has_multi));
    }

    #[test]
    fn a_command_has_no_more_statements_than_the_server_takes() {
        let mut many = Statements::default();
        for _ in 0..=MOST_STATEMENTS {
            many.push("a", (Kind::Update, false), |_| Ok(())).unwrap();
        }
        let sizes = plan(&many, PLAIN);
        let sizes: Vec<_> = sizes.iter().map(|group| group.indexes.len()).collect();
        assert_eq!(sizes, [MOST_STATEMENTS, 1]);
    }

    #[test]
    fn a_command_has_no_more_bytes_than_the_server_takes() {
        let mut large = Statements::default();
        let megabyte = vec![0; 1024 * 1024];
        for kind in [Kind::Update, Kind::Insert] {
            for _ in 0..50 {
                let write = |out: &mut Encoder| {
                    out.field("a", std::str::from_utf8(&megabyte).unwrap());
                    Ok(())
                };
                large.push("a", (kind, false), write).unwrap();
            }
        }
        let sizes = |rules| -> Vec<_> {
            plan(&large, rules).iter().map(|group| group.indexes.len()).collect()
        };
        assert_eq!(sizes(PLAIN), [16, 16, 16, 2, 16, 16, 16, 2]);
        let with_options = Rules { option_bytes: 1024 * 1024, ..PLAIN };
        assert_eq!(sizes(with_options)[0], 15);
    }
}

//! Finding a field by its name, when it is not the next one.
//!
//! Few names are compared one after the other. Many have a table, which is made once per list of
//! names, when a document in another order is read for the first time.

use std::{
    cell::Cell,
    collections::HashMap,
    sync::{LazyLock, PoisonError, RwLock},
};

use super::elements::strip;

/// The names of a type's fields, each with a NUL at its end.
type List = &'static [&'static str];

/// Up to this many names, comparing all of them is faster than asking the table.
const FEW: usize = 8;

/// A hash table with linear probing, at most half full.
struct Table {
    slots: Box<[Slot]>,
}

#[derive(Clone, Copy)]
struct Slot {
    /// A part of the hash, so that another name is seldom compared.
    tag: u32,
    /// [`EMPTY`], or the place of the name.
    index: u32,
}

const EMPTY: u32 = u32::MAX;

/// Finds the names of one document.
pub(super) struct Finder {
    names: List,
    /// Looked up when it is needed first.
    table: Option<&'static Table>,
    /// Whether the last key was soon after the one before it.
    is_near: bool,
}

impl Finder {
    #[inline]
    pub(super) fn new(names: List) -> Self {
        Self { names, table: None, is_near: true }
    }

    /// The index of `key`, which is not `next`, but probably one soon after it.
    #[inline(never)]
    pub(super) fn find(&mut self, key: &[u8], next: usize) -> Option<usize> {
        // Where a field is absent, the key is one of the next.
        let near = next + 1..(next + 3).min(self.names.len());
        if self.is_near {
            for index in near.clone() {
                if is_name(self.names[index], key) {
                    return Some(index);
                }
            }
        }
        let found = match self.names.len() {
            0..=FEW => self.names.iter().position(|name| is_name(name, key)),
            _ => self.table.get_or_insert_with(|| table(self.names)).find(self.names, key),
        };
        self.is_near = found.is_some_and(|index| near.contains(&index));
        found
    }
}

#[inline(always)]
fn is_name(name: &str, key: &[u8]) -> bool {
    name.len() == key.len() + 1 && strip(name.as_bytes(), key).is_some()
}

impl Table {
    fn new(names: List) -> Self {
        let empty = Slot { tag: 0, index: EMPTY };
        let mut slots = vec![empty; (names.len() * 2).next_power_of_two()].into_boxed_slice();
        for (index, name) in names.iter().enumerate() {
            let hash = hash(name.trim_end_matches('\0').as_bytes());
            let mut at = hash as usize & (slots.len() - 1);
            while slots[at].index != EMPTY {
                at = (at + 1) & (slots.len() - 1);
            }
            slots[at] = Slot { tag: tag(hash), index: index as u32 };
        }
        Self { slots }
    }

    #[inline]
    fn find(&self, names: List, key: &[u8]) -> Option<usize> {
        let hash = hash(key);
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        loop {
            let slot = self.slots[at];
            if slot.index == EMPTY {
                return None;
            }
            let index = slot.index as usize;
            if slot.tag == tag(hash) && is_name(names[index], key) {
                return Some(index);
            }
            at = (at + 1) & mask;
        }
    }
}

/// The names are known, so nobody can choose them to collide.
#[inline]
fn hash(key: &[u8]) -> u64 {
    let mut hash = key.len() as u64;
    let mut rest = key;
    while rest.len() > 16 {
        let (eight, more) = rest.split_at(8);
        hash = mixed(hash, word::<8>(eight.first_chunk()));
        rest = more;
    }
    // Two words that overlap, for what is left, or byte by byte.
    match rest.len() {
        8.. => {
            let last = word::<8>(rest.last_chunk()).rotate_left(23);
            mixed(hash, word::<8>(rest.first_chunk()).wrapping_add(last))
        }
        4..8 => mixed(hash, word::<4>(rest.first_chunk()) << 32 | word::<4>(rest.last_chunk())),
        _ => rest.iter().fold(hash, |hash, byte| mixed(hash, u64::from(*byte))),
    }
}

#[inline(always)]
fn mixed(hash: u64, word: u64) -> u64 {
    let mixed = (hash ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    mixed ^ (mixed >> 32)
}

#[inline(always)]
fn word<const N: usize>(bytes: Option<&[u8; N]>) -> u64 {
    let mut word = [0; 8];
    word[..N].copy_from_slice(bytes.unwrap_or(&[0; N]));
    u64::from_le_bytes(word)
}

#[inline(always)]
fn tag(hash: u64) -> u32 {
    (hash >> 32) as u32
}

/// The place of a list of names in memory: the list lives as long as the program.
type Place = (usize, usize);

/// All tables. There is one per derived type that is read in another order, and none is dropped.
static TABLES: LazyLock<RwLock<HashMap<Place, &'static Table>>> = LazyLock::new(RwLock::default);

const RECENT: usize = 16;

thread_local! {
    /// The tables that this thread has used, so that it seldom takes the lock.
    static LOCAL: [Cell<Option<(Place, &'static Table)>>; RECENT] =
        const { [const { Cell::new(None) }; RECENT] };
}

fn table(names: List) -> &'static Table {
    let place = (names.as_ptr() as usize, names.len());
    LOCAL.with(|recent| {
        let cell = &recent[(place.0 >> 4) % RECENT];
        match cell.get() {
            Some((found, table)) if found == place => table,
            _ => {
                let table = shared(place, names);
                cell.set(Some((place, table)));
                table
            }
        }
    })
}

#[cold]
fn shared(place: Place, names: List) -> &'static Table {
    if let Some(table) = TABLES.read().unwrap_or_else(PoisonError::into_inner).get(&place) {
        return table;
    }
    let mut tables = TABLES.write().unwrap_or_else(PoisonError::into_inner);
    tables.entry(place).or_insert_with(|| Box::leak(Box::new(Table::new(names))))
}

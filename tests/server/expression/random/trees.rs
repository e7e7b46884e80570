//! Random expressions, by their type.

use std::collections::BTreeMap;

use odm::{
    bson::{DateTime, Decimal128},
    expression::{
        Expr, Unit, Weekday, average_of, date_from_parts, largest_of, now, rand, range_by,
        smallest_of, total_of,
    },
    path::ReadingFields,
    prelude::*,
};
use tests::Random;

use super::documents::Wild;

type Made<T> = Expr<Wild, T>;

/// Makes expressions of fields, literals and other expressions, up to a depth.
pub(super) struct Trees<'a> {
    row: &'a ReadingFields<Wild>,
    random: &'a mut Random,
}

impl<'a> Trees<'a> {
    pub(super) fn new(row: &'a ReadingFields<Wild>, random: &'a mut Random) -> Self {
        Self { row, random }
    }

    /// Which of so many forms; the first ones have no operands, and stand at the end of a branch.
    fn form(&mut self, depth: u8, leaves: u64, forms: u64) -> u64 {
        self.random.below(if depth == 0 { leaves } else { forms })
    }

    fn unit(&mut self) -> Unit {
        let units = [Unit::Year, Unit::Quarter, Unit::Month, Unit::Week, Unit::Day, Unit::Second];
        units[usize::try_from(self.random.below(6)).unwrap_or(0)]
    }

    fn zone(&mut self) -> &'static str {
        ["UTC", "Europe/Zurich", "-03:30"][usize::try_from(self.random.below(3)).unwrap_or(0)]
    }

    pub(super) fn whole(&mut self, depth: u8) -> Made<i64> {
        let form = self.form(depth, 3, 27);
        let d = depth.saturating_sub(1);
        match form {
            0 => self.row.whole().expr(),
            1 => self.row.small() + 0,
            2 => Expr::literal(&3),
            3 => self.whole(d) + self.whole(d),
            4 => self.whole(d) - self.row.small(),
            5 => self.whole(d) * self.whole(d),
            6 => self.whole(d).rem(self.whole(d)),
            7 => self.whole(d).abs(),
            8 => self.maybe_whole(d).if_null(self.whole(d)),
            9 => self.list(d).total(),
            10 => self.maybe_list(d).total(),
            11 => self.list(d).len() + 1,
            12 => self.whole(d).let_in(|n| &n + &n),
            13 => cond(self.truth(d), self.whole(d), self.whole(d)),
            14 => when(self.truth(d), self.whole(d)).otherwise(self.row.whole()),
            15 => self.list(d).reduce(self.whole(d), |all, n| cond(n.gt(0), &all + &n, all)),
            16 => self.date(d).until(self.date(d), self.unit().starting(Weekday::Friday)),
            17 => self.float(d).saturating::<i64>(),
            18 => self.text(d).convert::<i64>().on_error(self.whole(d)),
            19 => self.text(d).char_count() + self.text(d).byte_count(),
            20 => self.date(d).in_zone(self.zone()).year() + self.date(d).iso_week_year(),
            21 => total_of([self.maybe_whole(d), self.maybe_whole(d)]),
            22 => largest_of([self.whole(d), self.whole(d)]),
            23 => self.whole(d).cmp(self.whole(d)) + self.row.fallback().if_null(0),
            24 => self.text(d).strcasecmp(self.text(d)) + self.map(d).bson_size(),
            25 => self.whole(d).min_of(self.maybe_whole(d).if_null(1)),
            _ => self.row.items().map(|i| i.qty() * 2).total(),
        }
    }

    pub(super) fn maybe_whole(&mut self, depth: u8) -> Made<Option<i64>> {
        let form = self.form(depth, 3, 20);
        let d = depth.saturating_sub(1);
        match form {
            0 => self.row.maybe_whole().expr(),
            1 => self.row.item().qty() + 1,
            2 => Expr::literal(&None),
            3 => self.maybe_whole(d) + self.whole(d),
            4 => self.list(d).first(),
            5 => self.maybe_list(d).last(),
            6 => self.maybe_list(d).largest(),
            7 => self.list(d).element_at(self.whole(d)),
            8 => self.list(d).position_of(self.whole(d)) + 1,
            9 => self.maybe_text(d).index_of(self.text(d)) * 2,
            10 => cond(self.truth(d), self.whole(d), None::<i64>),
            11 => self.maybe_date(d).month() + self.maybe_whole(d),
            12 => self.map(d).get_field("a"),
            13 => self.maybe_list(d).reduce(0_i64, |all, n| all.max_of(n)),
            14 => self.maybe_text(d).convert::<i64>().on_error_null(),
            15 => self.row.holes().smallest(),
            16 => self.maybe_date(d).to_long(),
            17 => smallest_of([self.maybe_whole(d), self.maybe_whole(d)]),
            18 => self.maybe_text(d).binary_size() + 0,
            _ => self.maybe_whole(d).round(-1),
        }
    }

    pub(super) fn float(&mut self, depth: u8) -> Made<f64> {
        let form = self.form(depth, 3, 24);
        let d = depth.saturating_sub(1);
        match form {
            0 => self.row.float().expr(),
            1 => Expr::literal(&1.5),
            2 => rand(),
            3 => self.float(d) + self.whole(d),
            4 => self.float(d) * self.float(d),
            5 => self.whole(d).div(self.float(d)),
            6 => self.float(d).sqrt(),
            7 => self.float(d).sin(),
            8 => self.whole(d).atan2(self.float(d)),
            9 => self.float(d).asinh(),
            10 => self.whole(d).to_radians(),
            11 => self.whole(d).exp(),
            12 => self.float(d).ln(),
            13 => self.float(d).log(self.whole(d)),
            14 => self.whole(d).pow(self.whole(d)),
            15 => self.list(d).average().if_null(self.float(d)),
            16 => self.list(d).std_dev_pop().if_null(0.0),
            17 => average_of([self.whole(d), self.whole(d)]),
            18 => self.float(d).round(1) - self.float(d).trunc(0),
            19 => self.row.maybe_float().if_null(self.float(d)),
            20 => self.date(d).to_double(),
            21 => self.text(d).convert::<f64>().on_error(0),
            22 => self.decimal(d).to_double(),
            _ => self.row.items().reduce(0.0, |all, i| all + i.price()),
        }
    }

    pub(super) fn decimal(&mut self, depth: u8) -> Made<Decimal128> {
        let form = self.form(depth, 1, 9);
        let d = depth.saturating_sub(1);
        match form {
            0 => self.row.decimal().expr(),
            1 => self.decimal(d) + self.whole(d),
            2 => self.decimal(d) * self.float(d),
            3 => self.whole(d).to_decimal(),
            4 => self.decimal(d).tanh(),
            5 => self.decimal(d).floor(),
            6 => cond(self.truth(d), self.decimal(d), self.decimal(d)),
            7 => self.decimal(d).pow(2),
            _ => total_of([self.decimal(d), self.decimal(d)]),
        }
    }

    pub(super) fn text(&mut self, depth: u8) -> Made<String> {
        let form = self.form(depth, 2, 20);
        let d = depth.saturating_sub(1);
        match form {
            0 => self.row.text().expr(),
            1 => Expr::literal(&"ab$".to_owned()),
            2 => self.text(d).concat(self.text(d)),
            3 => self.text(d).to_upper(),
            4 => self.text(d).trim(),
            5 => self.text(d).trim_end_chars(self.text(d)),
            6 => self.text(d).substring(self.whole(d), 2),
            7 => self.text(d).substring_bytes(0, self.whole(d)),
            8 => self.text(d).replace_one("a", self.text(d)),
            9 => self.text(d).replace_all(self.text(d), "-"),
            10 => self.whole(d).to_string(),
            11 => self.float(d).to_string(),
            12 => self.truth(d).to_string(),
            13 => self.date(d).to_string(),
            14 => self.date(d).in_zone(self.zone()).date_to_string("%Y-%m-%d %H:%M"),
            15 => self.maybe_whole(d).type_(),
            16 => self.maybe_text(d).if_null(self.text(d)),
            17 => self.text(d).split("b").reduce("", |all, part| all.concat(part)),
            18 => self.row.items().map(|i| i.note().if_null("")).reduce("", |all, t| all.concat(t)),
            _ => self.text(d).find_match("[a-c]+").let_in(|m| m.text()).if_null("none"),
        }
    }

    pub(super) fn maybe_text(&mut self, depth: u8) -> Made<Option<String>> {
        let form = self.form(depth, 2, 9);
        let d = depth.saturating_sub(1);
        match form {
            0 => self.row.maybe_text().expr(),
            1 => self.row.item().note().expr(),
            2 => self.maybe_text(d).concat(self.text(d)),
            3 => self.maybe_text(d).trim_start_chars(self.maybe_text(d)),
            4 => self.text(d).replace_all(self.maybe_text(d), "x"),
            5 => self.maybe_whole(d).to_string(),
            6 => self.maybe_date(d).date_to_string("%j"),
            7 => cond(self.truth(d), self.maybe_text(d), self.text(d)),
            _ => self.row.items().at(0).note().expr(),
        }
    }

    pub(super) fn truth(&mut self, depth: u8) -> Made<bool> {
        let form = self.form(depth, 2, 18);
        let d = depth.saturating_sub(1);
        match form {
            0 => self.row.truth().expr(),
            1 => self.row.maybe_text().is_null(),
            2 => self.truth(d) & self.truth(d),
            3 => self.truth(d) | !self.truth(d),
            4 => self.whole(d).gt(self.float(d)),
            5 => self.maybe_whole(d).eq(self.maybe_whole(d)),
            6 => self.date(d).lte(self.date(d)),
            7 => self.maybe_text(d).matches("[a-z]"),
            8 => self.list(d).contains(self.maybe_whole(d)),
            9 => self.list(d).set_equals(self.list(d)),
            10 => self.list(d).set_is_subset(self.list(d)),
            11 => self.list(d).map(|n| n.gt(0)).any_element_true(),
            12 => self.list(d).map(|n| n.lt(9)).all_elements_true(),
            13 => self.list(d).is_empty(),
            14 => self.whole(d).to_bool(),
            15 => self.maybe_list(d).is_array(),
            16 => self.row.holes().contains(self.maybe_whole(d)),
            _ => self.maybe_whole(d).in_([None, Some(1)]),
        }
    }

    pub(super) fn date(&mut self, depth: u8) -> Made<DateTime> {
        let form = self.form(depth, 2, 11);
        let d = depth.saturating_sub(1);
        match form {
            0 => self.row.date().expr(),
            1 => now(),
            2 => self.date(d).truncate(self.unit()),
            3 => self.date(d).in_zone(self.zone()).truncate(Unit::Week.starting(Weekday::Monday)),
            4 => self.date(d).date_add(self.whole(d), self.unit()),
            5 => self.date(d).in_zone(self.zone()).date_subtract(self.row.small(), self.unit()),
            6 => self.whole(d).to_date(),
            7 => self.text(d).date_from_string().on_error(self.date(d)),
            8 => self.maybe_date(d).if_null(self.date(d)),
            9 => date_from_parts(self.whole(d)).month(self.row.small()).expr(),
            _ => self.float(d).convert::<DateTime>().on_error(self.date(d)),
        }
    }

    pub(super) fn maybe_date(&mut self, depth: u8) -> Made<Option<DateTime>> {
        let form = self.form(depth, 1, 7);
        let d = depth.saturating_sub(1);
        match form {
            0 => self.row.maybe_date().expr(),
            1 => self.maybe_date(d).truncate(self.unit().every(3)),
            2 => self.date(d).date_add(self.maybe_whole(d), self.unit()),
            3 => self.maybe_text(d).date_from_string().on_error_null(),
            4 => date_from_parts(2024).day(self.maybe_whole(d)).expr(),
            5 => cond(self.truth(d), self.date(d), self.maybe_date(d)),
            _ => self.maybe_whole(d).to_date(),
        }
    }

    pub(super) fn list(&mut self, depth: u8) -> Made<Vec<i64>> {
        let form = self.form(depth, 2, 20);
        let d = depth.saturating_sub(1);
        match form {
            0 => self.row.list().expr(),
            1 => Expr::literal(&vec![1, 2, 3]),
            2 => self.list(d).map(|n| n * 2),
            3 => self.list(d).filter(|n| n.gt(0)),
            4 => self.list(d).filter_limit(1, |n| n.lt(self.row.small())),
            5 => self.list(d).take(self.whole(d)),
            6 => self.list(d).slice(self.whole(d), 2),
            7 => self.list(d).reverse(),
            8 => self.list(d).sorted_desc(),
            9 => self.list(d).concat_arrays(self.list(d)),
            10 => self.list(d).set_union(self.list(d)),
            11 => self.list(d).set_difference(self.list(d)),
            12 => self.list(d).set_intersection(self.list(d)),
            13 => self.list(d).max_n(2),
            14 => self.list(d).first_n(self.whole(d)),
            15 => range_by(0, self.whole(d).rem(9), 2).map(|n| n * 1),
            16 => self.maybe_list(d).if_null(self.list(d)),
            17 => self.map(d).entries().map(|e| e.value()),
            18 => self.row.items().sort_by(|i| i.qty().desc()).map(|i| i.qty() + 1),
            _ => self.row.holes().min_n(3),
        }
    }

    pub(super) fn maybe_list(&mut self, depth: u8) -> Made<Option<Vec<i64>>> {
        let form = self.form(depth, 1, 6);
        let d = depth.saturating_sub(1);
        match form {
            0 => self.row.maybe_list().expr(),
            1 => self.maybe_list(d).map(|n| n - 1),
            2 => self.maybe_list(d).take(self.whole(d)),
            3 => self.maybe_list(d).concat_arrays(self.list(d)),
            4 => self.maybe_list(d).set_union(self.list(d)).sorted(),
            _ => cond(self.truth(d), self.list(d), self.maybe_list(d)),
        }
    }

    pub(super) fn map(&mut self, depth: u8) -> Made<BTreeMap<String, i64>> {
        let form = self.form(depth, 1, 6);
        let d = depth.saturating_sub(1);
        match form {
            0 => self.row.map().expr(),
            1 => self.map(d).set_field("$a.b", self.whole(d)),
            2 => self.map(d).unset_field("a"),
            3 => self.map(d).merge_objects(self.map(d)),
            4 => self.map(d).entries().filter(|e| e.value().gt(0)).to_object(),
            _ => self.list(d).map(|n| n.to_string()).zip(self.list(d)).to_object(),
        }
    }
}

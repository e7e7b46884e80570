//! Fields that have the names of what expressions can do: the user's own names win.

use odm::prelude::*;

/// A document with these fields, and a condition on each.
macro_rules! named {
    ($($field:ident)*) => {
        #[derive(Embedded, Clone, Debug, PartialEq)]
        pub(crate) struct Named {
            $($field: Inner,)*
        }

        fn conditions() -> Vec<(Filter<Named>, &'static str)> {
            vec![$((
                Named::expr(|n| n.$field().eq().eq(1)),
                stringify!($field).trim_start_matches("r#"),
            ),)*]
        }
    };
}

named! {
    year map filter eq gt expr sum with r#type to_expr into_expr concat len if_null let_in total
    first contains add div round trim until saturating when as_bson
    trim_chars trim_start trim_start_chars trim_end trim_end_chars byte_count strcasecmp
    substring substring_bytes index_of index_of_between byte_index_of byte_index_of_between
    replace_one replace_all matches matches_with find_match find_match_with find_matches
    find_matches_with
    millisecond day_of_week week iso_week iso_week_year parts iso_parts date_to_string in_zone
    truncate date_add date_subtract date_from_string
    filter_limit element_at take slice first_n last_n max_n min_n reverse sorted sorted_desc sort_by
    position_of position_of_between reduce concat_arrays zip zip_longest
    set_union set_intersection set_difference set_equals set_is_subset any_element_true
    all_elements_true
    entries to_object merge_objects get_field set_field unset_field binary_size bson_size
    cmp sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh to_radians to_degrees atan2
    exp ln log10 log pow bit_and bit_or bit_xor bit_not std_dev_pop std_dev_samp median percentile
    convert to_string to_int to_long to_double to_decimal to_bool to_date to_object_id type_
    is_number is_array ts_second ts_increment to_hashed_index_key
}

#[derive(Embedded, Clone, Debug, PartialEq)]
pub(crate) struct Inner {
    eq: i32,
}

/// A generic document, whose handle has parameters of its own.
#[derive(Embedded, Clone, Debug, PartialEq)]
pub(crate) struct Pair<W: Clone, const N: usize> {
    left: W,
    right: [W; N],
}

#[test]
fn a_field_of_any_name_is_reached() {
    for (filter, name) in conditions() {
        let expected = doc! { "$expr": { "$eq": [format!("${name}.eq"), 1] } };
        assert_eq!(filter.as_document().expect("a filter"), expected);
    }
}

#[test]
fn fields_of_one_name_stand_on_both_sides() {
    let filter = Named::expr(|n| Compare::eq(&n.map(), n.filter()));
    let expected = doc! { "$expr": { "$eq": ["$map", "$filter"] } };
    assert_eq!(filter.as_document().expect("a filter"), expected);
}

#[test]
fn a_generic_document_stands_in_an_expression() {
    let filter = Pair::<i64, 2>::expr(|p| p.left().gt(p.right().at(0).if_null(0)));
    let expected = doc! { "$expr": { "$gt": [
        "$left",
        { "$ifNull": [{ "$arrayElemAt": ["$right", 0] }, 0_i64] },
    ] } };
    assert_eq!(filter.as_document().expect("a filter"), expected);
}

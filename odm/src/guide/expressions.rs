//! Every expression operator of the server, and the method that writes it.
//!
//! All of them take fields, literals and other expressions. [`expression`](crate::expression) says
//! what holds for all: the types of results, and what becomes of null.
//!
//! # Arithmetic
//!
//! | operator | here |
//! | --- | --- |
//! | `$add` | `+` |
//! | `$subtract` | `-` |
//! | `$multiply` | `*` |
//! | `$divide` | [`div`](crate::expression::Arithmetic::div) |
//! | `$mod` | [`rem`](crate::expression::Arithmetic::rem) |
//! | `$abs` | [`abs`](crate::expression::Numbers::abs) |
//! | `$ceil` | [`ceil`](crate::expression::Numbers::ceil) |
//! | `$floor` | [`floor`](crate::expression::Numbers::floor) |
//! | `$round` | [`round`](crate::expression::Numbers::round) |
//! | `$trunc` | [`trunc`](crate::expression::Numbers::trunc) |
//! | `$sqrt` | [`sqrt`](crate::expression::Numbers::sqrt) |
//! | `$exp` | [`exp`](crate::expression::Exponents::exp) |
//! | `$ln` | [`ln`](crate::expression::Exponents::ln) |
//! | `$log` | [`log`](crate::expression::Exponents::log) |
//! | `$log10` | [`log10`](crate::expression::Exponents::log10) |
//! | `$pow` | [`pow`](crate::expression::Exponents::pow) |
//! | `$rand` | [`rand`](fn@crate::expression::rand) |
//! | `$bitAnd`, `$bitOr`, `$bitXor`, `$bitNot` | [`bit_and`](crate::expression::Bits::bit_and), [`bit_or`](crate::expression::Bits::bit_or), [`bit_xor`](crate::expression::Bits::bit_xor), [`bit_not`](crate::expression::Bits::bit_not), from 6.3 |
//!
//! # Trigonometry
//!
//! | operator | here |
//! | --- | --- |
//! | `$sin`, `$cos`, `$tan` | [`sin`](crate::expression::Trigonometry::sin), [`cos`](crate::expression::Trigonometry::cos), [`tan`](crate::expression::Trigonometry::tan) |
//! | `$asin`, `$acos`, `$atan`, `$atan2` | [`asin`](crate::expression::Trigonometry::asin), [`acos`](crate::expression::Trigonometry::acos), [`atan`](crate::expression::Trigonometry::atan), [`atan2`](crate::expression::Trigonometry::atan2) |
//! | `$sinh`, `$cosh`, `$tanh` | [`sinh`](crate::expression::Trigonometry::sinh), [`cosh`](crate::expression::Trigonometry::cosh), [`tanh`](crate::expression::Trigonometry::tanh) |
//! | `$asinh`, `$acosh`, `$atanh` | [`asinh`](crate::expression::Trigonometry::asinh), [`acosh`](crate::expression::Trigonometry::acosh), [`atanh`](crate::expression::Trigonometry::atanh) |
//! | `$degreesToRadians` | [`to_radians`](crate::expression::Trigonometry::to_radians) |
//! | `$radiansToDegrees` | [`to_degrees`](crate::expression::Trigonometry::to_degrees) |
//!
//! # Comparison, logic, choices
//!
//! | operator | here |
//! | --- | --- |
//! | `$eq`, `$ne` | [`eq`](crate::expression::Compare::eq), [`ne`](crate::expression::Compare::ne) |
//! | `$gt`, `$gte`, `$lt`, `$lte` | [`gt`](crate::expression::Compare::gt), [`gte`](crate::expression::Compare::gte), [`lt`](crate::expression::Compare::lt), [`lte`](crate::expression::Compare::lte) |
//! | `$cmp` | [`cmp`](crate::expression::Compare::cmp) |
//! | `$in` | [`in_`](crate::expression::Compare::in_), [`contains`](crate::expression::Arrays::contains) |
//! | `$and`, `$or`, `$not` | `&`, <code>&#124;</code>, `!` |
//! | `$cond` | [`cond`](fn@crate::expression::cond) |
//! | `$switch` | [`when`](fn@crate::expression::when) |
//! | `$ifNull` | [`if_null`](crate::expression::Choose::if_null), [`is_null`](crate::expression::Choose::is_null) |
//! | `$let` | [`let_in`](crate::expression::Choose::let_in) |
//! | `$literal` | [`literal`](crate::expression::Expr::literal), or the literal itself |
//!
//! # Text
//!
//! | operator | here |
//! | --- | --- |
//! | `$concat` | [`concat`](crate::expression::Texts::concat) |
//! | `$toUpper`, `$toLower` | [`to_upper`](crate::expression::Texts::to_upper), [`to_lower`](crate::expression::Texts::to_lower) |
//! | `$trim` | [`trim`](crate::expression::Texts::trim), [`trim_chars`](crate::expression::Texts::trim_chars) |
//! | `$ltrim` | [`trim_start`](crate::expression::Texts::trim_start), [`trim_start_chars`](crate::expression::Texts::trim_start_chars) |
//! | `$rtrim` | [`trim_end`](crate::expression::Texts::trim_end), [`trim_end_chars`](crate::expression::Texts::trim_end_chars) |
//! | `$split` | [`split`](crate::expression::Texts::split) |
//! | `$strLenCP`, `$strLenBytes` | [`char_count`](crate::expression::Texts::char_count), [`byte_count`](crate::expression::Texts::byte_count) |
//! | `$strcasecmp` | [`strcasecmp`](crate::expression::Texts::strcasecmp) |
//! | `$substrCP` | [`substring`](crate::expression::Substrings::substring) |
//! | `$substrBytes`, `$substr` | [`substring_bytes`](crate::expression::Substrings::substring_bytes) |
//! | `$indexOfCP` | [`index_of`](crate::expression::Substrings::index_of), [`index_of_between`](crate::expression::Substrings::index_of_between) |
//! | `$indexOfBytes` | [`byte_index_of`](crate::expression::Substrings::byte_index_of), [`byte_index_of_between`](crate::expression::Substrings::byte_index_of_between) |
//! | `$replaceOne`, `$replaceAll` | [`replace_one`](crate::expression::Substrings::replace_one), [`replace_all`](crate::expression::Substrings::replace_all) |
//! | `$regexMatch` | [`matches`](crate::expression::Patterns::matches), [`matches_with`](crate::expression::Patterns::matches_with) |
//! | `$regexFind` | [`find_match`](crate::expression::Patterns::find_match), [`find_match_with`](crate::expression::Patterns::find_match_with) |
//! | `$regexFindAll` | [`find_matches`](crate::expression::Patterns::find_matches), [`find_matches_with`](crate::expression::Patterns::find_matches_with) |
//!
//! # Dates
//!
//! | operator | here |
//! | --- | --- |
//! | `$year`, `$month`, `$dayOfMonth`, `$dayOfYear` | [`year`](crate::expression::Dates::year), [`month`](crate::expression::Dates::month), [`day`](crate::expression::Dates::day), [`day_of_year`](crate::expression::Dates::day_of_year) |
//! | `$dayOfWeek`, `$isoDayOfWeek` | [`day_of_week`](crate::expression::Dates::day_of_week), [`weekday`](crate::expression::Dates::weekday) |
//! | `$week`, `$isoWeek`, `$isoWeekYear` | [`week`](crate::expression::Dates::week), [`iso_week`](crate::expression::Dates::iso_week), [`iso_week_year`](crate::expression::Dates::iso_week_year) |
//! | `$hour`, `$minute`, `$second`, `$millisecond` | [`hour`](crate::expression::Dates::hour), [`minute`](crate::expression::Dates::minute), [`second`](crate::expression::Dates::second), [`millisecond`](crate::expression::Dates::millisecond) |
//! | `timezone` of these | [`in_zone`](crate::expression::Dates::in_zone) |
//! | `$dateToParts` | [`parts`](crate::expression::Dates::parts), [`iso_parts`](crate::expression::Dates::iso_parts) |
//! | `$dateFromParts` | [`date_from_parts`](fn@crate::expression::date_from_parts), [`date_from_iso_parts`](fn@crate::expression::date_from_iso_parts) |
//! | `$dateToString` | [`date_to_string`](crate::expression::Dates::date_to_string) |
//! | `$dateFromString` | [`date_from_string`](crate::expression::DateTexts::date_from_string) |
//! | `$dateTrunc` | [`truncate`](crate::expression::DateArithmetic::truncate) |
//! | `$dateDiff` | [`until`](crate::expression::DateArithmetic::until) |
//! | `$dateAdd`, `$dateSubtract` | [`date_add`](crate::expression::DateArithmetic::date_add), [`date_subtract`](crate::expression::DateArithmetic::date_subtract) |
//! | `$$NOW`, `$$CLUSTER_TIME` | [`now`](fn@crate::expression::now), [`cluster_time`](fn@crate::expression::cluster_time) |
//! | `$tsSecond`, `$tsIncrement` | [`ts_second`](crate::expression::Internals::ts_second), [`ts_increment`](crate::expression::Internals::ts_increment) |
//!
//! # Arrays
//!
//! | operator | here |
//! | --- | --- |
//! | `$size` | [`len`](crate::expression::Arrays::len), [`is_empty`](crate::expression::Arrays::is_empty) |
//! | `$map` | [`map`](crate::expression::Arrays::map) |
//! | `$filter` | [`filter`](crate::expression::Arrays::filter), [`filter_limit`](crate::expression::Arrays::filter_limit) |
//! | `$reduce` | [`reduce`](crate::expression::ArrayBuilders::reduce) |
//! | `$zip` | [`zip`](crate::expression::ArrayBuilders::zip), [`zip_longest`](crate::expression::ArrayBuilders::zip_longest) |
//! | `$concatArrays` | [`concat_arrays`](crate::expression::ArrayBuilders::concat_arrays) |
//! | `$range` | [`range`](fn@crate::expression::range), [`range_by`](fn@crate::expression::range_by) |
//! | `$arrayElemAt` | [`element_at`](crate::expression::ArrayParts::element_at), `.at(n)` of a path |
//! | `$first`, `$last` | [`first`](crate::expression::Arrays::first), [`last`](crate::expression::Arrays::last) |
//! | `$firstN`, `$lastN` | [`first_n`](crate::expression::ArrayParts::first_n), [`last_n`](crate::expression::ArrayParts::last_n) |
//! | `$maxN`, `$minN` | [`max_n`](crate::expression::ArrayParts::max_n), [`min_n`](crate::expression::ArrayParts::min_n) |
//! | `$slice` | [`take`](crate::expression::ArrayParts::take), [`slice`](crate::expression::ArrayParts::slice) |
//! | `$reverseArray` | [`reverse`](crate::expression::ArrayParts::reverse) |
//! | `$sortArray` | [`sorted`](crate::expression::ArrayParts::sorted), [`sorted_desc`](crate::expression::ArrayParts::sorted_desc), [`sort_by`](crate::expression::ArrayParts::sort_by) |
//! | `$indexOfArray` | [`position_of`](crate::expression::ArrayParts::position_of), [`position_of_between`](crate::expression::ArrayParts::position_of_between) |
//! | `$isArray` | [`is_array`](crate::expression::Conversions::is_array) |
//! | `$arrayToObject` | [`to_object`](crate::expression::Objects::to_object) |
//!
//! # Sets
//!
//! | operator | here |
//! | --- | --- |
//! | `$setUnion`, `$setIntersection`, `$setDifference` | [`set_union`](crate::expression::Sets::set_union), [`set_intersection`](crate::expression::Sets::set_intersection), [`set_difference`](crate::expression::Sets::set_difference) |
//! | `$setEquals`, `$setIsSubset` | [`set_equals`](crate::expression::Sets::set_equals), [`set_is_subset`](crate::expression::Sets::set_is_subset) |
//! | `$anyElementTrue`, `$allElementsTrue` | [`any_element_true`](crate::expression::Sets::any_element_true), [`all_elements_true`](crate::expression::Sets::all_elements_true) |
//!
//! # One value of many
//!
//! | operator | here |
//! | --- | --- |
//! | `$sum` | [`total`](crate::expression::Arrays::total), [`total_of`](fn@crate::expression::total_of) |
//! | `$avg` | [`average`](crate::expression::Arrays::average), [`average_of`](fn@crate::expression::average_of) |
//! | `$min` | [`smallest`](crate::expression::Arrays::smallest), [`smallest_of`](fn@crate::expression::smallest_of), [`min_of`](crate::expression::Numbers::min_of) |
//! | `$max` | [`largest`](crate::expression::Arrays::largest), [`largest_of`](fn@crate::expression::largest_of), [`max_of`](crate::expression::Numbers::max_of) |
//! | `$stdDevPop` | [`std_dev_pop`](crate::expression::Statistics::std_dev_pop), [`std_dev_pop_of`](fn@crate::expression::std_dev_pop_of) |
//! | `$stdDevSamp` | [`std_dev_samp`](crate::expression::Statistics::std_dev_samp), [`std_dev_samp_of`](fn@crate::expression::std_dev_samp_of) |
//! | `$median`, `$percentile` | [`median`](crate::expression::Statistics::median), [`percentile`](crate::expression::Statistics::percentile), from 7.0 |
//!
//! # Objects and maps
//!
//! | operator | here |
//! | --- | --- |
//! | `$objectToArray` | [`entries`](crate::expression::Objects::entries) |
//! | `$mergeObjects` | [`merge_objects`](crate::expression::Objects::merge_objects) |
//! | `$getField` | [`get_field`](crate::expression::Objects::get_field) |
//! | `$setField`, `$unsetField` | [`set_field`](crate::expression::Objects::set_field), [`unset_field`](crate::expression::Objects::unset_field) |
//! | `$bsonSize`, `$binarySize` | [`bson_size`](crate::expression::Objects::bson_size), [`binary_size`](crate::expression::Objects::binary_size) |
//! | `$$ROOT`, `$$CURRENT` | the closure's argument, [`root`](fn@crate::expression::root) |
//!
//! # Conversion
//!
//! | operator | here |
//! | --- | --- |
//! | `$convert` | [`convert`](crate::expression::Conversions::convert) |
//! | `$toInt`, `$toLong`, `$toDouble`, `$toDecimal` | [`to_int`](crate::expression::Conversions::to_int), [`to_long`](crate::expression::Conversions::to_long), [`to_double`](crate::expression::Conversions::to_double), [`to_decimal`](crate::expression::Conversions::to_decimal), [`saturating`](crate::expression::Numbers::saturating) |
//! | `$toBool`, `$toString` | [`to_bool`](crate::expression::Conversions::to_bool), [`to_string`](crate::expression::Conversions::to_string) |
//! | `$toDate`, `$toObjectId` | [`to_date`](crate::expression::Conversions::to_date), [`to_object_id`](crate::expression::Conversions::to_object_id) |
//! | `$type`, `$isNumber` | [`type_`](crate::expression::Conversions::type_), [`is_number`](crate::expression::Conversions::is_number) |
//!
//! # The server
//!
//! | operator | here |
//! | --- | --- |
//! | `$meta` | [`text_score`](fn@crate::expression::text_score), [`search_score`](fn@crate::expression::search_score), [`search_score_details`](fn@crate::expression::search_score_details), [`search_highlights`](fn@crate::expression::search_highlights), [`vector_search_score`](fn@crate::expression::vector_search_score), [`index_key`](fn@crate::expression::index_key), [`record_id`](fn@crate::expression::record_id), [`rand_val`](fn@crate::expression::rand_val), [`geo_near_distance`](fn@crate::expression::geo_near_distance), [`geo_near_point`](fn@crate::expression::geo_near_point) |
//! | `$toHashedIndexKey` | [`to_hashed_index_key`](crate::expression::Internals::to_hashed_index_key) |
//! | `let` of an operation | [`parameter`](fn@crate::expression::parameter) |
//!
//! # Not here
//!
//! `$function` and `$accumulator` run JavaScript: write them with
//! [`Expr::raw`](crate::expression::Expr::raw), which states the type of the result. `$sampleRate` is a
//! condition of a filter; in an expression it is `rand().lt(0.3)`. Accumulators of groups and windows
//! belong to their stages.

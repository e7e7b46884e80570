include!("../support/series.rs");

fn total(nums: odm::expression::Expr<Series, Vec<i32>>) {
    let _ = nums.reduce(0, |sum, n| sum + n);
}

fn main() {}

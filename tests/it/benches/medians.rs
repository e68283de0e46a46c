use super::interval::median;

#[test]
fn twenty_values_leave_out_five_at_each_end() {
    let values: Vec<f64> = (1..=20).rev().map(f64::from).collect();
    let median = median(&values).expect("values");
    assert_eq!((median.value, median.low, median.high), (10.5, 6.0, 15.0));
    // From tables of the binomial distribution: P(X <= 5) = 0.020695.
    assert!((median.coverage - 0.958_61).abs() < 1e-5, "{median:?}");
}

#[test]
fn few_values_span_all_and_say_how_little_that_is() {
    let three = median(&[3.0, 1.0, 2.0]).expect("values");
    assert_eq!((three.value, three.low, three.high), (2.0, 1.0, 3.0));
    assert!((three.coverage - 0.75).abs() < 1e-12);
    let one = median(&[7.0]).expect("a value");
    assert_eq!((one.low, one.value, one.high), (7.0, 7.0, 7.0));
    assert!(one.coverage.abs() < 1e-12);
    assert_eq!(median(&[]), None);
}

#[test]
fn six_values_are_the_fewest_for_95_percent() {
    let values = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
    let six = median(&values).expect("values");
    assert!(six.coverage > 0.95);
    assert!(median(&values[..5]).expect("values").coverage < 0.95);
}

//! Counting: what a shard records, how intervals merge, what is read from them.
//!
//! Histograms follow HdrHistogram: microseconds, 1 us to 1 h, 3 significant
//! digits, saturating. They are merged, percentiles are never averaged.

mod columns;
mod delay;
mod delivery;
mod histogram;
mod percentiles;
mod readings;
mod recording;
mod series;
mod summary;
mod times;
mod totals;

pub use columns::{Columns, Moment};
pub use delay::{Delay, Delays, Gap};
pub use delivery::{
    Because, Deliveries, Delivery, DeliveryDelta, GivenUp, Ledger, LeftWaiting, Waiting,
    given_up_at_end, grace_us, overdue_until_s, second_of,
};
pub use histogram::{Histogram, Percentiles};
pub use percentiles::{PERCENTILES, PercentileSet};
pub use readings::{MAX_READINGS, Reading, Readings};
pub use recording::bucket::{BUCKETS, bucket_of, highest_of, lowest_of};
pub use recording::counts::{Counts, StatusCounts};
pub use recording::failures::{FailureRow, Failures, MAX_FAILURES};
pub use recording::interval::{BucketCount, Counted, FailureDelta, Interval, NameDelta};
pub use recording::raw_samples::{INTERVAL_SAMPLES, RawSample, RawSamples};
pub use recording::recorder::{GroupSample, Recorder, Sample};
pub use series::archive::Archive;
pub use series::heatmap::{BANDS, HeatCell, Heatmap, band_from_us};
pub use series::name_windows::NameWindows;
pub use series::slice::Slice;
pub use series::window::Window;
pub use series::{Row, Series};
pub use summary::TimeSummary;
pub use times::Times;
pub use totals::{NameTotals, Totals};

//! Counting: what a shard records, how intervals merge, what is read from them.
//!
//! Histograms follow HdrHistogram: microseconds, 1 us to 1 h, 3 significant
//! digits, saturating. They are merged, percentiles are never averaged.

mod archive;
mod bucket;
mod counts;
mod delay;
mod delivery;
mod failures;
mod heat;
mod histogram;
mod interval;
mod ladder;
mod name_windows;
mod packed;
mod raw_samples;
mod readings;
mod recorder;
mod series;
mod slice;
mod summary;
mod times;
mod totals;
mod window;

pub use archive::Archive;
pub use bucket::{BUCKETS, bucket_of, highest_of, lowest_of};
pub use counts::{Counts, StatusCounts};
pub use delay::{Delay, Delays, Gap};
pub use delivery::{
    Because, Deliveries, Delivery, DeliveryDelta, GivenUp, Ledger, LeftWaiting, Waiting,
    given_up_at_end, grace_us, overdue_until_s, second_of,
};
pub use failures::{FailureRow, Failures, MAX_FAILURES};
pub use heat::{BANDS, Heat, HeatCell, band_from_us};
pub use histogram::{Histogram, Percentiles};
pub use interval::{BucketCount, Counted, FailureDelta, Interval, NameDelta};
pub use ladder::{LADDER, Ladder};
pub use name_windows::NameWindows;
pub use raw_samples::{INTERVAL_SAMPLES, RawSample, RawSamples};
pub use readings::{MAX_READINGS, Reading, Readings};
pub use recorder::{GroupSample, Recorder, Sample};
pub use series::{Row, Series};
pub use slice::Slice;
pub use summary::TimeSummary;
pub use times::Times;
pub use totals::{NameTotals, Totals};
pub use window::Window;

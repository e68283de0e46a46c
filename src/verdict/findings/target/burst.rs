use crate::model::percent_text;
use crate::verdict::findings::data::points::Point;
use crate::verdict::findings::wording::{finding, float, share, shortened, span};
use crate::verdict::{Figure, Finding};

/// Rows from which on there is something to compare with.
const ROWS_MIN: usize = 8;
/// Failures in a row, at least, and in an episode.
const ROW_FAILURES: u64 = 5;
const EPISODE_FAILURES: u64 = 10;
/// Rows that are closer than this belong to one episode.
const GAP_S: f64 = 5.0;
/// The probability under which a row is no accident.
const CHANCE: f64 = 1e-6;

struct Episode {
    start_s: f64,
    end_s: f64,
    requests: u64,
    failures: u64,
}

/// Stretches in which far more failed than in the rest of the run.
pub(crate) fn errors_burst(points: &[Point]) -> Option<Finding> {
    if points.len() < ROWS_MIN {
        return None;
    }
    let usual = usual_share(points);
    let mut episodes: Vec<Episode> = Vec::new();
    for point in points.iter().filter(|point| is_burst(point, usual)) {
        match episodes.last_mut() {
            Some(last) if point.start_s - last.end_s <= GAP_S => last.add(point),
            _ => episodes.push(Episode {
                start_s: point.start_s,
                end_s: point.end_s,
                requests: point.requests,
                failures: point.failures,
            }),
        }
    }
    episodes.retain(|episode| episode.failures >= EPISODE_FAILURES);
    said(&episodes, usual)
}

fn said(episodes: &[Episode], usual: f64) -> Option<Finding> {
    let (first_s, last_s) = (episodes.first()?.start_s, episodes.last()?.end_s);
    let failures: u64 = episodes.iter().map(|episode| episode.failures).sum();
    let requests: u64 = episodes.iter().map(|episode| episode.requests).sum();
    let episodes_text = match episodes.len() {
        1 => String::new(),
        several => format!(" in {several} episodes"),
    };
    let text = format!(
        "{failures} requests failed{episodes_text} from {}; otherwise {} fail",
        span(first_s, last_s),
        percent_text(usual)
    );
    let lines = episodes.iter().map(Episode::line).collect();
    Some(Finding {
        evidence: shortened(lines),
        figures: vec![
            Figure::new("bursts", float(episodes.len() as u64), ""),
            Figure::count("failures", failures),
            Figure::count("requests", requests),
            Figure::new("usual_share", usual, "share"),
        ],
        range_s: Some((first_s, last_s)),
        ..finding("target.errors_burst", text, ADVICE)
    })
}

/// The share of failures in the three quarters of the rows that have the least,
/// as if one more request had failed and one more succeeded (Laplace).
fn usual_share(points: &[Point]) -> f64 {
    let mut rows: Vec<(u64, u64)> = points
        .iter()
        .map(|point| (point.requests, point.failures))
        .collect();
    rows.sort_by(|a, b| share(a.1, a.0).total_cmp(&share(b.1, b.0)));
    rows.truncate(points.len() * 3 / 4);
    let sum = |part: fn(&(u64, u64)) -> u64| float(rows.iter().map(part).sum());
    (sum(|row| row.1) + 1.0) / (sum(|row| row.0) + 2.0)
}

/// Chernoff's bound on the binomial tail, P(K >= k) <= exp(-n D(k/n || p)).
fn is_burst(point: &Point, usual: f64) -> bool {
    let failed = share(point.failures, point.requests);
    if point.failures < ROW_FAILURES || failed <= usual * 3.0 {
        return false;
    }
    let term = |a: f64, b: f64| if a > 0.0 { a * (a / b).ln() } else { 0.0 };
    let divergence = term(failed, usual) + term(1.0 - failed, 1.0 - usual);
    -float(point.requests) * divergence < CHANCE.ln()
}

impl Episode {
    fn add(&mut self, point: &Point) {
        self.end_s = point.end_s;
        self.requests += point.requests;
        self.failures += point.failures;
    }

    fn line(&self) -> String {
        format!(
            "{}: {} of {} requests failed ({})",
            span(self.start_s, self.end_s),
            self.failures,
            self.requests,
            percent_text(share(self.failures, self.requests))
        )
    }
}

const ADVICE: &str = "Check what happened then: a deployment or restart, a cron job, a failover, a limit reached. The failures table shows which requests failed and how; the target's log of this time says why.";

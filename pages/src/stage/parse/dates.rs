//! Reads dates and instants.

use catalog::Timestamp;
use jiff::ToSpan as _;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use messages::tr;
use yaml::{Node, Source};

/// An instant. A bare date is midnight in the shop's time zone; with `end_of_day`, the midnight after it.
pub fn date(
    source: &Source,
    name: &str,
    node: &Node,
    zone: &TimeZone,
    end_of_day: bool,
) -> Option<Timestamp> {
    let written = yaml::text(source, name, node)?.value;
    if let Some(instant) = read(&written, zone, end_of_day) {
        return Some(instant);
    }
    let (message, label) = match (is_iso(&written), with_offset(&written, zone)) {
        (_, Some(_)) => (tr!("`{name}` is a time without its offset"), tr!("whose clock?")),
        (true, _) => (tr!("`{name}` is not a date that exists"), tr!("no such date")),
        (false, _) => (tr!("`{name}` is not a date"), tr!("not year, month, day")),
    };
    source.error("date", node.span.clone(), message, label, help(&written, zone));
    None
}

/// Reads `2026-11-02` or `2026-11-02T18:00:00+01:00` from the year 1970 to 9998.
pub fn read(written: &str, zone: &TimeZone, end_of_day: bool) -> Option<Timestamp> {
    let plausible = |date: Date| (1970..9999).contains(&date.year());
    if written.len() == 10 {
        let date: Date = written.parse().ok().filter(|date| plausible(*date))?;
        let day = if end_of_day { date.checked_add(1.day()).ok()? } else { date };
        return Some(Timestamp(day.to_zoned(zone.clone()).ok()?.timestamp().as_second()));
    }
    let instant: jiff::Timestamp = written.replacen(' ', "T", 1).parse().ok()?;
    Some(instant.as_second()).filter(|seconds| (0..253_370_764_800).contains(seconds)).map(Timestamp)
}

/// Whether it has the shape of `2026-11-02`.
fn is_iso(written: &str) -> bool {
    let shape =
        |(at, byte): (usize, u8)| if matches!(at, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() };
    written.len() >= 10 && written.bytes().take(10).enumerate().all(shape)
}

/// A date and time without an offset, with the offset that the shop's time zone has then.
fn with_offset(written: &str, zone: &TimeZone) -> Option<String> {
    if !is_iso(written) || written.len() < 13 {
        return None;
    }
    let time: DateTime = written.replacen(' ', "T", 1).parse().ok()?;
    let zoned = time.to_zoned(zone.clone()).ok()?;
    Some(zoned.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string())
}

fn help(written: &str, zone: &TimeZone) -> String {
    if let Some(instant) = with_offset(written, zone) {
        return tr!("write `{instant}`, or the day alone");
    }
    let numbers: Vec<&str> = written.split(['/', '.', '-']).map(str::trim).collect();
    if let [first, second, third] = numbers.as_slice() {
        let date = |year: &str, month: &str, day: &str| {
            let year = year.parse::<i16>().ok().filter(|_| year.len() == 4)?;
            Date::new(year, month.parse().ok()?, day.parse().ok()?).ok()
        };
        // Day first, like most of the world; year first without zeros; month first if nothing else fits.
        let meant = date(third, second, first).or_else(|| date(first, second, third));
        if let Some(meant) = meant.or_else(|| date(third, first, second)) {
            return tr!("write year, month, day: `{meant}`");
        }
        if written.len() == 8 && first.len() == 2 {
            return tr!("write the year in full: `20{written}`");
        }
    }
    tr!("write year, month, day: `2026-11-02`, or an instant with its offset: `2026-11-02T18:00:00+01:00`")
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_meant_is_offered() {
        let zone = TimeZone::get("Europe/Paris").expect("a zone");
        for (written, meant) in [
            ("30/11/2026", "`2026-11-30`"),
            ("11/30/2026", "`2026-11-30`"),
            ("2026-2-3", "`2026-02-03`"),
            ("26-11-02", "`2026-11-02`"),
            ("2026-11-02T18:00:00", "`2026-11-02T18:00:00+01:00`"),
            ("2026-07-02 18:00", "`2026-07-02T18:00:00+02:00`"),
        ] {
            assert_eq!(read(written, &zone, false), None, "{written}");
            assert!(help(written, &zone).contains(meant), "{written}: {}", help(written, &zone));
        }
    }
}

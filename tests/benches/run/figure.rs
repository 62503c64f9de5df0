//! The table at the end: what was measured, what is asked, whether it is met.

use std::fmt::Write;

use crate::say;

/// What is asked of a figure: at least, and at best.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Asked {
    AtMost(f64, f64),
    AtLeast(f64, f64),
    Nothing,
}

/// The observations of one figure, one a round.
#[derive(Debug)]
struct Figure {
    case: &'static str,
    what: &'static str,
    unit: &'static str,
    asked: Asked,
    observed: Vec<f64>,
}

/// All figures, in the order in which they were first observed.
#[derive(Debug, Default)]
pub(crate) struct Figures {
    figures: Vec<Figure>,
}

impl Figures {
    /// One more observation of `what`, told at once.
    pub(crate) fn observe(
        &mut self,
        case: &'static str,
        what: &'static str,
        (observed, unit): (f64, &'static str),
        asked: Asked,
    ) {
        say(&format!("{case:<12} {what:<66} {observed:>12.2} {unit}"));
        let known = self
            .figures
            .iter_mut()
            .find(|figure| (figure.case, figure.what) == (case, what));
        match known {
            Some(figure) => figure.observed.push(observed),
            None => self.figures.push(Figure {
                case,
                what,
                unit,
                asked,
                observed: vec![observed],
            }),
        }
    }

    /// A line for each figure, of medians.
    pub(crate) fn table(&self) -> String {
        let mut table = format!(
            "{:<10} {:<66} {:>12} {:<7} {:>8} {:>8}  {:<7} {}\n",
            "case", "figure", "median", "", "asked", "aim", "", "from .. to"
        );
        for figure in &self.figures {
            writeln!(table, "{}", figure.line()).expect("a string takes all");
        }
        table
    }
}

impl Figure {
    fn line(&self) -> String {
        let mut observed = self.observed.clone();
        let (least, middle, most) = spread(&mut observed);
        let (asked, aim, verdict) = match self.asked {
            Asked::Nothing => (String::new(), String::new(), ""),
            Asked::AtMost(asked, aim) => (
                format!("<={asked}"),
                format!("{aim}"),
                verdict(middle <= asked, middle <= aim),
            ),
            Asked::AtLeast(asked, aim) => (
                format!(">={asked}"),
                format!("{aim}"),
                verdict(middle >= asked, middle >= aim),
            ),
        };
        format!(
            "{:<10} {:<66} {middle:>12.2} {:<7} {asked:>8} {aim:>8}  {verdict:<7} {least:.2} .. {most:.2}",
            self.case, self.what, self.unit
        )
    }
}

fn verdict(met: bool, aim_met: bool) -> &'static str {
    match (met, aim_met) {
        (_, true) => "aim met",
        (true, false) => "met",
        (false, false) => "NOT MET",
    }
}

/// The least, the median, and the most.
fn spread(observed: &mut [f64]) -> (f64, f64, f64) {
    observed.sort_by(f64::total_cmp);
    (
        observed[0],
        observed[observed.len() / 2],
        observed[observed.len() - 1],
    )
}

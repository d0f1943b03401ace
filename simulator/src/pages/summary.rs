//! What is bought and what it costs.

use super::{PageTexts, escape, money};
use crate::record::{Line, Session};

pub(super) fn summary(session: &Session, words: &PageTexts) -> String {
    let price = |minor| money(words.lang, &session.currency, minor);
    let mut rows: String = session.lines.iter().map(|line| row(line, &price)).collect();
    for rate in &session.shipping {
        let label = format!("{}<br><small>{}</small>", words.shipping, escape(&rate.name));
        rows.push_str(&format!("<dt>{label}</dt><dd>{}</dd>\n", price(rate.amount)));
    }
    let total = price(session.total);
    format!(
        "<section aria-labelledby=\"order\">\n<h2 id=\"order\" class=\"first\">{}</h2>\n<dl class=\"sum\">\n{rows}\
         <dt class=\"total\">{}</dt><dd class=\"total\">{total}</dd>\n</dl>\n</section>\n",
        words.order, words.total,
    )
}

fn row(line: &Line, price: &impl Fn(i64) -> String) -> String {
    let mut details = Vec::new();
    if let Some(description) = &line.description {
        details.push(escape(description));
    }
    if line.quantity > 1 {
        details.push(format!("{} × {}", line.quantity, price(line.unit)));
    }
    let details = match details.is_empty() {
        true => String::new(),
        false => format!("<br><small>{}</small>", details.join(" · ")),
    };
    format!("<dt>{}{details}</dt><dd>{}</dd>\n", escape(&line.name), price(line.total()))
}
